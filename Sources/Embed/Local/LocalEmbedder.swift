public import EmbedCore
import Foundation
import Kernels
public import ModelFiles
import Synchronization
import Transformer

/// A sentence-transformers model of the BERT family, run on this machine.
///
/// ```swift
/// let embedder = try await LocalEmbedder.load("all-MiniLM-L6-v2")
/// let embedding = try await embedder.embed("How do I keep receipts?")
/// ```
///
/// One embedder serves any number of tasks; its worker threads are shared among them. Long texts are cut at
/// `info.maximumTokens` unless the options say otherwise. Inputs of a call are sorted by length, run in batches of a
/// bounded number of tokens, and put back in order; memory beyond the results does not grow with their number.
public final class LocalEmbedder: Embedder {
  /// What is known of the model.
  public let info: EmbedderInfo
  let runtime: LocalRuntime<any LocalModel>
  private let dimensions: Int
  /// That of the folder, once it was asked for.
  private let folderFingerprint = Mutex<[String: String]?>(nil)

  /// What the model's authors put in front of texts, by name, such as `query`.
  public var prompts: [String: String] { runtime.folder.prompts }
  /// Whether the model was trained to see one of its prompts in front of every text.
  public var requiresPrompts: Bool {
    KnownModel.named(runtime.folder.name)?.requiresPrompts ?? false
      && runtime.folder.defaultPrompt == nil
  }
  /// What multiplies the matrices, for people.
  public var engineName: String { runtime.engineName }
  /// The number of worker threads.
  public var threadCount: Int { runtime.runner.pool.count }
  /// The model's tokenizer, to count tokens or to cut texts at them.
  public var tokenizer: LocalTokenizer { runtime.tokenizer }

  /// Loads a model by name or folder.
  ///
  /// - Throws: `EmbedError` when there is no such model, its files are damaged or unsupported, or the machine lacks
  ///   the engine, the memory or a thread to compute with.
  @concurrent
  public static func load(
    _ model: String, configuration: Configuration = Configuration(),
    library: ModelLibrary = ModelLibrary()
  ) async throws -> LocalEmbedder {
    try await load(library.locate(model).open(), configuration: configuration)
  }

  /// Loads the model of an opened folder.
  ///
  /// - Throws: as `load(_:configuration:library:)`.
  @concurrent
  public static func load(
    _ folder: ModelFolder, configuration: Configuration = Configuration()
  ) async throws -> LocalEmbedder {
    try await LocalEmbedder(folder, configuration: configuration)
  }

  /// Loads the model of a `local:` address.
  ///
  /// - Throws: as `load(_:configuration:library:)`, and `EmbedError` when the address has a host or unknown parameters.
  @concurrent
  public static func load(_ uri: EmbedderURI) async throws -> LocalEmbedder {
    try await load(uri.localPath(), configuration: Configuration(uri))
  }

  /// Loads an opened model folder.
  ///
  /// - Throws: as `load(_:configuration:library:)`.
  init(
    _ folder: ModelFolder, configuration: Configuration, kernels: KernelSet? = nil
  ) async throws {
    try folder.require(.embedding)
    runtime = try await LocalRuntime(folder, configuration, kernels: kernels) {
      selection throws(EmbedError) in
      try selection.load(folder)
    } makeWorkspace: {
      $0.makeWorkspace
    }
    dimensions = folder.truncatedDimensions ?? folder.dimensions
    info = EmbedderInfo(
      modelID: folder.name, dimensions: dimensions,
      maximumTokens: folder.maximumSequenceLength,
      preferredBatchSize: ModelRunner.windowSize, roles: runtime.tokenizer.roles)
  }

  /// Does on every thread what only the first texts cost: memory for the buffers, and weights brought near.
  ///
  /// For a server, before it tells that it is ready.
  ///
  /// - Throws: as `embed(_:options:)`.
  @concurrent
  public func warmUp() async throws {
    // As many tokens as fill a batch for each thread, and the shape of a single query.
    let length = max(1, min(tokenizer.maximumTokens, ModelRunner.batchTokens))
    let text = String(repeating: "warm ", count: length)
    let count = threadCount * ((ModelRunner.batchTokens + length - 1) / length)
    _ = try await embed([String](repeating: text, count: count))
    _ = try await embed("warm")
  }

  /// A hash of the weights, the pooling, the most tokens and the prompt.
  ///
  /// - Throws: `EmbedError` when the weights cannot be read.
  /// - Complexity: O(n) in the size of the weights, which are read the first time.
  @concurrent
  public func fingerprint(for options: EmbedOptions) async throws -> [String: String] {
    var values = try folderFingerprint.withLock { (known) throws(EmbedError) in
      let values = if let known { known } else { try runtime.folder.fingerprint() }
      known = values
      return values
    }
    values["maximum tokens"] = "\(tokenizer.maximumTokens)"
    values["prompt"] = tokenizer.prompt(options) ?? ""
    return values
  }

  /// Embeds inputs, one vector each, in order.
  ///
  /// - Throws: `EmbedError` naming the index of an input that is not acceptable, with code `overloaded` when more inputs
  ///   wait than the configuration allows, and with code `fileDamaged` when the model's weights give no vector;
  ///   `CancellationError` once the task is cancelled, after the batch that is in the model.
  /// - Complexity: O(number of tokens), each costing a pass through the model.
  @concurrent
  public func embed(_ inputs: [EmbeddingInput], options: EmbedOptions) async throws -> [Embedding] {
    try await runtime.runner.run(inputs, Call(self, options))
  }
}

extension LocalEmbedder {
  /// What all inputs of a call share.
  private struct Call: ModelCall {
    let options: EmbedOptions
    let output: OutputOptions
    let promptLength: Int
    let runtime: LocalRuntime<any LocalModel>

    init(_ embedder: LocalEmbedder, _ options: EmbedOptions) throws(EmbedError) {
      self.options = options
      runtime = embedder.runtime
      _ = try options.resolvedDimensions(of: embedder.dimensions)
      let normalization: OutputOptions.Normalization =
        switch options.normalization {
        case .unit: .unit
        case .asModel: .asModel
        case .none: .none
        }
      output = OutputOptions(normalization: normalization, dimensions: options.dimensions)
      var scratch = TokenizerScratch()
      promptLength = runtime.tokenizer.promptLength(options, scratch: &scratch)
    }

    var isLookup: Bool { runtime.model.isTable }

    func byteCount(of input: EmbeddingInput) -> Int { input.byteCount }

    func tokens(
      of input: EmbeddingInput, at index: Int, _ scratch: inout TokenizerScratch
    ) throws(EmbedError) -> InputTokens {
      InputTokens(
        sequence: try runtime.tokenizer.sequence(
          for: input, at: index, options: options, scratch: &scratch))
    }

    func run(_ batch: TokenBatch, _ workspace: inout Workspace) -> [[Float]] {
      runtime.model.embed(batch, promptLength: promptLength, output, &workspace)
    }

    /// Checks that the model's weights gave a vector: that they are no numbers, too large or all zero shows here at the
    /// latest.
    ///
    /// - Throws: `EmbedError` with code `fileDamaged`, naming the input: others may do without the damaged weights.
    func output(
      _ vector: [Float], of tokens: InputTokens, at index: Int
    ) throws(EmbedError) -> Embedding {
      try runtime.requireFinite(vector, ofInput: index)
      let isNormalized =
        switch output.normalization {
        case .unit: true
        case .asModel: runtime.folder.modules.contains(.normalize)
        case .none: false
        }
      // A text of which a table without special tokens has no token stays at zero, as in the reference.
      let hasTokens = !tokens.sequence.ids.isEmpty
      guard !isNormalized || !hasTokens || vector.contains(where: { $0 != 0 }) else {
        throw EmbedError(
          .fileDamaged, "the model's weights give no vector",
          expected: "one that can be normalized", got: "zeros", at: runtime.folder.path,
          input: index)
      }
      return Embedding(
        vector, tokenCount: tokens.sequence.ids.count, isTruncated: tokens.sequence.isTruncated)
    }
  }
}
