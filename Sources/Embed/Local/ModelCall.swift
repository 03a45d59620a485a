import EmbedCore
import Transformer

/// A call of a model: how its inputs become tokens, and what is made of them.
protocol ModelCall: Sendable {
  associatedtype Input: Sendable
  /// What the model gives for a sequence.
  associatedtype Values: Sendable
  /// What the caller gets for an input.
  associatedtype Output: Sendable

  /// Whether an input takes no longer to run than to tokenize.
  var isLookup: Bool { get }

  /// The bytes of an input's text.
  func byteCount(of input: Input) -> Int

  /// The tokens of an input, cut to the model's limit.
  ///
  /// - Throws: `EmbedError` naming the input's index.
  func tokens(
    of input: Input, at index: Int, _ scratch: inout TokenizerScratch
  ) throws(EmbedError) -> InputTokens

  /// Runs a batch through the model: values for each sequence, in order.
  func run(_ batch: TokenBatch, _ workspace: inout Workspace) -> [Values]

  /// What the caller gets.
  ///
  /// - Throws: `EmbedError` naming the input's index when the values are of no use.
  func output(
    _ values: Values, of tokens: InputTokens, at index: Int
  ) throws(EmbedError) -> Output
}

extension ModelCall {
  var isLookup: Bool { false }
}

/// An input as the model sees it.
struct InputTokens: Sendable {
  let sequence: TokenSequence
  /// `(tokens)`: which of two texts each token belongs to; empty for a single text.
  var typeIDs: [Int32] = []
}
