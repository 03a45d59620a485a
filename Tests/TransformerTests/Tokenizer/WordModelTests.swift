import EmbedTestSupport
import Testing

@testable import Transformer

@Suite("Byte pairs, unigrams and pairs of texts")
struct WordModelTests {
  private func unigram(_ vocabulary: [(String, Double)], bytes: Bool = false) throws -> Tokenizer {
    try Tokenizer(
      TokenizerConfiguration(
        normalizers: [], preTokenizers: [],
        model: .unigram(
          .init(
            vocabulary: Vocabulary(vocabulary.enumerated().map { ($1.0, Int32($0)) }),
            scores: vocabulary.map { $0.1 }, unknownID: 0, fallsBackToBytes: bytes))))
  }

  @Test func `the first merge of the list comes first, wherever it stands`() throws {
    let tokenizer = try bytePairs(
      ["a", "b", "c", "bc", "ab", "abc"], [("b", "c"), ("a", "b"), ("ab", "c")])
    #expect(tokenizer.tokens("abc") == ["a", "bc"])
    #expect(tokenizer.tokens("aabab") == ["a", "ab", "ab"])
  }

  @Test func `of equal pairs the leftmost is merged first`() throws {
    let tokenizer = try bytePairs(["a", "aa"], [("a", "a")])
    #expect(tokenizer.tokens("aaaaa") == ["aa", "aa", "a"])
  }

  @Test func `a token that no merges lead to is only found when merges are ignored`() throws {
    let tokens = ["a", "b", "c", "abc"]
    #expect(try bytePairs(tokens, []).tokens("abc") == ["a", "b", "c"])
    #expect(try bytePairs(tokens, [], ignoresMerges: true).tokens("abc") == ["abc"])
  }

  @Test func `unknown letters are one token, or one each, or their bytes`() throws {
    let tokens = ["a", "<unk>", "<0xC3>", "<0xA9>"]
    let each = try bytePairs(tokens, [], unknown: "<unk>")
    #expect(each.ids("\u{E9}\u{EA}a") == [1, 1, 0])
    let fused = try bytePairs(tokens, [], unknown: "<unk>", fusesUnknown: true)
    #expect(fused.ids("\u{E9}\u{EA}a") == [1, 0])
    let bytes = try bytePairs(
      tokens, [], unknown: "<unk>", fusesUnknown: true, fallsBackToBytes: true)
    #expect(bytes.ids("\u{E9}\u{EA}a") == [2, 3, 1, 0])
    #expect(bytes.offsets("\u{E9}a") == [[0, 2], [0, 2], [2, 3]])
  }

  @Test func `bytes are found by the letters that spell them`() throws {
    // U+00C3 and U+00A9 spell the bytes of U+00E9, U+0120 a space.
    let tokenizer = try bytePairs(
      ["\u{C3}", "\u{A9}", "\u{C3}\u{A9}", "\u{120}", "x"], [("\u{C3}", "\u{A9}")],
      preTokenizers: [.byteLevel(addsPrefixSpace: false, splits: .gpt2)])
    #expect(tokenizer.ids("\u{E9}x \u{E9}") == [2, 4, 3, 2])
    #expect(tokenizer.offsets(" \u{E9}") == [[0, 1], [1, 3]])
  }

  @Test func `the most probable pieces are taken, not the longest`() throws {
    let tokenizer = try unigram([
      ("<unk>", 0), ("a", -1), ("b", -1), ("c", -1), ("abc", -9), ("bc", -1.5), ("ab", -2.1),
    ])
    #expect(tokenizer.tokens("abc") == ["a", "bc"])
    #expect(tokenizer.tokens("aab") == ["a", "a", "b"])
  }

  @Test func `what no piece has is one unknown token, or its bytes`() throws {
    let tokenizer = try unigram([("<unk>", 0), ("a", -1)])
    #expect(tokenizer.ids("\u{E9}\u{EA}a\u{4F60}") == [0, 1, 0])
    #expect(tokenizer.offsets("\u{E9}\u{EA}a") == [[0, 4], [4, 5]])
    let bytes = try unigram(
      [("<unk>", 0), ("a", -1), ("<0xC3>", -5), ("<0xA9>", -5)], bytes: true)
    #expect(bytes.ids("\u{E9}a\u{EA}") == [2, 3, 1, 0])
  }

  @Test(arguments: ["a", "ab", "\u{E9}", "\u{4F60}", " "])
  func `a word of a million letters is split in good time`(unit: String) throws {
    let text = String(repeating: unit, count: 1_000_000)
    let pairs = try bytePairs(
      ["<unk>", "a", "b", "aa", "aaaa", "ab", "abab", " "],
      [("a", "a"), ("aa", "aa"), ("a", "b"), ("ab", "ab")], unknown: "<unk>")
    #expect(!pairs.ids(text).isEmpty)
    let unigram = try unigram([("<unk>", 0), ("a", -1), ("aa", -2.5), ("ab", -1), (" ", -1)])
    #expect(!unigram.ids(text).isEmpty)
  }

  @Test func `a long text is not cut where a space has become a letter`() throws {
    let tokenizer = try bytePairs(
      ["a", "b", "ab"], [("a", "b")], normalizers: [.replace(.text(" "), with: "b")],
      preTokenizers: [.whitespaceSplit])
    let text = String(repeating: "a", count: 10_000) + " a"
    #expect(tokenizer.tokens(text).suffix(3) == ["a", "ab", "a"])
  }

  // MARK: - Pairs

  /// Letters between brackets, the second text being of type 1.
  private func pairs() throws -> Tokenizer {
    var configuration = TokenizerConfiguration(["[", "|", "]", "a", "b", "[UNK]"])
    configuration.template.pair = .init(
      prefix: [0], middle: [1], suffix: [2], secondType: 1)
    return try Tokenizer(configuration)
  }

  private func encode(
    _ first: Int, _ second: Int, limit: Int
  ) throws -> (first: Int, second: Int, isTruncated: Bool)? {
    var scratch = TokenizerScratch()
    let pair = try pairs().encodePair(
      String(repeating: "a ", count: first), String(repeating: "b ", count: second),
      maximumLength: limit, parsesSpecialTokens: true, scratch: &scratch)
    guard let (sequence, types) = pair else { return nil }
    let firstCount = sequence.ids.count { $0 == 3 }
    let secondCount = sequence.ids.count { $0 == 4 }
    #expect(
      sequence.ids
        == [0] + [Int32](repeating: 3, count: firstCount) + [1]
        + [Int32](repeating: 4, count: secondCount) + [2])
    #expect(
      types
        == [Int32](repeating: 0, count: firstCount + 2)
        + [Int32](repeating: 1, count: secondCount + 1))
    return (firstCount, secondCount, sequence.isTruncated)
  }

  @Test(
    arguments: [
      // What the reference keeps of so many tokens with so many places.
      (3, 4, 20, 3, 4), (10, 3, 11, 5, 3), (3, 10, 11, 3, 5), (10, 10, 11, 4, 4),
      (10, 10, 12, 4, 5), (10, 9, 12, 5, 4), (9, 10, 12, 4, 5), (0, 5, 8, 0, 5), (0, 6, 8, 0, 5),
      (5, 5, 3, 0, 0),
    ])
  func `of two texts the longer one is cut first`(
    first: Int, second: Int, limit: Int, keptOfFirst: Int, keptOfSecond: Int
  ) throws {
    let kept = try #require(try encode(first, second, limit: limit))
    #expect(kept.first == keptOfFirst && kept.second == keptOfSecond)
    #expect(kept.isTruncated == (keptOfFirst < first || keptOfSecond < second))
  }

  @Test func `a tokenizer without a form for two texts gives none`() throws {
    var scratch = TokenizerScratch()
    let tokenizer = try Tokenizer(TokenizerConfiguration(["a", "[UNK]"]))
    let pair = tokenizer.encodePair(
      "a", "a", maximumLength: 10, parsesSpecialTokens: true, scratch: &scratch)
    #expect(pair == nil)
  }
}
