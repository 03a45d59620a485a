import Transformer

/// A tokenizer of byte pairs whose ids are the places of the tokens.
func bytePairs(
  _ tokens: [String], _ merges: [(String, String)], unknown: String? = nil,
  fusesUnknown: Bool = false, fallsBackToBytes: Bool = false, ignoresMerges: Bool = false,
  normalizers: [TokenizerConfiguration.Normalizer] = [],
  preTokenizers: [TokenizerConfiguration.PreTokenizer] = []
) throws -> Tokenizer {
  try Tokenizer(
    TokenizerConfiguration(
      normalizers: normalizers, preTokenizers: preTokenizers,
      model: .bytePairs(
        .init(
          vocabulary: Vocabulary(tokens.enumerated().map { ($1, Int32($0)) }),
          merges: merges.map { (first: $0.0, second: $0.1) }, unknownToken: unknown,
          fusesUnknown: fusesUnknown, fallsBackToBytes: fallsBackToBytes,
          ignoresMergesOfTokens: ignoresMerges))))
}
