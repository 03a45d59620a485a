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

  private let tokens: [TokenizerDefinition.AddedToken]
  /// What the tokens look like in the text, one after the other.
  private var pool: [UInt8] = []
  /// From looks to an index of `tokens`.
  private var table: PieceTable
  /// Whether a token begins with a byte; `(256)`.
  private(set) var firstBytes = [Bool](repeating: false, count: 256)

  /// Makes a matcher of tokens and what each looks like.
  init(
    _ tokens: [TokenizerDefinition.AddedToken],
    spelledAs spell: (TokenizerDefinition.AddedToken) -> [UInt8] = { Array($0.content.utf8) }
  ) {
    self.tokens = tokens
    table = PieceTable(capacity: tokens.count)
    for (index, token) in tokens.enumerated() {
      let start = pool.count
      pool.append(contentsOf: spell(token))
      // As in the reference, nothing matches a token without content.
      if pool.count == start { continue }
      firstBytes[Int(pool[start])] = true
      table.insert(start..<pool.count, of: pool, id: Int32(index))
    }
  }

  /// The token that stands at the cursor, or nil.
  ///
  /// A token found where it does not count is text, and no other token begins inside it.
  ///
  /// - Complexity: O(length of the longest token).
  @inline(never)
  func match(in text: Span<UInt8>, cursor: inout ScanCursor) -> Match? {
    if cursor.position < cursor.plainUntil { return nil }
    guard let (token, length) = longestToken(in: text, at: cursor.position) else { return nil }
    let end = cursor.position + length
    let counts =
      (cursor.parsesSpecialTokens || !token.isSpecial)
      && (!token.singleWord || standsAlone(in: text, cursor.position..<end))
    guard counts else {
      cursor.plainUntil = end
      return nil
    }
    let textStart = cursor.textStart
    // Behind `end`, up to `textStart`, is white space only, if anything.
    let stop = token.stripsRight ? skipWhitespace(text, from: max(end, textStart)) : end
    let start =
      token.stripsLeft
      ? max(textStart, skipWhitespace(text, backwardsFrom: cursor.position, to: textStart))
      : cursor.position
    return Match(
      id: start < stop ? token.id : nil, length: length, swallowed: min(start, stop)..<stop)
  }

  private func longestToken(
    in text: Span<UInt8>, at start: Int
  ) -> (token: TokenizerDefinition.AddedToken, length: Int)? {
    let identity = ByteRules.identity
    var hash = PieceHash()
    var found: (token: TokenizerDefinition.AddedToken, length: Int)?
    for length in 1..<min(table.longest, text.count - start) + 1 {
      hash.append(text[start + length - 1])
      let index = table.find(
        text, from: start, length: length, hash: hash, folding: identity.entries.span,
        pool: pool.span)
      if let index { found = (tokens[Int(index)], length) }
    }
    return found
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

  private func skipWhitespace(_ text: Span<UInt8>, from start: Int) -> Int {
    var index = start
    while index < text.count {
      let (scalar, length) = UTF8Coding.scalar(in: text, at: index)
      if !UnicodeData.isWhitespace(scalar) { break }
      index += length
    }
    return index
  }

  private func skipWhitespace(
    _ text: Span<UInt8>, backwardsFrom end: Int, to start: Int
  ) -> Int {
    var index = end
    while index > start {
      let (scalar, length) = UTF8Coding.scalar(in: text, before: index)
      if !UnicodeData.isWhitespace(scalar) { break }
      index -= length
    }
    return index
  }
}
