/// A part of a text, as long as a model takes it.
public struct Passage: Sendable, Hashable {
  /// The part.
  public let text: String
  /// Where it stands in the whole, in bytes of UTF-8.
  public let range: Range<Int>
  /// The number of the line in which it begins, counted from 1.
  public let line: Int
}
