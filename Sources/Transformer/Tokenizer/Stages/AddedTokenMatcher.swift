/// Finds added tokens, such as `[SEP]`, in text: the leftmost, and of those the longest.
///
/// Follows `AddedVocabulary` of the reference.
struct AddedTokenMatcher: Sendable {
  /// An added token that stands in a text.
  struct Match {
    /// The token's id, or nil if it is white space that the token before it has swallowed.
    let id: Int32?
    /// In bytes, without the white space that it swallows.
    let length: Int
    /// Where the token stands, with the white space that it swallows.
    let swallowed: Range<Int>
  }

  private let tokens: [TokenizerConfiguration.AddedToken]
  /// From what the tokens look like in the text to an index of `tokens`.
  private let trie: PieceTrie
  /// Whether a token begins with a byte; `(256)`.
  private(set) var firstBytes = [Bool](repeating: false, count: 256)

  /// Makes a matcher of tokens that look in the text as they are spelled.
  init(_ tokens: [TokenizerConfiguration.AddedToken]) {
    self.init(tokens, spelledAs: tokens.map { Array($0.content.utf8) })
  }

  /// Makes a matcher of tokens and what each looks like.
  init(_ tokens: [TokenizerConfiguration.AddedToken], spelledAs spellings: [[UInt8]]) {
    self.tokens = tokens
    var pool: [UInt8] = []
    var looks: [Vocabulary.Token] = []
    for (index, spelling) in spellings.enumerated() {
      let start = pool.count
      pool.append(contentsOf: spelling)
      // As in the reference, nothing matches a token without content.
      if pool.count == start { continue }
      firstBytes[Int(pool[start])] = true
      looks.append(Vocabulary.Token(id: Int32(index), range: start..<pool.count))
    }
    trie = PieceTrie(looks, pool: pool)
  }

  /// The token that stands at the cursor, or nil.
  ///
  /// A token that is found but is not to be parsed, or does not stand alone as it must, is text, and no other token
  /// begins inside it.
  ///
  /// - Complexity: O(length of the longest token).
  @inline(never)
  func match(in text: Span<UInt8>, cursor: inout ScanCursor) -> Match? {
    if cursor.position < cursor.plainUntil { return nil }
    guard let (token, length) = longestToken(in: text, at: cursor.position) else { return nil }
    let end = cursor.position + length
    let isParsed = cursor.parsesSpecialTokens || !token.isSpecial
    guard isParsed, !token.singleWord || standsAlone(in: text, cursor.position..<end) else {
      cursor.plainUntil = end
      return nil
    }
    let textStart = cursor.textStart
    // Behind `end`, up to `textStart`, is white space only, if anything.
    let stop =
      token.stripsRight
      ? UnicodeData.endOfWhitespace(in: text, from: max(end, textStart)) : end
    let start =
      token.stripsLeft
      ? max(
        textStart,
        UnicodeData.startOfWhitespace(in: text, before: cursor.position, from: textStart))
      : cursor.position
    return Match(
      id: start < stop ? token.id : nil, length: length, swallowed: min(start, stop)..<stop)
  }

  /// Moves on to the next token of a text, or to its end if there is none.
  ///
  /// - Complexity: O(text passed).
  func next(in text: Span<UInt8>, cursor: inout ScanCursor) -> Match? {
    guard !tokens.isEmpty else {
      cursor.position = text.count
      return nil
    }
    while cursor.position < text.count {
      if firstBytes[Int(text[cursor.position])], let match = match(in: text, cursor: &cursor) {
        return match
      }
      cursor.position += 1
    }
    return nil
  }

  private func longestToken(
    in text: Span<UInt8>, at start: Int
  ) -> (token: TokenizerConfiguration.AddedToken, length: Int)? {
    var longest: (index: Int, length: Int)?
    trie.forEachPrefix(of: text, start..<text.count) { end, id in longest = (Int(id), end - start) }
    return longest.map { (tokens[$0.index], $0.length) }
  }

  /// Whether no word scalar stands right before or right after a range.
  private func standsAlone(in text: Span<UInt8>, _ range: Range<Int>) -> Bool {
    let joinsLeft =
      range.lowerBound > 0
      && UnicodeData.isWordScalar(UTF8Coding.scalar(in: text, before: range.lowerBound).value)
    let joinsRight =
      range.upperBound < text.count
      && UnicodeData.isWordScalar(UTF8Coding.scalar(in: text, at: range.upperBound).value)
    return !joinsLeft && !joinsRight
  }
}

/// How far the scan of a text has come, and what ends it.
struct ScanCursor {
  /// The first byte that has not been dealt with.
  var position = 0
  /// No added token begins before: it would overlap one that was found and taken for text.
  var plainUntil = 0
  /// Where the text behind the last added token begins, without the white space that the token swallowed.
  var textStart = 0
  let parsesSpecialTokens: Bool
  /// The scan ends when there are more tokens than this.
  let limit: Int

  init(parsesSpecialTokens: Bool, limit: Int) {
    self.parsesSpecialTokens = parsesSpecialTokens
    self.limit = limit
  }

  /// Moves on past an added token.
  mutating func skip(_ match: AddedTokenMatcher.Match) {
    position += match.length
    textStart = match.swallowed.upperBound
  }
}
