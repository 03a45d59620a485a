/// Something that takes texts apart as an embedder's model does.
///
/// `LocalEmbedder.tokenizer` is one; services keep theirs to themselves.
public protocol TextTokenizer: Sendable {
  /// The most tokens of an input that the model takes, special tokens and the prompt included.
  var maximumTokens: Int { get }

  /// The number of a text's tokens, with the prompt of the role and special tokens, whatever the model takes.
  ///
  /// - Complexity: O(length of the text).
  func countTokens(_ text: String, options: EmbedOptions) -> Int

  /// Where a text's own tokens stand in it, in bytes of UTF-8: all of them, in order, without prompt and special tokens.
  ///
  /// Ranges never go backwards; tokens that are parts of one scalar may have the same. What is in no token, such as white
  /// space, is dropped by the model.
  ///
  /// - Complexity: O(length of the text).
  func tokenRanges(in text: String, options: EmbedOptions) -> [Range<Int>]
}
