/// How far the scan of a text has come, and what ends it.
struct ScanCursor {
  /// The first byte that has not been dealt with.
  var position = 0
  /// No added token begins before: it would overlap one that was found and did not count.
  var plainUntil = 0
  /// Where the text behind the last added token begins, without the white space that the token swallowed.
  var textStart = 0
  let parsesSpecialTokens: Bool
  /// The scan ends when there are more ids than this.
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
