/// How far the scan of a text has come, and what ends it.
struct ScanCursor {
  /// The first byte that has not been dealt with.
  var position = 0
  /// No added token begins before: it would overlap one that was found and did not count.
  var plainUntil = 0
  let parsesSpecialTokens: Bool
  /// The scan ends when there are more ids than this.
  let limit: Int
}
