public import EmbedCore
import Foundation
package import Kernels
public import ModelFiles
import Transformer

/// A SPLADE model of sentence-transformers, run on this machine: for each text, weights of the vocabulary's tokens.
///
/// ```swift
/// let encoder = try await SparseEncoder.load("splade-cocondenser-ensembledistil")
/// let embeddings = try await encoder.embed(["Receipts are kept for seven years."])
/// print(encoder.token(for: embeddings[0].indices[0]) ?? "", embeddings[0].values[0])
/// ```
///
/// Vectors are those of the Python library to 1e-5 of the largest weight.
///
/// Source: `SparseEncoder` of sentence-transformers 6.2, and its module `SpladePooling`.
public final class SparseEncoder: Sendable {
  private let runtime: LocalRuntime<any LocalHeadModel>
  private let splade: SpladeConfiguration

  /// The model's tokenizer.
  public var tokenizer: LocalTokenizer { runtime.tokenizer }
  /// The number of components of a vector.
  public var dimensions: Int { runtime.folder.configuration.vocabularySize }
  /// What multiplies the matrices, for people.
  public var engineName: String { runtime.engineName }
  /// The number of worker threads.
  public var threadCount: Int { runtime.runner.pool.count }

  /// Loads a model by name or folder.
  ///
  /// - Throws: `EmbedError` when there is no such model, it is no sparse model, its files are damaged or unsupported, or
  ///   the machine lacks the engine, the memory or a thread to compute with.
  @concurrent
  public static func load(
    _ model: String, configuration: LocalEmbedder.Configuration = LocalEmbedder.Configuration(),
    library: ModelLibrary = ModelLibrary()
  ) async throws -> SparseEncoder {
    try await load(library.locate(model).open(), configuration: configuration)
  }

  /// Loads the model of an opened folder.
  ///
  /// - Throws: as `load(_:configuration:library:)`.
  @concurrent
  public static func load(
    _ folder: ModelFolder,
    configuration: LocalEmbedder.Configuration = LocalEmbedder.Configuration()
  ) async throws -> SparseEncoder {
    try await SparseEncoder(folder, configuration: configuration)
  }

  /// Loads the model of a `local:` address.
  ///
  /// - Throws: as `load(_:configuration:library:)`, and `EmbedError` when the address has a host or unknown parameters.
  @concurrent
  public static func load(_ uri: EmbedderURI) async throws -> SparseEncoder {
    try await load(uri.localPath(), configuration: LocalEmbedder.Configuration(uri))
  }

  /// Loads an opened model folder.
  ///
  /// - Throws: as `load(_:configuration:library:)`.
  package init(
    _ folder: ModelFolder, configuration: LocalEmbedder.Configuration, kernels: KernelSet? = nil
  ) async throws {
    try folder.require(.sparseEmbedding)
    runtime = try await LocalRuntime(folder, configuration, kernels: kernels) {
      selection throws(EmbedError) in
      try selection.load(folder, for: .sparseEmbedding)
    } makeWorkspace: {
      $0.makeWorkspace
    }
    splade = folder.splade ?? .standard
  }

  /// Embeds texts, one sparse vector each, in order.
  ///
  /// Of the options, the role, what becomes of long texts and of special tokens matter.
  ///
  /// - Throws: as `LocalEmbedder.embed(_:options:)`.
  /// - Complexity: O(number of tokens), each costing a pass through the model and a product with the vocabulary.
  @concurrent
  public func embed(
    _ texts: [String], options: EmbedOptions = EmbedOptions()
  ) async throws -> [SparseEmbedding] {
    try await runtime.runner.run(
      texts, Call(runtime: runtime, splade: splade, options: options))
  }

  /// The token of an index, as the vocabulary spells it.
  public func token(for index: Int32) -> String? { runtime.tokenizer.tokenizer.token(for: index) }
}

extension SparseEncoder {
  /// What all texts of a call share.
  private struct Call: ModelCall {
    let runtime: LocalRuntime<any LocalHeadModel>
    let splade: SpladeConfiguration
    let options: EmbedOptions

    func byteCount(of text: String) -> Int { text.utf8.count }

    func tokens(
      of text: String, at index: Int, _ scratch: inout TokenizerScratch
    ) throws(EmbedError) -> InputTokens {
      InputTokens(
        sequence: try runtime.tokenizer.sequence(
          for: .text(text), at: index, options: options, scratch: &scratch))
    }

    func run(_ batch: TokenBatch, _ workspace: inout Workspace) -> [[Float]] {
      runtime.model.logits(batch, &workspace)
    }

    func output(
      _ values: [Float], of tokens: InputTokens, at index: Int
    ) throws(EmbedError) -> SparseEmbedding {
      try runtime.requireFinite(values, ofInput: index)
      // The weight grows with the logit, so that of the largest is the largest.
      return SparseEmbedding(
        splade.sums ? values : values.map(splade.weight), tokenCount: tokens.sequence.ids.count,
        isTruncated: tokens.sequence.isTruncated)
    }
  }
}

extension SpladeConfiguration {
  /// The weight that a logit means.
  @Sendable func weight(_ logit: Float) -> Float {
    var weight = max(0, logit)
    guard weight > 0 else { return 0 }
    for _ in 0..<logarithms { weight = Float(log1p(Double(weight))) }
    return weight
  }
}
