import Embed
import EmbedServer
import Foundation

extension ServedModel {
  /// A model by its address: one on this machine, or one of a service, for which the server is a gateway.
  ///
  /// - Parameter waitingInputs: the inputs that may wait for it.
  /// - Throws: `EmbedError` with code `invalidURI` or `invalidOption`.
  init(address: EmbedderURI, waitingInputs: Int) throws(EmbedError) {
    let schemes = EmbedderRegistry.everyBackend.schemes
    guard schemes.contains(address.scheme) else {
      throw EmbedError(
        .invalidURI, "unknown scheme of a model", expected: schemes.joined(separator: ", "),
        got: "'\(address.scheme)'")
    }
    // One that is not there is told of now, not when it is asked for.
    if address.scheme == "local" { _ = try ModelLibrary().locate(address.path) }
    self.init(Self.id(of: address)) {
      address.scheme == "local"
        ? try await Self.loadLocal(address, waitingInputs)
        : try await Self.loadRemote(address, waitingInputs)
    }
  }

  /// What requests call a model: a local one by its name, or the last part of its folder's path.
  private static func id(of address: EmbedderURI) -> String {
    let parameter = address.parameters.last { $0.name == "model" }?.value ?? ""
    if address.scheme != "local" {
      if !parameter.isEmpty { return parameter }
      let path = address.host == nil ? address.path : ""
      return path.isEmpty ? "\(address.scheme):\(address.remainder)" : path
    }
    // With a slash it may be a name of the hub's.
    let folder = URL(fileURLWithPath: address.path).standardizedFileURL
    // A link keeps its own name.
    let target = try? folder.resolvingSymlinksInPath().resourceValues(forKeys: [.isDirectoryKey])
    let isFolder = target?.isDirectory == true
    return address.path.contains("/") && isFolder ? folder.lastPathComponent : address.path
  }

  private static func loadLocal(
    _ address: EmbedderURI, _ waitingInputs: Int
  ) async throws -> LoadedModel {
    let precision = address.parameters.last { $0.name == "precision" }?.value ?? "f32"
    let memory = try weightBytes(address)
    let folder = try ModelLibrary().locate(address.path).open()
    if folder.task == .reranking {
      var configuration = try LocalEmbedder.Configuration(address)
      configuration.maximumPendingInputs = waitingInputs
      let encoder = try await CrossEncoder.load(folder, configuration: configuration)
      return LoadedModel(
        encoder, tokenize: tokenize(with: encoder.tokenizer), memory: memory, precision: precision)
    }
    let embedder = try await LocalEmbedder.load(address)
    return LoadedModel(
      embedder, tokenize: tokenize(with: embedder.tokenizer), memory: memory, precision: precision,
      batching: BatchingEmbedder.Limits(
        // One more than there are threads, so that none waits while results are written.
        concurrentBatches: embedder.threadCount + 1, waitingInputs: waitingInputs))
  }

  private static func tokenize(
    with tokenizer: LocalTokenizer
  ) -> @Sendable (String, EmbedOptions) throws -> [LoadedModel.Token] {
    { text, options in
      let tokenization = try tokenizer.tokenize(text, options: options)
      return zip(tokenization.ids, zip(tokenization.tokens, tokenization.offsets)).map {
        LoadedModel.Token(id: $0, text: $1.0, range: $1.1)
      }
    }
  }

  /// The size of a model's weights, which is about what it takes of memory.
  private static func weightBytes(_ address: EmbedderURI) throws -> Int {
    let folder = try ModelLibrary().locate(address.path)
    let files = try FileManager.default.contentsOfDirectory(
      at: URL(fileURLWithPath: folder.path).resolvingSymlinksInPath(),
      includingPropertiesForKeys: nil)
    return files.filter { $0.pathExtension == "safetensors" }.reduce(0) { sum, file in
      let size = try? file.resolvingSymlinksInPath().resourceValues(forKeys: [.fileSizeKey])
      return sum + (size?.fileSize ?? 0)
    }
  }

  private static func loadRemote(
    _ address: EmbedderURI, _ waitingInputs: Int
  ) async throws -> LoadedModel {
    let embedder = try await EmbedderRegistry.everyBackend.embedder(address)
    return LoadedModel(
      embedder,
      batching: BatchingEmbedder.Limits(
        // Services are far away: much at a time, and much of it at once.
        batchTokens: 16_384, concurrentBatches: 16, waitingInputs: waitingInputs))
  }
}
