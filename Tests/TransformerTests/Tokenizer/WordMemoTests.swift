import EmbedTestSupport
import Testing

@testable import Transformer

/// Words that come again, and what is done so that long words and texts without words take no longer than others.
@Suite struct WordMemoTests {
  /// A tokenizer with the letters of `letters` as tokens, and what the merges make of them.
  private func bytePairs(
    _ letters: String, _ merges: [(String, String)],
    preTokenizers: [TokenizerConfiguration.PreTokenizer] = [.whitespaceSplit]
  ) throws -> Tokenizer {
    try TransformerTests.bytePairs(
      letters.map(String.init) + merges.map { $0.0 + $0.1 }, merges, preTokenizers: preTokenizers)
  }

  private func ids(
    _ tokenizer: Tokenizer, _ text: String, _ scratch: inout TokenizerScratch
  ) -> [Int32] {
    tokenizer.encode(
      text, maximumLength: .max, parsesSpecialTokens: true, scratch: &scratch
    ).ids
  }

  @Test func `a word that comes again has the tokens that it had`() throws {
    let tokenizer = try bytePairs("abcdefghij", [("a", "b"), ("c", "d"), ("ab", "cd")])
    var scratch = TokenizerScratch()
    // Of one token, of four, of five, and of more bytes than are remembered.
    for word in ["abcd", "abeab", "efabcdgh", "aeaeae", "abcdabcdabcdabcdabcd", "j"] {
      let alone = tokenizer.ids(word)
      let row = ids(tokenizer, "\(word) \(word) \(word)", &scratch)
      #expect(row == alone + alone + alone)
    }
  }

  @Test func `words beyond those that are remembered are tokenized all the same`() throws {
    let letters = "abcdefghij"
    let tokenizer = try bytePairs(letters, [("a", "b"), ("b", "c")])
    var scratch = TokenizerScratch()
    let alphabet = Array(letters)
    let words = (0..<60_000).map { number in
      String(String(number).map { alphabet[Int(String($0)) ?? 0] })
    }
    for _ in 0..<2 {
      for word in words where ids(tokenizer, word, &scratch) != tokenizer.ids(word) {
        Issue.record("\(word)")
      }
    }
  }

  @Test func `tokenizers that share buffers do not share words`() throws {
    let joined = try bytePairs("ab", [("a", "b")])
    let apart = try bytePairs("ba", [("b", "a")])
    var scratch = TokenizerScratch()
    for _ in 0..<2 {
      #expect(ids(joined, "ab", &scratch) == [2])
      #expect(ids(apart, "ab", &scratch) == [1, 0])
    }
  }

  @Test(arguments: [8, 31, 32, 33, 34, 500])
  func `long words are joined as short ones are`(length: Int) throws {
    // One merge after the other from the left: the fifth letter begins anew.
    let tokenizer = try bytePairs("ab", [("a", "a"), ("aa", "b"), ("b", "aab")])
    let pattern = "aabb"
    let word = String((0..<length).map { Array(pattern)[$0 % 4] })
    // "aab" of every four letters, joined to a "b" before it.
    var expected: [String] = []
    var rest = word[...]
    while !rest.isEmpty {
      let piece = ["baab", "aab", "aa", "a", "b"].first { rest.hasPrefix($0) } ?? ""
      expected.append(piece)
      rest = rest.dropFirst(piece.count)
    }
    #expect(tokenizer.tokens(word) == expected)
  }

  @Test func `merges reach across spaces where there are such merges`() throws {
    let space = "\u{2581}"
    let spaces = TokenizerConfiguration.PreTokenizer.metaspace(
      replacement: "\u{2581}", prepends: .never, splits: false)
    let within = try bytePairs(
      "ab\(space)", [(space, space), (space, "a"), (space + "a", "b")], preTokenizers: [spaces])
    #expect(within.tokens("ab ab  ab") == ["a", "b", space + "ab", space + space, "a", "b"])
    let across = try bytePairs(
      "ab\(space)", [("b", space), ("b" + space, "a")], preTokenizers: [spaces])
    #expect(across.tokens("ab ab") == ["a", "b\(space)a", "b"])
    let last = try bytePairs("ab\(space)", [("b", space)], preTokenizers: [spaces])
    #expect(last.tokens("b b ") == ["b" + space, "b" + space])
  }
}
