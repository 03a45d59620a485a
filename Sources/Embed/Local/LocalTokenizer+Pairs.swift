import EmbedCore
import Transformer

extension LocalTokenizer {
  /// Refuses a tokenizer that cannot put two texts into a sequence that the encoder takes.
  ///
  /// - Throws: `EmbedError` with code `modelUnsupported`.
  func requirePairs(
    of encoder: EncoderConfiguration, at location: String
  ) throws(EmbedError) {
    guard let pair = template.pair else {
      throw EmbedError(
        .modelUnsupported, "unsupported tokenizer", expected: "a template for two texts",
        got: "one for single texts", at: location)
    }
    guard pair.count < maximumTokens else {
      throw EmbedError(
        .modelUnsupported, "no room for two texts",
        expected: "more than \(pair.count) tokens, which are special ones",
        got: "\(maximumTokens)", at: location)
    }
    // Without a table of types, they mean nothing.
    guard encoder.tokenTypeCount == 0 || pair.secondType < encoder.tokenTypeCount else {
      throw EmbedError(
        .modelUnsupported, "token type without a vector",
        expected: "a type below \(encoder.tokenTypeCount)", got: "\(pair.secondType)", at: location)
    }
  }

  /// The tokens of two texts, cut to the limit.
  ///
  /// - Precondition: `requirePairs` has thrown nothing.
  /// - Throws: `EmbedError` naming the input's index, with code `inputTooLong` when the options ask for it.
  func tokens(
    of first: String, _ second: String, at index: Int, _ options: RerankOptions,
    _ scratch: inout TokenizerScratch
  ) throws(EmbedError) -> InputTokens {
    guard
      let (sequence, typeIDs) = tokenizer.encodePair(
        first, second, maximumLength: maximumTokens,
        parsesSpecialTokens: options.specialTokens == .parse, scratch: &scratch)
    else { preconditionFailure("a tokenizer with a template for two texts") }
    if sequence.isTruncated, options.truncation == .error {
      throw EmbedError(
        .inputTooLong, "text too long", expected: "at most \(maximumTokens) tokens of both texts",
        got: "more", input: index)
    }
    guard !sequence.ids.isEmpty else { throw Self.noTokens(at: index) }
    return InputTokens(sequence: sequence, typeIDs: typeIDs)
  }
}
