public import EmbedCore
import Foundation
package import Kernels
public import ModelFiles
import Transformer

/// A cross-encoder of sentence-transformers, run on this machine: a re-ranker, or another classifier of pairs of texts.
///
/// ```swift
/// let encoder = try await CrossEncoder.load("ms-marco-MiniLM-L6-v2")
/// let ranking = try await encoder.rank(query: "Where do cats sit?", documents: documents, limit: 3)
/// ```
///
/// One cross-encoder serves any number of tasks; its worker threads are shared among them. Scores are those of the
/// Python library to 1e-5. A query and a document that are too long together are cut unless the options say otherwise.
///
/// Source: `CrossEncoder` of sentence-transformers 6.2 (`cross_encoder/model.py`).
public final class CrossEncoder: Reranker {
  /// What is known of the model.
  public let info: RerankerInfo
  /// The names of the model's labels; a re-ranker has one.
  public let labels: [String]
  private let function: ClassifierConfiguration.Function
  private let runtime: LocalRuntime<any LocalHeadModel>

  /// The model's tokenizer.
  public var tokenizer: LocalTokenizer { runtime.tokenizer }
  /// What multiplies the matrices, for people.
  public var engineName: String { runtime.engineName }
  /// The number of worker threads.
  public var threadCount: Int { runtime.runner.pool.count }

  /// Loads a model by name or folder.
  ///
  /// - Throws: `EmbedError` when there is no such model, it is no cross-encoder, its files are damaged or unsupported, or
  ///   the machine lacks the engine, the memory or a thread to compute with.
  @concurrent
  public static func load(
    _ model: String, configuration: LocalEmbedder.Configuration = LocalEmbedder.Configuration(),
    library: ModelLibrary = ModelLibrary()
  ) async throws -> CrossEncoder {
    try await load(library.locate(model).open(), configuration: configuration)
  }

  /// Loads the model of an opened folder.
  ///
  /// - Throws: as `load(_:configuration:library:)`.
  @concurrent
  public static func load(
    _ folder: ModelFolder,
    configuration: LocalEmbedder.Configuration = LocalEmbedder.Configuration()
  ) async throws -> CrossEncoder {
    try await CrossEncoder(folder, configuration: configuration)
  }

  /// Loads the model of a `local:` address.
  ///
  /// - Throws: as `load(_:configuration:library:)`, and `EmbedError` when the address has a host or unknown parameters.
  @concurrent
  public static func load(_ uri: EmbedderURI) async throws -> CrossEncoder {
    try await load(uri.localPath(), configuration: LocalEmbedder.Configuration(uri))
  }

  /// Loads an opened model folder.
  ///
  /// - Throws: as `load(_:configuration:library:)`.
  package init(
    _ folder: ModelFolder, configuration: LocalEmbedder.Configuration, kernels: KernelSet? = nil
  ) async throws {
    try folder.require(.reranking)
    runtime = try await LocalRuntime(folder, configuration, kernels: kernels) {
      selection throws(EmbedError) in
      try selection.load(folder, for: .reranking)
    } makeWorkspace: {
      $0.makeWorkspace
    }
    try runtime.tokenizer.requirePairs(of: folder.configuration, at: folder.path)
    labels = folder.classifier?.labels ?? []
    function = folder.classifier?.function ?? .identity
    info = RerankerInfo(modelID: folder.name, maximumTokens: runtime.tokenizer.maximumTokens)
  }

  /// Scores documents for a query, in the order of the documents.
  ///
  /// - Throws: `EmbedError` with code `invalidOption` for a model of several labels, naming the index of a document that is
  ///   not acceptable, with code `overloaded` when more documents wait than the configuration allows, and with code
  ///   `fileDamaged` when the model's weights give no score; `CancellationError` once the task is cancelled.
  /// - Complexity: O(number of tokens), each costing a pass through the model.
  @concurrent
  public func scores(
    query: String, documents: [String], options: RerankOptions
  ) async throws -> [RerankScore] {
    guard labels.count == 1 else {
      throw EmbedError(
        .invalidOption, "no re-ranker", expected: "a model of one label", got: "\(labels.count)",
        at: info.modelID)
    }
    let pairs = documents.map { (query, $0) }
    return try await runtime.runner.run(pairs, Call(self, options)).map { output in
      RerankScore(
        output.scores[0], tokenCount: output.tokenCount, isTruncated: output.isTruncated)
    }
  }

  /// Scores pairs of texts, in their order: a score for each of the model's labels.
  ///
  /// - Throws: as `scores(query:documents:options:)`, the label's number excepted.
  /// - Complexity: O(number of tokens), each costing a pass through the model.
  @concurrent
  public func scores(
    of pairs: [(first: String, second: String)], options: RerankOptions = RerankOptions()
  ) async throws -> [[Float]] {
    try await runtime.runner.run(pairs, Call(self, options)).map(\.scores)
  }
}

extension CrossEncoder {
  /// What all pairs of a call share.
  private struct Call: ModelCall {
    struct Output {
      let scores: [Float]
      let tokenCount: Int
      let isTruncated: Bool
    }

    let runtime: LocalRuntime<any LocalHeadModel>
    let function: ClassifierConfiguration.Function
    let options: RerankOptions

    init(_ encoder: CrossEncoder, _ options: RerankOptions) {
      runtime = encoder.runtime
      function = options.scale == .raw ? .identity : encoder.function
      self.options = options
    }

    func byteCount(of pair: (String, String)) -> Int { pair.0.utf8.count + pair.1.utf8.count }

    func tokens(
      of pair: (String, String), at index: Int, _ scratch: inout TokenizerScratch
    ) throws(EmbedError) -> InputTokens {
      try runtime.tokenizer.tokens(of: pair.0, pair.1, at: index, options, &scratch)
    }

    func run(_ batch: TokenBatch, _ workspace: inout Workspace) -> [[Float]] {
      runtime.model.logits(batch, &workspace)
    }

    func output(
      _ logits: [Float], of tokens: InputTokens, at index: Int
    ) throws(EmbedError) -> Output {
      try runtime.requireFinite(logits, ofInput: index)
      return Output(
        scores: logits.map(function.value), tokenCount: tokens.sequence.ids.count,
        isTruncated: tokens.sequence.isTruncated)
    }
  }
}

extension ClassifierConfiguration.Function {
  /// The score that a logit means.
  fileprivate func value(_ logit: Float) -> Float {
    switch self {
    case .identity: logit
    case .sigmoid: Float(1 / (1 + exp(-Double(logit))))
    case .tanh: Float(Foundation.tanh(Double(logit)))
    }
  }
}
