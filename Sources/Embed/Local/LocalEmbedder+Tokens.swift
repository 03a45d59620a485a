public import EmbedCore
import Transformer

/// The vectors of a text's tokens.
public struct TokenEmbeddings: Sendable, Hashable {
  /// The ids of the tokens as the model saw them, special tokens and those of the prompt too.
  public let ids: [Int32]
  /// A vector for each token.
  public let vectors: [[Float]]
  /// Whether the end of the text was cut off.
  public let isTruncated: Bool
}

extension LocalEmbedder {
  /// Embeds the tokens of inputs, for searches that compare texts token by token, as ColBERT's do.
  ///
  /// The vectors are the encoder's own, in front of pooling, Dense modules and normalization, as those of
  /// `encode(output_value="token_embeddings")` of sentence-transformers. Of the options, the role, what becomes of long
  /// texts and of special tokens matter.
  ///
  /// - Throws: as `embed(_:options:)`.
  /// - Complexity: O(number of tokens), each costing a pass through the model.
  @concurrent
  public func tokenEmbeddings(
    of inputs: [EmbeddingInput], options: EmbedOptions = EmbedOptions()
  ) async throws -> [TokenEmbeddings] {
    try await runtime.runner.run(inputs, TokenCall(runtime: runtime, options: options))
  }

  /// What all inputs of a call share.
  private struct TokenCall: ModelCall {
    let runtime: LocalRuntime<any LocalModel>
    let options: EmbedOptions

    func byteCount(of input: EmbeddingInput) -> Int { input.byteCount }

    func tokens(
      of input: EmbeddingInput, at index: Int, _ scratch: inout TokenizerScratch
    ) throws(EmbedError) -> InputTokens {
      InputTokens(
        sequence: try runtime.tokenizer.sequence(
          for: input, at: index, options: options, scratch: &scratch))
    }

    func run(_ batch: TokenBatch, _ workspace: inout Workspace) -> [[[Float]]] {
      runtime.model.tokenVectors(batch, &workspace)
    }

    func output(
      _ vectors: [[Float]], of tokens: InputTokens, at index: Int
    ) throws(EmbedError) -> TokenEmbeddings {
      for vector in vectors { try runtime.requireFinite(vector, ofInput: index) }
      return TokenEmbeddings(
        ids: tokens.sequence.ids, vectors: vectors, isTruncated: tokens.sequence.isTruncated)
    }
  }
}

extension EmbeddingInput {
  /// The bytes of its text.
  var byteCount: Int {
    if case .text(let text) = self { text.utf8.count } else { 0 }
  }
}
