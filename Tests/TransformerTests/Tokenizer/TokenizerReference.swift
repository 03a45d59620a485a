import EmbedTestSupport
import Foundation
import Testing
import Transformer

/// Reads the reference data in `Tests/Reference/tokenizer`, whose README says what is in it.
enum TokenizerReference {
  struct Golden: Decodable, Sendable {
    var text: String
    var ids: [Int32]
    var tokens: [String]
    /// Start and end, or nothing for special tokens around the text.
    var offsets: [[Int]?]
  }

  /// What texts become.
  struct Encodings: Decodable, Sendable {
    /// For each text the ids of its tokens.
    var ids: [[Int32]]
    /// For each text the offsets of its tokens, start and end in turn.
    var offsets: [[Int]]
  }

  /// The switches of a normalizer, with the names that they have in `TokenizerConfiguration.BertNormalizer`.
  struct Switches: Decodable, Sendable {
    var cleansText: Bool
    var separatesChineseCharacters: Bool
    var stripsAccents: Bool
    var lowercases: Bool

    var normalizer: TokenizerConfiguration.BertNormalizer {
      TokenizerConfiguration.BertNormalizer(
        cleansText: cleansText, separatesChineseCharacters: separatesChineseCharacters,
        stripsAccents: stripsAccents, lowercases: lowercases)
    }
  }

  static func read<Value: Decodable>(_ name: String, as type: Value.Type) throws -> Value {
    let file = root.appending(path: "Tests/Reference/tokenizer").appending(path: name)
    return try JSONDecoder().decode(type, from: Data(contentsOf: file))
  }

  /// The configuration of all-MiniLM-L6-v2; throws if the model is not in `Models`.
  static func miniLM() throws -> TokenizerConfiguration {
    let file = root.appending(path: "Models/all-MiniLM-L6-v2/vocab.txt")
    var lines = try Data(contentsOf: file).split(separator: 0x0A, omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    var configuration = TokenizerConfiguration(
      vocabulary: lines.enumerated().map { (String(decoding: $1, as: UTF8.self), Int32($0)) })
    configuration.addedTokens = [
      .init(content: "[PAD]", id: 0), .init(content: "[UNK]", id: 100),
      .init(content: "[CLS]", id: 101), .init(content: "[SEP]", id: 102),
      .init(content: "[MASK]", id: 103),
    ]
    configuration.template.prefix = [101]
    configuration.template.suffix = [102]
    return configuration
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

  /// The offsets of a text's tokens, as start and end.
  func offsets(
    _ text: String, maximumLength: Int = .max, parsesSpecialTokens: Bool = true
  ) -> [[Int]?] {
    var scratch = TokenizerScratch()
    let (_, offsets) = encodeWithOffsets(
      text, maximumLength: maximumLength, parsesSpecialTokens: parsesSpecialTokens,
      scratch: &scratch)
    return offsets.map { range in range.map { [$0.lowerBound, $0.upperBound] } }
  }

  /// The spellings of a text's tokens.
  func tokens(_ text: String) -> [String] {
    ids(text).map { token(for: $0) ?? "?" }
  }
}
