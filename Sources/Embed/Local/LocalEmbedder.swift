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
  /// What multiplies the matrices, for people.
  public let engineName: String
  /// The number of worker threads.
  public var threadCount: Int { pool.count }

  /// What the model's authors put in front of texts, by name, such as `query`.
  public var prompts: [String: String] { folder.prompts }
  /// Whether the model was trained to see one of its prompts in front of every text.
  public var requiresPrompts: Bool {
    KnownModel.named(folder.name)?.requiresPrompts ?? false && folder.defaultPrompt == nil
  }

  /// The model's tokenizer, to count tokens or to cut texts at them.
  public let tokenizer: LocalTokenizer

  let kernels: KernelSet
  let model: any LocalModel
  let pool: WorkerPool
  private let pending: PendingInputs
  private let dimensions: Int
  private let folder: ModelFolder
  /// That of the folder, once it was asked for.
  private let folderFingerprint = Mutex<[String: String]?>(nil)

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
    guard uri.host == nil, uri.port == nil else {
      throw EmbedError(
        .invalidURI, "invalid address of a local model", expected: "local:NAME or a folder",
        got: "a host")
    }
    return try await load(uri.path, configuration: Configuration(uri))
  }

  /// Loads an opened model folder.
  ///
  /// - Throws: as `load(_:configuration:library:)`.
  init(
    _ folder: ModelFolder, configuration: Configuration, kernels: KernelSet? = nil
  ) async throws {
    let environment = ProcessInfo.processInfo.environment
    let engine = try configuration.resolvedEngine(environment: environment)
    self.kernels =
      if let kernels { kernels } else { try KernelSet.selected(environment: environment) }
    // The vocabulary takes as long as the weights.
    async let tokenizer = LocalTokenizer(folder)
    let selection = try EngineSelection(engine, configuration.precision, kernels: self.kernels)
    model = try selection.load(folder)
    engineName = selection.description
    self.tokenizer = try await tokenizer
    pool = try WorkerPool(
      count: configuration.resolvedThreads, makeWorkspace: model.makeWorkspace)
    pending = PendingInputs(limit: configuration.maximumPendingInputs)
    self.folder = folder
    dimensions = folder.truncatedDimensions ?? folder.dimensions
    info = EmbedderInfo(
      modelID: folder.name, dimensions: dimensions, maximumTokens: self.tokenizer.maximumTokens,
      preferredBatchSize: Self.windowSize, roles: self.tokenizer.roles)
  }

  /// Does on every thread what only the first texts cost: memory for the buffers, and weights brought near.
  ///
  /// For a server, before it tells that it is ready.
  ///
  /// - Throws: as `embed(_:options:)`.
  @concurrent
  public func warmUp() async throws {
    // As many tokens as fill a batch for each thread, and the shape of a single query.
    let length = max(1, min(tokenizer.maximumTokens, Self.batchTokens))
    let text = String(repeating: "warm ", count: length)
    let count = threadCount * ((Self.batchTokens + length - 1) / length)
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
      let values = if let known { known } else { try folder.fingerprint() }
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
    let call = try Call(options, tokenizer: tokenizer, dimensions: dimensions)
    let share = min(inputs.count, Self.windowSize)
    try pending.enter(share)
    defer { pending.leave(share) }
    var embeddings: [Embedding] = []
    embeddings.reserveCapacity(inputs.count)
    var sequences = try await tokenize(inputs, from: 0, call)
    while embeddings.count + sequences.count < inputs.count {
      // The next window is tokenized while this one is in the model.
      let end = embeddings.count + sequences.count
      async let upcoming = tokenize(inputs, from: end, call)
      embeddings += try await run(sequences, from: embeddings.count, call)
      sequences = try await upcoming
    }
    return embeddings + (try await run(sequences, from: embeddings.count, call))
  }
}

extension LocalEmbedder {
  /// What all inputs of a call share.
  private struct Call: Sendable {
    let options: EmbedOptions
    let output: OutputOptions
    let promptLength: Int

    init(_ options: EmbedOptions, tokenizer: LocalTokenizer, dimensions: Int) throws(EmbedError) {
      self.options = options
      _ = try options.resolvedDimensions(of: dimensions)
      let normalization: OutputOptions.Normalization =
        switch options.normalization {
        case .unit: .unit
        case .asModel: .asModel
        case .none: .none
        }
      output = OutputOptions(normalization: normalization, dimensions: options.dimensions)
      var scratch = TokenizerScratch()
      promptLength = tokenizer.promptLength(options, scratch: &scratch)
    }
  }

  /// The inputs that are sorted together.
  private static let windowSize = 1024
  /// The inputs that one job tokenizes.
  private static let sliceSize = 64
  /// The tokens of a batch: enough for the products to be efficient, few enough for the buffers to stay in the cache.
  static let batchTokens = 512

  /// The bytes of text that are tokenized in about the time that it takes to hand them to a worker.
  private static let inlineBytes = 2048

  /// Tokenizes a window of inputs on the workers.
  private func tokenize(
    _ inputs: [EmbeddingInput], from start: Int, _ call: Call
  ) async throws -> [TokenSequence] {
    let window = start..<min(inputs.count, start + Self.windowSize)
    if Self.isQuickToTokenize(inputs[window]) {
      var scratch = TokenizerScratch()
      return try tokenize(inputs, window, call, &scratch)
    }
    let slices = stride(from: window.lowerBound, to: window.upperBound, by: Self.sliceSize).map {
      $0..<min(window.upperBound, $0 + Self.sliceSize)
    }
    return try await withThrowingTaskGroup(of: (Int, [TokenSequence]).self) { group in
      for slice in slices {
        group.addTask {
          try Task.checkCancellation()
          let result = try await self.pool.run { worker in
            Result { () throws(EmbedError) in
              try self.tokenize(inputs, slice, call, &worker.scratch)
            }
          }
          return (slice.lowerBound, try result.get())
        }
      }
      var parts: [Int: [TokenSequence]] = [:]
      for try await (start, sequences) in group { parts[start] = sequences }
      return slices.flatMap { parts[$0.lowerBound] ?? [] }
    }
  }

  /// Whether inputs are tokenized sooner by this thread than handed to a worker.
  private static func isQuickToTokenize(_ inputs: ArraySlice<EmbeddingInput>) -> Bool {
    // Beginning a text takes as long as tokenizing 400 bytes of it; so more than five are never quick.
    let bytes = inputs.prefix(6).reduce(0) { bytes, input in
      if case .text(let text) = input { bytes + 400 + text.utf8.count } else { bytes + 400 }
    }
    return bytes <= inlineBytes
  }

  private func tokenize(
    _ inputs: [EmbeddingInput], _ slice: Range<Int>, _ call: Call,
    _ scratch: inout TokenizerScratch
  ) throws(EmbedError) -> [TokenSequence] {
    var sequences: [TokenSequence] = []
    sequences.reserveCapacity(slice.count)
    for index in slice {
      sequences.append(
        try tokenizer.sequence(
          for: inputs[index], at: index, options: call.options, scratch: &scratch))
    }
    return sequences
  }

  /// Runs sequences through the model in batches, as many at once as there are workers.
  ///
  /// - Parameter start: the index of the first one's input.
  private func run(
    _ sequences: [TokenSequence], from start: Int, _ call: Call
  ) async throws -> [Embedding] {
    let plan = BatchPlan(
      lengths: sequences.map(\.ids.count), budget: Self.batchTokens, workers: pool.count)
    var vectors = [[Float]](repeating: [], count: sequences.count)
    if plan.batches.count == 1 {
      try Task.checkCancellation()
      for (place, vector) in zip(plan.batches[0], try await run(sequences, plan.batches[0], call)) {
        vectors[place] = vector
      }
    } else {
      try await withThrowingTaskGroup(of: (places: [Int], vectors: [[Float]]).self) { group in
        var waiting = plan.batches[...]
        func submit() {
          guard let places = waiting.popFirst() else { return }
          group.addTask {
            try Task.checkCancellation()
            return (places, try await self.run(sequences, places, call))
          }
        }
        // One more than there are workers, so that none waits while results are put in their places.
        for _ in 0...pool.count { submit() }
        for try await result in group {
          for (place, vector) in zip(result.places, result.vectors) { vectors[place] = vector }
          submit()
        }
      }
    }
    for (place, vector) in vectors.enumerated() {
      try requireUsable(vector, ofInput: start + place, call)
    }
    return zip(sequences, vectors).map { sequence, vector in
      Embedding(vector, tokenCount: sequence.ids.count, isTruncated: sequence.isTruncated)
    }
  }

  /// Checks that the model's weights gave a vector: that they are no numbers, too large or all zero shows here at the
  /// latest.
  ///
  /// - Throws: `EmbedError` with code `fileDamaged`, naming the input: others may do without the damaged weights.
  private func requireUsable(
    _ vector: [Float], ofInput index: Int, _ call: Call
  ) throws(EmbedError) {
    if let component = vector.first(where: { !$0.isFinite }) {
      throw EmbedError(
        .fileDamaged, "the model's weights give no vector", expected: "finite numbers",
        got: "\(component)", at: folder.path, input: index)
    }
    let isNormalized =
      switch call.output.normalization {
      case .unit: true
      case .asModel: folder.modules.contains(.normalize)
      case .none: false
      }
    guard !isNormalized || vector.contains(where: { $0 != 0 }) else {
      throw EmbedError(
        .fileDamaged, "the model's weights give no vector", expected: "one that can be normalized",
        got: "zeros", at: folder.path, input: index)
    }
  }

  /// Runs the sequences at some places through the model as one batch.
  private func run(
    _ sequences: [TokenSequence], _ places: [Int], _ call: Call
  ) async throws -> [[Float]] {
    var batch = TokenBatch()
    for place in places { batch.append(sequences[place].ids) }
    return try await pool.runWithHelp { [model, batch] worker in
      model.embed(batch, promptLength: call.promptLength, call.output, &worker.workspace)
    }
  }
}
