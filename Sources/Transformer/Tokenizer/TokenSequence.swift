/// The token ids of one input.
package struct TokenSequence: Sendable, Hashable {
  /// Ids with the special tokens around them.
  package var ids: [Int32]
  /// Whether tokens at the end were left out to keep the limit.
  package var isTruncated: Bool

  package init(ids: [Int32], isTruncated: Bool = false) {
    self.ids = ids
    self.isTruncated = isTruncated
  }
}
