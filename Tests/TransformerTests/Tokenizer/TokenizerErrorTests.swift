import EmbedTestSupport
import Testing
import Transformer

@Suite("Errors in tokenizer definitions")
struct TokenizerErrorTests {
  private func error(
    _ vocabulary: [(token: String, id: Int32)],
    configure: (inout TokenizerConfiguration) -> Void = { _ in }
  ) -> TokenizerError? {
    var configuration = TokenizerConfiguration(vocabulary: vocabulary)
    configure(&configuration)
    do throws(TokenizerError) {
      _ = try Tokenizer(configuration)
      return nil
    } catch {
      return error
    }
  }

  @Test func `refuses a vocabulary without the unknown token`() {
    #expect(error([]) == .missingUnknownToken("[UNK]"))
    #expect(error([("[unk]", 0)]) == .missingUnknownToken("[UNK]"))
    #expect(error([("[UNK]", 0)]) { $0.wordPiece.unknownToken = "?" } == .missingUnknownToken("?"))
    #expect(error([("[UNK]", 0)]) == nil)
  }

  @Test func `refuses negative ids`() {
    #expect(error([("[UNK]", 0), ("a", -1)]) == .negativeID(-1, token: "a"))
    #expect(
      error([("[UNK]", 0)]) { $0.addedTokens = [.init(content: "b", id: -2)] }
        == .negativeID(-2, token: "b"))
  }

  @Test func `refuses tokens that are longer than any word`() {
    #expect(error([("[UNK]", 0), (String(repeating: "a", count: 4096), 1)]) == nil)
    let long = String(repeating: "a", count: 4097)
    #expect(error([("[UNK]", 0), (long, 1)]) == .tokenTooLong(bytes: 4097, id: 1))
    #expect(
      error([("[UNK]", 0)]) { $0.addedTokens = [.init(content: long, id: 7)] }
        == .tokenTooLong(bytes: 4097, id: 7))
  }

  @Test func `refuses two tokens with one id`() {
    #expect(
      error([("a", 4), ("[UNK]", 0), ("b", 4)]) == .duplicateID(4, tokens: ["a", "b"]))
    #expect(
      error([("[UNK]", 0)]) { $0.addedTokens = [.init(content: "b", id: 0)] }
        == .duplicateID(0, tokens: ["[UNK]", "b"]))
    #expect(
      error([("[UNK]", 0)]) {
        $0.addedTokens = [.init(content: "b", id: 1), .init(content: "c", id: 1)]
      } == .duplicateID(1, tokens: ["b", "c"]))
  }

  @Test func `refuses an added token with another id than in the vocabulary`() {
    #expect(
      error([("[UNK]", 0)]) { $0.addedTokens = [.init(content: "[UNK]", id: 3)] }
        == .conflictingIDs(token: "[UNK]", added: 3, vocabulary: 0))
  }

  @Test func `refuses special tokens around texts that do not exist`() {
    #expect(error([("[UNK]", 0)]) { $0.template.prefix = [5] } == .undefinedSpecialToken(5))
    #expect(error([("[UNK]", 0)]) { $0.template.suffix = [-1] } == .undefinedSpecialToken(-1))
    #expect(
      error([("[UNK]", 0)]) {
        $0.addedTokens = [.init(content: "b", id: 5)]
        $0.template.prefix = [5]
      } == nil)
  }

  @Test func `refuses an added token of which normalization leaves nothing`() {
    #expect(
      error([("[UNK]", 0)]) {
        $0.addedTokens = [.init(content: "\u{301}", id: 1, isNormalized: true)]
      } == .vanishingToken("\u{301}"))
  }

  @Test func `says what it expected and what it got`() {
    #expect(
      error([("a", 4), ("[UNK]", 0), ("b", 4)])?.description
        == "id 4: expected one token, got \"a\" and \"b\"")
    #expect(
      error([])?.description
        == "unknown token \"[UNK]\": expected it in the vocabulary, got none")
  }
}
