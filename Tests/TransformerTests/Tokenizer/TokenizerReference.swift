import Foundation
import Testing
import Transformer

/// Reads the reference data in `Tests/Reference/tokenizer`, whose README says what is in it.
enum TokenizerReference {
  struct Golden: Decodable, Sendable {
    var text: String
    var ids: [Int32]
    var tokens: [String]
  }

  /// The switches of a normalizer, with the names that they have in `TokenizerDefinition`.
  struct Switches: Decodable, Sendable {
    var cleansText: Bool
    var separatesChineseCharacters: Bool
    var stripsAccents: Bool
    var lowercases: Bool

    func apply(to definition: inout TokenizerDefinition) {
      definition.cleansText = cleansText
      definition.separatesChineseCharacters = separatesChineseCharacters
      definition.stripsAccents = stripsAccents
      definition.lowercases = lowercases
    }
  }

  static func read<Value: Decodable>(_ name: String, as type: Value.Type) throws -> Value {
    let file = root.appending(path: "Tests/Reference/tokenizer").appending(path: name)
    return try JSONDecoder().decode(type, from: Data(contentsOf: file))
  }

  /// The definition of all-MiniLM-L6-v2; throws if the model is not in `Models`.
  static func miniLM() throws -> TokenizerDefinition {
    let file = root.appending(path: "Models/all-MiniLM-L6-v2/vocab.txt")
    var lines = try Data(contentsOf: file).split(separator: 0x0A, omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    var definition = TokenizerDefinition(
      vocabulary: lines.enumerated().map { (String(decoding: $1, as: UTF8.self), Int32($0)) })
    definition.addedTokens = [
      .init(content: "[PAD]", id: 0), .init(content: "[UNK]", id: 100),
      .init(content: "[CLS]", id: 101), .init(content: "[SEP]", id: 102),
      .init(content: "[MASK]", id: 103),
    ]
    definition.prefix = [101]
    definition.suffix = [102]
    return definition
  }

  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
}

extension Tokenizer {
  /// All ids of a text, special tokens parsed.
  func ids(_ text: String) -> [Int32] {
    encode(text).ids
  }

  /// Encodes with a scratch of its own.
  func encode(
    _ text: String, maximumLength: Int = .max, parsesSpecialTokens: Bool = true
  ) -> TokenSequence {
    var scratch = TokenizerScratch()
    return encode(
      text, maximumLength: maximumLength, parsesSpecialTokens: parsesSpecialTokens,
      scratch: &scratch)
  }

  /// The spellings of a text's tokens.
  func tokens(_ text: String) -> [String] {
    ids(text).map { token(for: $0) ?? "?" }
  }
}

extension TokenizerDefinition {
  /// A definition whose ids are the places of the tokens.
  init(_ tokens: [String]) {
    self.init(vocabulary: tokens.enumerated().map { ($1, Int32($0)) })
  }
}
