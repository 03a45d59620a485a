import EmbedTestSupport
import Testing
import Transformer

@testable import Embed

@Suite struct LocalTokenizerTests {
  private func tokenizer(_ fixture: ModelFixture) throws -> LocalTokenizer {
    try LocalTokenizer(fixture.open())
  }

  // MARK: - Loading

  @Test func `loads by name, by path and from an opened folder`() async throws {
    let fixture = try ModelFixture()
    let expected = try tokenizer(fixture).tokenize("the cat")
    #expect(try await LocalTokenizer.load(fixture.path).tokenize("the cat") == expected)
    #expect(try await LocalTokenizer.load(fixture.open()).tokenize("the cat") == expected)
  }

  @Test func `refuses what no tokenizer can be made of`() async throws {
    let fixture = try ModelFixture()
    try fixture.replace(
      #""content":"[PAD]""#, with: #""content":"[XXX]""#, in: "tokenizer.json")
    await #expect(throws: EmbedError.self) { try await LocalTokenizer.load(fixture.path) }
  }

  // MARK: - Ids from callers

  /// The ids that the encoder would see of given ones, or the message of the error.
  private func checked(_ ids: [Int32], of fixture: ModelFixture) throws -> [Int32] {
    var scratch = TokenizerScratch()
    return try tokenizer(fixture).sequence(
      for: .tokens(ids), at: 3, options: EmbedOptions(), scratch: &scratch
    ).ids
  }

  @Test func `takes the ids that it gives, whatever gaps they have`() throws {
    // The tiny vocabulary has no token with id 5, and as many as the largest id says.
    let fixture = try ModelFixture()
    let ids = try tokenizer(fixture).tokenize("istanbul").ids
    #expect(ids == [2, 244, 3])
    #expect(try checked(ids, of: fixture) == ids)
  }

  @Test func `takes every id that the encoder has a vector for, and no other`() throws {
    let fixture = try ModelFixture()
    #expect(try checked([0, 5, 244], of: fixture) == [0, 5, 244])
    for id in [-1, 245, Int32.min, .max] {
      let message = try fixture.folder.message { _ = try checked([1, id], of: fixture) }
      #expect(message == "token id out of range: expected 0 to 244, got \(id) (input 3)")
    }
  }

  // MARK: - Special tokens as text

  @Test func `finds ordinary added tokens where special ones are text`() throws {
    let fixture = try ModelFixture()
    // "]" is a word of its own, "hello" an added token that stands inside one.
    try fixture.replace(
      #""added_tokens":["#,
      with: #""added_tokens":[{"id":211,"content":"hello","single_word":false,"lstrip":false,"#
        + #""rstrip":false,"normalized":false,"special":false},"#, in: "tokenizer.json")
    let text = EmbedOptions(specialTokens: .text)
    let tokens = try tokenizer(fixture).tokenize("xhello[MASK]", options: text).tokens
    #expect(tokens.dropLast().dropFirst() == ["x", "hello", "[", "m", "##a", "##s", "##k", "]"])
    let parsed = try tokenizer(fixture).tokenize("xhello[MASK]").tokens
    #expect(parsed.dropLast().dropFirst() == ["x", "hello", "[MASK]"])
  }

  // MARK: - Offsets

  @Test func `tells where each token stands in the text`() throws {
    let text = "The caf\u{E9}, \u{4F60}\u{597D}"
    let tokenization = try tokenizer(ModelFixture()).tokenize(text)
    let utf8 = Array(text.utf8)
    let parts = tokenization.offsets.map { range in
      range.map { String(decoding: utf8[$0], as: UTF8.self) }
    }
    #expect(parts == [nil, "The", "caf\u{E9}", ",", "\u{4F60}", "\u{597D}", nil])
    #expect(tokenization.tokens == ["[CLS]", "the", "cafe", ",", "\u{4F60}", "\u{597D}", "[SEP]"])
  }

  @Test func `counts offsets from the text, not from the prompt in front of it`() throws {
    let fixture = try ModelFixture(.prompted)
    let tokenizer = try tokenizer(fixture)
    let plain = try tokenizer.tokenize("cat sat")
    let query = try tokenizer.tokenize("cat sat", options: EmbedOptions(role: .query))
    let promptCount = query.ids.count - plain.ids.count
    #expect(promptCount > 0)
    #expect(query.offsets.prefix(1 + promptCount).allSatisfy { $0 == nil })
    #expect(query.offsets.suffix(3) == [0..<3, 4..<7, nil])
  }

  @Test func `gives a token of prompt and text the bytes in the text`() throws {
    let fixture = try ModelFixture()
    try fixture.write(#"{"prompts":{"query":"wea"}}"#, to: "config_sentence_transformers.json")
    let tokenization = try tokenizer(fixture)
      .tokenize("ther", options: EmbedOptions(role: .query))
    #expect(tokenization.tokens == ["[CLS]", "weather", "[SEP]"])
    #expect(tokenization.offsets == [nil, 0..<4, nil])
  }

  // MARK: - Counting

  @Test func `counts tokens as it gives them, also beyond the limit`() throws {
    let tokenizer = try tokenizer(ModelFixture(.prompted))
    let query = EmbedOptions(role: .query, truncation: .error, specialTokens: .text)
    for text in ["", "the cat", "[SEP] caf\u{E9}"] {
      #expect(try tokenizer.countTokens(text) == tokenizer.tokenize(text).ids.count)
      #expect(
        try tokenizer.countTokens(text, options: query)
          == tokenizer.tokenize(text, options: query).ids.count)
    }
    let long = String(repeating: "cat ", count: 100)
    #expect(try tokenizer.tokenize(long).ids.count == tokenizer.maximumTokens)
    #expect(tokenizer.countTokens(long) == tokenizer.countTokens("") + 100)
  }

  @Test func `tells the places of all tokens, without prompt and special tokens`() throws {
    let tokenizer = try tokenizer(ModelFixture(.prompted))
    let text = " the cat\nsat " + String(repeating: "cat ", count: 100)
    let ranges = tokenizer.tokenRanges(in: text)
    #expect(ranges.prefix(4) == [1..<4, 5..<8, 9..<12, 13..<16])
    #expect(ranges.count == 103)
    #expect(tokenizer.tokenRanges(in: " ") == [])
    #expect(tokenizer.tokenRanges(in: "[SEP]", options: EmbedOptions()) == [0..<5])
    let asText = tokenizer.tokenRanges(in: "[SEP]", options: EmbedOptions(specialTokens: .text))
    #expect(asText.count > 1)
  }

  @Test(arguments: [EmbedOptions.Role.none, .document])
  func `cuts any text into passages that the model takes`(role: EmbedOptions.Role) throws {
    let tokenizer = try tokenizer(ModelFixture(.prompted))
    let options = EmbedOptions(role: role, truncation: .error)
    let cutter = try PassageCutter(
      tokenizer, limit: tokenizer.maximumTokens, overlap: 9, options: options)
    var random = TinyModelRandom(seed: 7)
    let parts = [
      "the ", "cats", "xylophones", "istanbul", ". ", "\n", "\n\n", "한국", "世界", "。", "e\u{301}",
      " ",
      "\u{AD}", "[SEP]", String(repeating: "z", count: 101), "👩‍👩‍👧",
    ]
    for _ in 0..<100 {
      let text = (0..<200).map { _ in parts.randomElement(using: &random) ?? "" }.joined()
      var rest = Array(text.utf8)[...]
      for passage in cutter.passages(of: text) {
        #expect(try !tokenizer.tokenize(passage.text, options: options).isTruncated)
        let shared = rest.startIndex - passage.range.lowerBound
        try #require(shared >= 0)
        #expect(rest.starts(with: passage.text.utf8.dropFirst(shared)))
        rest = rest[passage.range.upperBound...]
      }
      #expect(rest.isEmpty)
    }
  }

  // MARK: - Added tokens

  @Test func `finds an added token in normalized text`() throws {
    let fixture = try ModelFixture()
    try fixture.replace(
      "{",
      with:
        #"{"added_tokens_decoder":{"211":{"content":"hello","normalized":true,"special":false}},"#,
      in: "tokenizer_config.json")
    let tokens = try LocalTokenizer(fixture.open()).tokenize("xHE\u{301}LLO").tokens
    #expect(tokens == ["[CLS]", "x", "hello", "[SEP]"])
  }

  @Test func `refuses an added token of which normalization leaves nothing`() throws {
    let fixture = try ModelFixture()
    try fixture.replace(
      #""added_tokens":["#,
      with: #""added_tokens":[{"id":5,"content":"\u0301","normalized":true,"special":false},"#,
      in: "tokenizer.json")
    let message = try fixture.refusal { _ = try LocalTokenizer($0) }
    #expect(
      message == "invalid tokenizer (DIR): added token \"\u{301}\": expected something to look "
        + "for in normalized text, got nothing")
  }

  @Test func `gives MPNet's tokens their ids and places`() throws {
    let fixture = try ModelFixture(.vocabularyFile)
    try fixture.write(
      "<s>\n<pad>\n</s>\n<unk>\n[UNK]\nhello\nworld\n<mask>\n", to: "vocab.txt")
    try fixture.write(
      #"{"tokenizer_class":"MPNetTokenizer","model_max_length":512}"#, to: "tokenizer_config.json")
    // What transformers 5.23 makes of the same folder.
    let tokenization = try tokenizer(fixture).tokenize("hello   <mask> world <unk>")
    #expect(tokenization.ids == [0, 5, 7, 6, 4, 4, 4, 2])
    #expect(tokenization.offsets[1...3] == [0..<5, 8..<14, 15..<20])
  }
}
