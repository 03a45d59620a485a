import EmbedTestSupport
import Testing

@testable import Transformer

@Suite("Limits of the tokenizer")
struct TokenizerLimitTests {
  private func configuration() -> TokenizerConfiguration {
    var configuration = TokenizerConfiguration([
      "[UNK]", "[CLS]", "[SEP]", "a", "##a", "b", "\u{4F60}",
    ])
    configuration.template.prefix = [1]
    configuration.template.suffix = [2]
    configuration.addedTokens = [.init(content: "[SEP]", id: 2)]
    return configuration
  }

  private func vocabulary(
    _ configuration: TokenizerConfiguration
  ) throws -> WordPieceVocabulary {
    let tokens = try TokenList(
      vocabulary: configuration.wordPiece.vocabulary, added: configuration.addedTokens)
    return try WordPieceVocabulary(configuration.wordPiece, tokens)
  }

  @Test(arguments: [
    (2, [1, 2], true), (3, [1, 3, 2], true), (4, [1, 3, 4, 2], true), (5, [1, 3, 4, 4, 2], true),
    (6, [1, 3, 4, 4, 5, 2], false), (7, [1, 3, 4, 4, 5, 2], false),
    (Int.max, [1, 3, 4, 4, 5, 2], false),
  ])
  func `cuts the text's own ids to what the special tokens leave`(
    maximumLength: Int, ids: [Int32], isTruncated: Bool
  ) throws {
    let tokenizer = try Tokenizer(configuration())
    let sequence = tokenizer.encode("aaa b", maximumLength: maximumLength)
    #expect(sequence.ids == ids)
    #expect(sequence.isTruncated == isTruncated)
  }

  @Test(arguments: [1, 0, -1, Int.min])
  func `keeps the special tokens under a smaller maximum`(maximumLength: Int) throws {
    let tokenizer = try Tokenizer(configuration())
    #expect(tokenizer.encode("a", maximumLength: maximumLength).ids == [1, 2])
    #expect(tokenizer.encode("a", maximumLength: maximumLength).isTruncated)
    #expect(!tokenizer.encode(" ", maximumLength: maximumLength).isTruncated)
  }

  @Test func `does not call a text truncated that only white space follows`() throws {
    let tokenizer = try Tokenizer(configuration())
    #expect(!tokenizer.encode("a b \n\u{2003}\0 ", maximumLength: 4).isTruncated)
    #expect(tokenizer.encode("a b .", maximumLength: 4).isTruncated)
    #expect(tokenizer.encode("a b[SEP]", maximumLength: 4).isTruncated)
  }

  @Test(arguments: ["a ", "\u{E0} ", "\u{4F60}", "[SEP]", "-", "aaa\u{301} "])
  func `reads no more of a long text than it needs`(unit: String) throws {
    let configuration = configuration()
    let scanner = BertScanner(
      configuration.bert, addedTokens: AddedTokenMatcher(configuration.addedTokens),
      vocabulary: try vocabulary(configuration))
    let text = Array(String(repeating: unit, count: 100_000).utf8)
    var cursor = ScanCursor(parsesSpecialTokens: true, limit: 50)
    var scratch = TokenizerScratch()
    scanner.scan(text.span, cursor: &cursor, scratch: &scratch)
    #expect(scratch.pieces.ids.count > 50)
    #expect(cursor.position < 500)
  }

  @Test func `reads a stretch of a long text that is normalized first`() throws {
    var configuration = configuration()
    configuration.addedTokens.append(.init(content: "B", id: 7, isNormalized: true))
    let scanner = try StagedScanner(
      configuration, model: .wordPiece(try vocabulary(configuration)))
    let text = Array(String(repeating: "a ", count: 100_000).utf8)
    var cursor = ScanCursor(parsesSpecialTokens: true, limit: 50)
    var scratch = TokenizerScratch()
    scanner.scan(text.span, cursor: &cursor, scratch: &scratch)
    #expect(scratch.pieces.ids.count > 50)
    #expect(cursor.position < 10_000)
  }

  @Test(
    arguments: ["B", "b b"], ["a B \u{4F60} aB aa[SEP] \u{301}b ", "a B b aB B  b  \u{301}b "])
  func `finds the same tokens in stretches as in one piece`(token: String, unit: String) throws {
    var configuration = configuration()
    configuration.addedTokens.append(
      .init(content: token, id: 7, singleWord: true, isSpecial: false, isNormalized: true))
    let tokenizer = try Tokenizer(configuration)
    let count = 2_000
    let ids = tokenizer.ids(unit)
    let expected = [1] + Array(repeatElement(ids[1..<ids.count - 1], count: count).joined()) + [2]
    #expect(tokenizer.ids(String(repeating: unit, count: count)) == expected)
  }

  @Test(arguments: ["a", "\u{E9}", "\u{302E}", "\u{1D165}\u{302E}", "\u{AC00}", "\u{1F600}"])
  func `makes one unknown token of a word of a million letters`(unit: String) throws {
    let tokenizer = try Tokenizer(configuration())
    #expect(tokenizer.ids(String(repeating: unit, count: 1_000_000)) == [1, 0, 2])
  }

  @Test func `takes many words of the greatest length apart`() throws {
    let tokenizer = try Tokenizer(configuration())
    let word = String(repeating: "a", count: 99)
    let text = String(repeating: word + "c ", count: 10_000) + word
    #expect(tokenizer.ids(text).count == 10_000 + 99 + 2)
  }

  @Test func `knows no word if words may have no letters`() throws {
    for length in [0, -1, Int.min] {
      var configuration = configuration()
      configuration.wordPiece.maximumWordLength = length
      #expect(try Tokenizer(configuration).ids("a \u{E9}.\u{302E}") == [1, 0, 0, 0, 0, 2])
    }
  }
}
