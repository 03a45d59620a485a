import EmbedTestSupport
import Testing
import Transformer

@Suite("Tokenizer")
struct TokenizerTests {
  /// A tokenizer of a few pieces.
  private func tokenizer(
    _ tokens: String..., configure: (inout TokenizerConfiguration) -> Void = { _ in }
  ) throws -> Tokenizer {
    var configuration = TokenizerConfiguration(["[UNK]"] + tokens)
    configure(&configuration)
    return try Tokenizer(configuration)
  }

  // MARK: Pieces

  @Test func `takes the longest piece at each place`() throws {
    let tokenizer = try tokenizer("un", "una", "##aff", "##able", "##ffa", "##ff", "##a", "##ble")
    #expect(tokenizer.tokens("unaffable") == ["una", "##ffa", "##ble"])
  }

  @Test func `makes the whole word unknown if one place has no piece`() throws {
    let tokenizer = try tokenizer("un", "##aff", "b")
    #expect(tokenizer.tokens("b unaffx b") == ["b", "[UNK]", "b"])
  }

  @Test func `tells beginnings from continuations`() throws {
    let tokenizer = try tokenizer("a", "##b", "c")
    #expect(tokenizer.tokens("ab b ac") == ["a", "##b", "[UNK]", "[UNK]"])
  }

  @Test func `does not take a sharp in the text for the continuation prefix`() throws {
    let tokenizer = try tokenizer("a", "b", "##b", "#")
    #expect(tokenizer.tokens("a##b") == ["a", "#", "#", "b"])
  }

  @Test func `uses another continuation prefix, even none`() throws {
    let other = try tokenizer("a", "@@b", "##b") { $0.wordPiece.continuationPrefix = "@@" }
    #expect(other.tokens("ab") == ["a", "@@b"])
    let none = try tokenizer("a", "b", "##b") { $0.wordPiece.continuationPrefix = "" }
    #expect(none.tokens("ab ba") == ["a", "b", "b", "a"])
  }

  @Test func `uses another unknown token`() throws {
    let tokenizer = try tokenizer("a", "<unk>") { $0.wordPiece.unknownToken = "<unk>" }
    #expect(tokenizer.tokens("a b") == ["a", "<unk>"])
  }

  @Test func `never matches an empty token or a bare prefix`() throws {
    let tokenizer = try tokenizer("", "##", "a")
    #expect(tokenizer.tokens("a aa") == ["a", "[UNK]"])
  }

  @Test func `keeps the last id of a token that the vocabulary lists twice`() throws {
    let tokenizer = try tokenizer("a", "b", "a")
    #expect(tokenizer.ids("a b") == [3, 2])
    #expect(tokenizer.token(for: 1) == "a")
  }

  @Test func `takes words of the maximum length apart and longer ones for unknown`() throws {
    let tokenizer = try tokenizer("a", "##a", "\u{436}", "##\u{436}") {
      $0.wordPiece.maximumWordLength = 5
    }
    #expect(tokenizer.ids("aaaaa").count == 5)
    #expect(tokenizer.tokens("aaaaaa") == ["[UNK]"])
    #expect(tokenizer.ids("\u{436}\u{436}\u{436}\u{436}\u{436}").count == 5)
    #expect(tokenizer.tokens("\u{436}\u{436}\u{436}\u{436}\u{436}\u{436}") == ["[UNK]"])
  }

  @Test func `measures words after marks and control characters are gone`() throws {
    let tokenizer = try tokenizer("a", "##a") { $0.wordPiece.maximumWordLength = 2 }
    #expect(tokenizer.tokens("a\u{301}\u{302}\0a\u{AD}") == ["a", "##a"])
  }

  @Test func `finds every word of the real vocabulary as itself`() throws {
    let configuration = try TokenizerReference.miniLM()
    let tokenizer = try Tokenizer(configuration)
    #expect(tokenizer.vocabularySize == 30522)
    #expect(tokenizer.largestID == 30521)
    for (token, id) in configuration.wordPiece.vocabulary {
      #expect(tokenizer.token(for: id) == token)
      let isWord = token.utf8.allSatisfy { UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 }
      if isWord { #expect(tokenizer.ids(token) == [101, id, 102]) }
    }
    #expect(tokenizer.token(for: 30522) == nil)
    #expect(tokenizer.token(for: -1) == nil)
  }

  // MARK: Scalars

  @Test func `tells canonically equal tokens apart`() throws {
    let tokenizer = try tokenizer("\u{E9}", "e\u{301}") { $0.bert.stripsAccents = false }
    #expect(tokenizer.ids("\u{E9}") == [1])
    #expect(tokenizer.ids("e\u{301}") == [2])
  }

  @Test func `reads scalars, not characters`() throws {
    let tokenizer = try tokenizer("a", "b", "\u{1F468}", "##\u{1F469}", "\u{1F1E9}", "##\u{1F1EA}")
    #expect(tokenizer.tokens("a\r\nb") == ["a", "b"])
    #expect(tokenizer.tokens("\u{1F468}\u{200D}\u{1F469}") == ["\u{1F468}", "##\u{1F469}"])
    #expect(tokenizer.tokens("\u{1F1E9}\u{1F1EA}") == ["\u{1F1E9}", "##\u{1F1EA}"])
  }

  @Test func `lower-cases scalar by scalar`() throws {
    let tokenizer = try tokenizer("\u{3C3}", "##\u{3C3}", "##\u{3C2}", "i", "ss", "\u{DF}")
    #expect(tokenizer.tokens("\u{3A3}\u{3A3}") == ["\u{3C3}", "##\u{3C3}"])
    #expect(tokenizer.tokens("\u{130} \u{1E9E} SS") == ["i", "\u{DF}", "ss"])
  }

  @Test func `lower-cases the dotted capital I to two scalars if accents stay`() throws {
    let tokenizer = try tokenizer("i\u{307}", "i") { $0.bert.stripsAccents = false }
    #expect(tokenizer.ids("\u{130}") == [1])
  }

  @Test func `drops control characters before it looks for white space`() throws {
    let tokenizer = try tokenizer("ab", "a", "b")
    #expect(
      tokenizer.tokens("a\u{85}b a\u{B}b a\u{200B}b a\u{FFFD}b a\0b")
        == Array(repeating: "ab", count: 5))
    #expect(tokenizer.tokens("a\u{2028}b") == ["a", "b"])
    let unclean = try self.tokenizer("ab", "a", "b") { $0.bert.cleansText = false }
    #expect(unclean.tokens("a\u{85}b a\0b") == ["a", "b", "[UNK]"])
  }

  @Test func `splits at ASCII signs but not at other signs`() throws {
    let tokenizer = try tokenizer("$", "5", "\u{20AC}", "##5", "+", "\u{A1}")
    #expect(tokenizer.tokens("$5+5") == ["$", "5", "+", "5"])
    #expect(tokenizer.tokens("\u{20AC}5\u{A1}5") == ["\u{20AC}", "##5", "\u{A1}", "5"])
  }

  @Test func `splits at punctuation that only decomposition brings out`() throws {
    // The Greek question mark becomes a semicolon; the not-equal sign an equals sign and a mark.
    let tokenizer = try tokenizer("a", "b", ";", "=")
    #expect(tokenizer.tokens("a\u{37E}b\u{2260}a") == ["a", ";", "b", "=", "a"])
  }

  @Test func `begins a word with a mark that follows punctuation`() throws {
    let tokenizer = try tokenizer("-", "\u{302E}", "##a") { $0.bert.lowercases = false }
    #expect(tokenizer.tokens("-\u{302E}a") == ["-", "\u{302E}", "##a"])
  }

  // MARK: Special tokens

  @Test func `puts the special tokens around every text, the empty one too`() throws {
    let tokenizer = try tokenizer("[CLS]", "[SEP]", "a") {
      $0.template.prefix = [1, 1]
      $0.template.suffix = [2]
    }
    #expect(tokenizer.ids("a") == [1, 1, 3, 2])
    #expect(tokenizer.ids("") == [1, 1, 2])
    #expect(tokenizer.ids(" \t\n\0") == [1, 1, 2])
  }

  @Test func `takes special tokens for text if asked to`() throws {
    let tokenizer = try tokenizer("[SEP]", "[", "]", "sep", "a") {
      $0.addedTokens = [.init(content: "[SEP]", id: 1)]
    }
    let text = "a[SEP]a"
    #expect(tokenizer.encode(text, parsesSpecialTokens: true).ids == [5, 1, 5])
    #expect(tokenizer.encode(text, parsesSpecialTokens: false).ids == [5, 2, 4, 3, 5])
  }

  @Test func `counts added tokens that the vocabulary lacks`() throws {
    let tokenizer = try tokenizer("a") {
      $0.addedTokens = [
        .init(content: "<x>", id: 7), .init(content: "a", id: 1), .init(content: "<x>", id: 7),
        .init(content: "", id: 9),
      ]
    }
    #expect(tokenizer.vocabularySize == 3)
    #expect(tokenizer.largestID == 7)
    #expect(tokenizer.tokens("a<x>a") == ["a", "<x>", "a"])
  }
}
