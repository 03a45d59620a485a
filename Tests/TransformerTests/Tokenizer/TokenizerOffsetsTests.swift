import EmbedTestSupport
import Testing
import Transformer

@Suite("Offsets of tokens")
struct TokenizerOffsetsTests {
  /// A tokenizer of a few pieces with a special token in front and two behind.
  private func tokenizer(
    configure: (inout TokenizerConfiguration) -> Void = { _ in }
  ) throws -> Tokenizer {
    var configuration = TokenizerConfiguration([
      "[UNK]", "[CLS]", "[SEP]", "a", "##a", "b", "##b", "e", "-", "\u{4F60}", "\u{1112}",
      "##\u{1161}",
      "##\u{11AB}", "\u{302E}", "##\u{302E}", "##\u{1D165}", "##\u{1D158}",
    ])
    configuration.template = .init(prefix: [1], suffix: [2, 2])
    configuration.addedTokens = [.init(content: "[SEP]", id: 2)]
    configure(&configuration)
    return try Tokenizer(configuration)
  }

  /// The parts of a text that its tokens stand for.
  private func parts(_ text: String, of tokenizer: Tokenizer) -> [String] {
    let bytes = Array(text.utf8)
    return tokenizer.offsets(text).compactMap { range in
      range.map { String(decoding: bytes[$0[0]..<$0[1]], as: UTF8.self) }
    }
  }

  @Test func `are none for special tokens around the text, and one for each other token`() throws {
    #expect(try tokenizer().offsets("ab [SEP]") == [nil, [0, 1], [1, 2], [3, 8], nil, nil])
    #expect(try tokenizer().offsets("") == [nil, nil, nil])
  }

  @Test func `cover an unknown word as a whole`() throws {
    let text = "xyz a \u{E9}\u{446} " + String(repeating: "a", count: 101)
    let expected = ["xyz", "a", "\u{E9}\u{446}", String(repeating: "a", count: 101)]
    #expect(try parts(text, of: tokenizer()) == expected)
  }

  @Test func `count bytes of UTF-8 and leave out what is dropped at the ends of a token`() throws {
    let tokenizer = try tokenizer()
    #expect(parts("\u{E9} e\u{301} \u{FEFF}e", of: tokenizer) == ["\u{E9}", "e", "e"])
    #expect(parts("a\u{301}a", of: tokenizer) == ["a", "a"])
    #expect(parts("a\u{AD}-\u{AD}\u{4F60}", of: tokenizer) == ["a", "-", "\u{4F60}"])
    let word = try self.tokenizer {
      $0.wordPiece.vocabulary.append("aba", id: 17)
    }
    #expect(parts("\0a\u{AD}b\u{301}a\0", of: word) == ["a\u{AD}b\u{301}a"])
  }

  @Test func `are the same for letters of one syllable`() throws {
    #expect(
      try tokenizer().offsets("a \u{D55C}")
        == [nil, [0, 1], [2, 5], [2, 5], [2, 5], nil, nil])
  }

  @Test func `swap with marks that change places, dropped ones too`() throws {
    let tokenizer = try tokenizer()
    // U+302E has class 224, U+1D165 class 216: the second comes first, and each token has the other's place.
    #expect(
      tokenizer.offsets("a\u{302E}\u{1D165}") == [nil, [0, 1], [1, 4], [4, 8], nil, nil])
    // U+0323, class 220, is dropped, but has taken the place of U+302E before.
    #expect(tokenizer.offsets("a\u{302E}\u{323}") == [nil, [0, 1], [4, 6], nil, nil])
    // U+1D15F is U+1D158 and U+1D165; U+0334, class 1, comes between the two.
    #expect(
      tokenizer.offsets("a\u{1D15F}\u{334}") == [nil, [0, 1], [1, 5], [5, 7], nil, nil])
  }

  @Test func `include white space that an added token swallows unless they are trimmed`() throws {
    func configure(_ configuration: inout TokenizerConfiguration) {
      configuration.addedTokens = [
        .init(content: "[SEP]", id: 2, stripsLeft: true, stripsRight: true)
      ]
    }
    let text = "a \u{2003}[SEP]\n b [SEP]"
    #expect(
      try parts(text, of: tokenizer(configure: configure))
        == ["a", " \u{2003}[SEP]\n ", "b", " [SEP]"])
    let trimming = try tokenizer {
      configure(&$0)
      $0.template.trimming = .swallowed
    }
    #expect(parts(text, of: trimming) == ["a", "[SEP]", "b", "[SEP]"])
  }

  @Test func `are those in the text for tokens that are found in normalized text`() throws {
    let tokenizer = try tokenizer {
      $0.addedTokens.append(.init(content: "\u{C9}T\u{C9}", id: 17, isNormalized: true))
    }
    #expect(
      parts("a e\u{301}t\0e\u{301}! \u{4F60}[SEP]\u{E9}te", of: tokenizer)
        == ["a", "e\u{301}t\0e", "!", "\u{4F60}", "[SEP]", "\u{E9}te"])
  }

  @Test func `are the same in stretches of a long text that is normalized first`() throws {
    func configure(_ configuration: inout TokenizerConfiguration) {
      configuration.addedTokens.append(
        .init(content: "ab", id: 17, stripsRight: true, isNormalized: true))
    }
    let unit = "A\u{301}B  \u{E9} a "
    let tokenizer = try tokenizer(configure: configure)
    let expected = parts(unit, of: tokenizer)
    #expect(expected == ["A\u{301}B  ", "\u{E9}", "a"])
    let text = String(repeating: unit, count: 2_000)
    #expect(
      parts(text, of: tokenizer) == Array(repeatElement(expected, count: 2_000).joined()))
  }

  @Test(arguments: [0, 3, 4, 5, 6, 100])
  func `belong to the ids that are left of a truncated text`(maximumLength: Int) throws {
    let tokenizer = try tokenizer()
    let text = "a\u{E9}b [SEP] aa"
    let all = tokenizer.offsets(text)
    let count = max(0, min(maximumLength - 3, all.count - 3))
    let expected = all[..<(1 + count)] + all.suffix(2)
    #expect(tokenizer.offsets(text, maximumLength: maximumLength) == Array(expected))
    var scratch = TokenizerScratch()
    let (sequence, offsets) = tokenizer.encodeWithOffsets(
      text, maximumLength: maximumLength, parsesSpecialTokens: true, scratch: &scratch)
    #expect(sequence == tokenizer.encode(text, maximumLength: maximumLength))
    #expect(offsets.count == sequence.ids.count)
  }

  @Test(arguments: ["a\u{301}", "\u{302E}", "\u{AC00}\u{302E}"])
  func `of a word of a million letters cover it`(unit: String) throws {
    let text = String(repeating: unit, count: 1_000_000)
    let end = unit == "a\u{301}" ? text.utf8.count - 2 : text.utf8.count
    #expect(try tokenizer().offsets(text) == [nil, [0, end], nil, nil])
  }

  @Test func `do not change what the next text of the same scratch gives`() throws {
    let tokenizer = try tokenizer()
    var scratch = TokenizerScratch()
    let texts = ["a\u{302E}\u{1D165} \u{D55C}", "ab [SEP]", "\u{302E}"]
    for text in texts + texts.reversed() {
      let (sequence, offsets) = tokenizer.encodeWithOffsets(
        text, maximumLength: .max, parsesSpecialTokens: true, scratch: &scratch)
      #expect(sequence == tokenizer.encode(text))
      #expect(offsets.map { $0.map { [$0.lowerBound, $0.upperBound] } } == tokenizer.offsets(text))
      let plain = tokenizer.encode(
        text, maximumLength: .max, parsesSpecialTokens: true, scratch: &scratch)
      #expect(plain == sequence)
      #expect(
        tokenizer.count(text, parsesSpecialTokens: true, scratch: &scratch) == sequence.ids.count)
    }
  }
}
