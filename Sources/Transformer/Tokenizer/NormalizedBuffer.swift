/// Normalized text under construction: its scalars so far, and marks that have yet to be put in canonical order.
struct NormalizedBuffer: Sendable {
  /// The text in UTF-8; not kept past `maximumLength` scalars.
  private(set) var bytes: [UInt8] = []
  /// The number of scalars, those that are not kept included.
  private(set) var scalarCount = 0
  /// Marks behind the last starter, each as a number that sorts by class, then by order of appearance.
  private var marks: [UInt64] = []
  private var maximumLength = 0

  /// Begins a new text, of which only the first scalars matter: a word with more is unknown whatever it is.
  @inline(__always)
  mutating func begin(maximumLength: Int) {
    bytes.removeAll(keepingCapacity: true)
    marks.removeAll(keepingCapacity: true)
    scalarCount = 0
    self.maximumLength = maximumLength
  }

  /// Appends a scalar of combining class 0.
  @inline(__always)
  mutating func append(starter scalar: UInt32) {
    settleMarks()
    append(scalar)
  }

  /// Appends a scalar of another combining class, which may come to stand before earlier ones.
  mutating func append(mark scalar: UInt32, combiningClass: UInt32) {
    if scalarCount + marks.count < maximumLength {
      marks.append(UInt64(combiningClass) << 56 | UInt64(marks.count) << 24 | UInt64(scalar))
    } else {
      scalarCount += 1
    }
  }

  /// Puts the marks behind the last starter in order (Unicode Standard, D109: canonical ordering algorithm).
  ///
  /// - Complexity: O(n log n) in the number of marks.
  @inline(__always)
  mutating func settleMarks() {
    if !marks.isEmpty { appendMarks() }
  }

  private mutating func appendMarks() {
    if marks.count > 1 { marks.sort() }
    for mark in marks { append(UInt32(mark & 0xFF_FFFF)) }
    marks.removeAll(keepingCapacity: true)
  }

  @inline(__always)
  private mutating func append(_ scalar: UInt32) {
    scalarCount += 1
    if scalarCount <= maximumLength { UTF8Coding.append(scalar, to: &bytes) }
  }
}
