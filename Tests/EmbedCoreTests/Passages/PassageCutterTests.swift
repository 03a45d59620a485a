import EmbedTestSupport
import Testing

@testable import EmbedCore

/// Passages: what they hold, where they end, what they share.
@Suite struct PassageCutterTests {
  private let tokenizer = PieceTokenizer()

  private func cut(_ text: String, _ limit: Int, overlap: Int = 0) throws -> [String] {
    try PassageCutter(tokenizer, limit: limit, overlap: overlap).passages(of: text).map(\.text)
  }

  private func message(_ body: () throws -> Void) -> String? {
    do {
      try body()
      return nil
    } catch { return "\(error)" }
  }

  // MARK: - Borders

  @Test func `leaves a text whole that fits, also one without tokens`() throws {
    for text in ["", "  \n", "a", "\n a b. c\n\nd \n"] {
      #expect(try cut(text, 10) == [text])
    }
    let only = try PassageCutter(tokenizer, limit: 3).passages(of: " a ")
    #expect(only == [Passage(text: " a ", range: 0..<3, line: 1)])
  }

  @Test(arguments: [
    // A blank line is better than all else in the second half, and white space belongs to what is before.
    ("a b c\n \r\ndd ee. ff\ngg hh ii", ["a b c\n \r\n", "dd ee. ", "ff\ngg hh ii"]),
    ("aa bb. cc.\ndd ee? ff gg hh", ["aa bb. cc.\n", "dd ee? ff gg hh"]),
    ("aa bb cc! dd ee ff gg hh", ["aa bb cc! ", "dd ee ff gg hh"]),
    ("a b c d e f g h i", ["a b c d e f ", "g h i"]),
    // The last of its kind.
    ("a b c\n\nd\n\ne f g", ["a b c\n\nd\n\n", "e f g"]),
    ("a\n\nb c d e f g", ["a\n\nb c d e f ", "g"]),
  ])
  func `cuts at the best border of the second half`(text: String, passages: [String]) throws {
    #expect(try cut(text, 8) == passages)
  }

  private func border(_ text: String) -> PassageBorder? {
    let tokens = tokenizer.tokenRanges(in: text, options: EmbedOptions())
    return PassageBorder.borders(in: text, tokens: tokens).last
  }

  @Test func `knows the ends of sentences from abbreviations and numbers`() {
    for text in [
      "one. X", "one! X", "one?\tX", "one… X", "one.”) X", "2020. X", "one。X", "one！」X",
    ] {
      #expect(border(text) == .sentence, "\(text)")
    }
    for text in ["J. X", "e.g. X", "z. B. X", "one, X", "one X", "one: X", "one:\nX"] {
      #expect(border(text) == .space, "\(text)")
    }
    for text in ["3.1", "a.b", "one!X", "one)X"] { #expect(border(text) == .character, "\(text)") }
    for text in ["one.\nX", "one. \r\nX", "one!\r X"] { #expect(border(text) == .line, "\(text)") }
    for text in ["a\n\nX", "a\r\n\r\nX", "a\r\rX", "a.\n \t\nX"] {
      #expect(border(text) == .paragraph, "\(text)")
    }
    #expect(border("a\r\nX") == .space)
  }

  @Test func `cuts words only between characters, and characters only when they must be`() throws {
    #expect(try cut("abcdefghijklmnopqrstuvwxyz", 4) == ["abcdefgh", "ijklm", "nopqr", "stuvwxyz"])
    // A flag is one character of two scalars.
    let flags = String(repeating: "\u{1F1E9}\u{1F1EA}", count: 3)
    #expect(try cut(flags, 7) == [String(flags.prefix(2)), String(flags.suffix(1))])
    #expect(try cut(flags, 3).count == 6)
  }

  @Test func `keeps a scalar whole, of however many tokens`() throws {
    #expect(try cut("ﷺﷺa", 4) == ["ﷺ", "ﷺ", "a"])
    #expect(try cut("ﷺﷺa", 4, overlap: 1) == ["ﷺ", "ﷺ", "a"])
  }

  // MARK: - Places and overlaps

  @Test func `tells where passages stand`() throws {
    let passages = try PassageCutter(tokenizer, limit: 4).passages(of: "é b\nc d\r\n\r\ne f")
    #expect(
      passages == [
        Passage(text: "é b\n", range: 0..<5, line: 1),
        Passage(text: "c d\r\n\r\n", range: 5..<12, line: 2),
        Passage(text: "e f", range: 12..<15, line: 4),
      ])
  }

  @Test func `shares whole sentences, else words, else nothing`() throws {
    #expect(
      try cut("aa bb. cc dd. ee ff. gg hh.", 12, overlap: 7)
        == ["aa bb. cc dd. ee ff. ", "cc dd. ee ff. gg hh."])
    #expect(try cut("a b c d e f g", 7, overlap: 2) == ["a b c d e ", "d e f g"])
    #expect(try cut("aaabbbbbccccc ddd eee", 5, overlap: 1) == ["aaabbbbbccccc ", "ddd eee"])
  }

  @Test func `puts the prefix's tokens into the limit`() throws {
    let cutter = try PassageCutter(tokenizer, limit: 7, prefix: "to find: ")
    #expect(cutter.passages(of: "a b").map(\.text) == ["a ", "b"])
  }

  @Test func `refuses lengths that the model does not take or that leave no room`() {
    #expect(
      message { _ = try PassageCutter(tokenizer, limit: 65) }
        == "passages too long for the model: expected at most 64 tokens, got 65")
    for (limit, overlap) in [(2, 0), (0, 0), (-1, 0), (12, 10), (12, 11), (12, -1), (12, .max)] {
      #expect(
        message { _ = try PassageCutter(tokenizer, limit: limit, overlap: overlap) }
          == "passages too short: expected more tokens than an overlap of \(max(0, overlap)) and 2 around a text, got \(limit)"
      )
    }
    #expect(message { _ = try PassageCutter(tokenizer, limit: 64, overlap: 61) } == nil)
  }

  // MARK: - Any text

  private static let parts = [
    "a", "word", "sentences", "abcdefghijkl", String(repeating: "x", count: 40), ". ", "! ", "? ",
    ".", ".\n", "\n", "\n\n", "\r\n", "\r\n\r\n", " ", "  ", "\t", "\u{3000}", "e.g. ", "J. ",
    "3.14", "«", "»", "\"", ")", "語", "。", "あ", "é", "e\u{301}", "\u{301}", "\u{200B}", "👩‍👩‍👧",
    "\u{1F1E9}\u{1F1EA}", "ﷺ",
  ]

  private func text(_ random: inout TinyModelRandom) -> String {
    let few = (0..<6).map { _ in Self.parts.randomElement(using: &random) ?? "" }
    let parts = Bool.random(using: &random) ? few : Self.parts
    return (0..<Int.random(in: 0..<120, using: &random)).map { _ in
      parts.randomElement(using: &random) ?? ""
    }.joined()
  }

  @Test(arguments: 0..<4)
  func `loses nothing and keeps the limits, whatever the text`(seed: UInt64) throws {
    var random = TinyModelRandom(seed: seed)
    for _ in 0..<500 {
      let text = text(&random)
      let limit = Int.random(in: 3...64, using: &random)
      let overlap = Int.random(in: 0...limit - 3, using: &random)
      let passages = try PassageCutter(tokenizer, limit: limit, overlap: overlap).passages(of: text)
      let bytes = Array(text.utf8)
      let tokens = tokenizer.tokenRanges(in: text, options: EmbedOptions())
      var end = 0
      var start = -1
      for passage in passages {
        #expect(Array(passage.text.utf8) == Array(bytes[passage.range]))
        #expect(passage.line == bytes[..<passage.range.lowerBound].count { $0 == 0x0A } + 1)
        // Each begins and ends behind the one before, without a gap.
        #expect(passage.range.lowerBound > start && passage.range.lowerBound <= end)
        #expect(passage.range.upperBound > end || text.isEmpty)
        let shared = String(decoding: bytes[passage.range.lowerBound..<end], as: UTF8.self)
        #expect(tokenizer.tokenRanges(in: shared, options: EmbedOptions()).count <= overlap)
        let count = tokenizer.countTokens(passage.text, options: EmbedOptions())
        let own = Set(tokens.filter { passage.range.contains($0.lowerBound) })
        #expect(count <= limit || own.count == 1 && limit < 6)
        (start, end) = (passage.range.lowerBound, passage.range.upperBound)
      }
      #expect(end == bytes.count)
    }
  }
}
