/// Why a tokenizer cannot be made of a definition.
package enum TokenizerError: Error, Sendable, Equatable {
  /// The vocabulary lacks the token that stands for unknown words.
  case missingUnknownToken(String)
  /// A token has an id below zero.
  case negativeID(Int32, token: String)
  /// Two tokens have the same id.
  case duplicateID(Int32, tokens: [String])
  /// An added token is in the vocabulary with another id.
  case conflictingIDs(token: String, added: Int32, vocabulary: Int32)
  /// A special token to put around every sequence has an id that no token has.
  case undefinedSpecialToken(Int32)
  /// The tokens have more bytes than 32-bit offsets reach.
  case vocabularyTooLarge(bytes: Int)
}

extension TokenizerError: CustomStringConvertible {
  /// One line for people: what went wrong, what was expected, what was there instead.
  package var description: String {
    switch self {
    case .missingUnknownToken(let token):
      "unknown token \"\(token)\": expected it in the vocabulary, got none"
    case .negativeID(let id, let token):
      "id of token \"\(token)\": expected 0 or more, got \(id)"
    case .duplicateID(let id, let tokens):
      "id \(id): expected one token, got \(tokens.map { "\"\($0)\"" }.joined(separator: " and "))"
    case .conflictingIDs(let token, let added, let vocabulary):
      "added token \"\(token)\": expected the id \(vocabulary) of the vocabulary, got \(added)"
    case .undefinedSpecialToken(let id):
      "special token around sequences: expected the id of a token, got \(id)"
    case .vocabularyTooLarge(let bytes):
      "vocabulary: expected fewer than \(UInt32.max) bytes of tokens, got \(bytes)"
    }
  }
}
