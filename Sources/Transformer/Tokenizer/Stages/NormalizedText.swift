/// Normalized text under construction: its scalars so far, and marks that have yet to be put in canonical order.
///
/// On demand it also records the origin of each byte, that is, which bytes of the text it was made of, by the rules of the
/// reference (`NormalizedString::transform_range`): a scalar that stands for one of the text has its bytes; of several
/// scalars that stand for one, each has its bytes; marks that change places leave their origins in order, as if each
/// had become the one that takes its place.
struct NormalizedText: Sendable {
  /// A mark that waits for the next starter, as a number that sorts by class, then by order of appearance.
  private struct Mark: Comparable {
    /// From the lowest bit: 21 bits of the scalar, 1 for `isDropped`, 1 for `sharesOrigin`, 32 of the order, 8 of the class.
    var rawValue: UInt64

    init(
      _ scalar: UInt32, combiningClass: UInt32, order: Int, isDropped: Bool, sharesOrigin: Bool
    ) {
      rawValue =
        UInt64(combiningClass) << 56 | UInt64(UInt32(truncatingIfNeeded: order)) << 24
        | (sharesOrigin ? 1 << 22 : 0) | (isDropped ? 1 << 21 : 0) | UInt64(scalar)
    }

    var scalar: UInt32 { UInt32(rawValue & 0x1F_FFFF) }
    /// Whether it takes part in the ordering only.
    var isDropped: Bool { rawValue & 1 << 21 != 0 }
    /// Whether it stands for the same scalar of the text as the one before it.
    var sharesOrigin: Bool { rawValue & 1 << 22 != 0 }

    static func < (left: Mark, right: Mark) -> Bool { left.rawValue < right.rawValue }
  }

  /// The text in UTF-8; not kept past `maximumLength` scalars.
  private(set) var bytes: [UInt8] = []
  /// The number of scalars, those that are not kept included.
  private(set) var scalarCount = 0
  /// Whether origins are recorded.
  var recordsOffsets = false
  /// From the origin of the first scalar to that of the last one, those that are not kept included, if recorded.
  private(set) var origin = 0..<0

  private var maximumLength = 0
  /// The origin of each byte, if recorded; `(bytes)`.
  private var origins: [Range<Int>] = []
  /// Marks behind the last starter.
  private var marks: [Mark] = []
  /// The origins of those marks that do not share one, in order of appearance, if recorded.
  private var markOrigins: [Range<Int>] = []
  /// The scalar of the text that is being normalized.
  private var source = 0..<0
  /// Whether something stands for that scalar already.
  private var isSourceTaken = false
  /// The origin of the last scalar in canonical order, kept or dropped.
  private var lastOrigin = 0..<0

  /// Begins a new text, of which only the first scalars matter: a word with more is unknown whatever it is.
  @inline(__always)
  mutating func begin(maximumLength: Int) {
    // Both are empty most of the time, and emptying an empty array is no small matter for a short word.
    if !bytes.isEmpty { bytes.removeAll(keepingCapacity: true) }
    if !marks.isEmpty { marks.removeAll(keepingCapacity: true) }
    scalarCount = 0
    self.maximumLength = maximumLength
    if recordsOffsets {
      origins.removeAll(keepingCapacity: true)
      markOrigins.removeAll(keepingCapacity: true)
      origin = 0..<0
    }
  }

  /// Tells which scalar of the text the next ones stand for.
  @inline(__always)
  mutating func beginScalar(at range: Range<Int>) {
    if recordsOffsets {
      source = range
      isSourceTaken = false
    }
  }

  /// Appends a scalar of combining class 0.
  @inline(__always)
  mutating func append(starter scalar: UInt32) {
    settleMarks()
    if recordsOffsets {
      takeSource()
      recordOrigin(of: scalar)
    }
    append(scalar)
  }

  /// Appends a scalar of another combining class, which may come to stand before earlier ones.
  mutating func append(mark scalar: UInt32, combiningClass: UInt32) {
    if recordsOffsets || scalarCount + marks.count < maximumLength {
      appendMark(scalar, combiningClass: combiningClass, isDropped: false)
    } else {
      scalarCount += 1
    }
  }

  /// Takes a mark that is no part of the normalized text into the canonical ordering, which changes origins only.
  mutating func drop(markOfClass combiningClass: UInt32) {
    if recordsOffsets { appendMark(0, combiningClass: combiningClass, isDropped: true) }
  }

  /// Takes a starter that is no part of the normalized text, but keeps the marks on its two sides apart.
  mutating func dropStarter() {
    settleMarks()
    if recordsOffsets { takeSource() }
  }

  /// Puts the marks behind the last starter in order (Unicode Standard, D109: canonical ordering algorithm).
  ///
  /// - Complexity: O(n log n) in the number of marks.
  @inline(__always)
  mutating func settleMarks() {
    if !marks.isEmpty { appendMarks() }
  }

  /// The text and its origins, once its marks are in order.
  var alignedText: AlignedText {
    AlignedText(bytes: bytes, origins: origins, recordsOffsets: recordsOffsets)
  }

  /// The part of the text that a part of `bytes`, not empty, was made of; only if recorded.
  func origin(of range: Range<Int>) -> Range<Int> {
    origins[range.lowerBound].lowerBound..<origins[range.upperBound - 1].upperBound
  }

  private mutating func takeSource() {
    lastOrigin = source
    isSourceTaken = true
  }

  private mutating func appendMark(_ scalar: UInt32, combiningClass: UInt32, isDropped: Bool) {
    marks.append(
      Mark(
        scalar, combiningClass: combiningClass, order: marks.count, isDropped: isDropped,
        sharesOrigin: isSourceTaken))
    if recordsOffsets && !isSourceTaken {
      markOrigins.append(source)
      isSourceTaken = true
    }
  }

  private mutating func appendMarks() {
    if marks.count > 1 { marks.sort() }
    var taken = 0
    for mark in marks {
      if recordsOffsets && !mark.sharesOrigin {
        lastOrigin = markOrigins[taken]
        taken += 1
      }
      if mark.isDropped { continue }
      if recordsOffsets { recordOrigin(of: mark.scalar) }
      append(mark.scalar)
    }
    marks.removeAll(keepingCapacity: true)
    if recordsOffsets { markOrigins.removeAll(keepingCapacity: true) }
  }

  @inline(__always)
  private mutating func append(_ scalar: UInt32) {
    scalarCount += 1
    if scalarCount <= maximumLength { UTF8Coding.append(scalar, to: &bytes) }
  }

  /// Records the origin of the scalar that is appended next.
  private mutating func recordOrigin(of scalar: UInt32) {
    origin = (scalarCount == 0 ? lastOrigin : origin).lowerBound..<lastOrigin.upperBound
    if scalarCount < maximumLength {
      origins.append(
        contentsOf: repeatElement(lastOrigin, count: UTF8Coding.length(of: scalar)))
    }
  }
}
