/// Text that was made of another one and, on demand, which bytes of the other each of its bytes stands for.
struct AlignedText: Sendable {
  /// The text in UTF-8.
  private(set) var bytes: [UInt8] = []
  /// Whether origins are recorded.
  var recordsOffsets = false
  /// The origin of each byte, which is a whole scalar's, if recorded; `(bytes)`.
  private(set) var origins: [Range<Int>] = []

  init() {}

  /// Makes a text of bytes with their origins, `(bytes)`, or none if they are not recorded.
  init(bytes: [UInt8], origins: [Range<Int>], recordsOffsets: Bool) {
    self.bytes = bytes
    self.origins = origins
    self.recordsOffsets = recordsOffsets
  }

  /// Empties the text.
  mutating func begin() {
    bytes.removeAll(keepingCapacity: true)
    if recordsOffsets { origins.removeAll(keepingCapacity: true) }
  }

  /// Appends a part of a text as it is, made of itself.
  mutating func append(_ text: Span<UInt8>, _ range: Range<Int>) {
    bytes.reserveCapacity(bytes.count + range.count)
    for index in range { bytes.append(text[index]) }
    guard recordsOffsets else { return }
    var index = range.lowerBound
    while index < range.upperBound {
      let length = UTF8Coding.scalar(in: text, at: index).length
      origins.append(contentsOf: repeatElement(index..<index + length, count: length))
      index += length
    }
  }

  /// Appends a part of another text, which has the origins that it has there.
  mutating func append(_ other: borrowing AlignedText, _ range: Range<Int>) {
    bytes.append(contentsOf: other.bytes[range])
    if recordsOffsets { origins.append(contentsOf: other.origins[range]) }
  }

  /// Appends a scalar of the given origin.
  mutating func append(_ scalar: UInt32, from origin: @autoclosure () -> Range<Int>) {
    UTF8Coding.append(scalar, to: &bytes)
    if recordsOffsets {
      origins.append(
        contentsOf: repeatElement(origin(), count: UTF8Coding.length(of: scalar)))
    }
  }

  /// The part of the other text that a part of `bytes`, not empty, was made of; only if recorded.
  func origin(of range: Range<Int>) -> Range<Int> {
    origins[range.lowerBound].lowerBound..<origins[range.upperBound - 1].upperBound
  }
}

/// Writes a text over again, scalar by scalar, and keeps the account of what each new scalar stands for.
///
/// The origins follow the reference (`NormalizedString::transform_range`): a scalar that takes the place of one has its
/// origin; one that takes the place of several that of the first; one that is inserted that of the last scalar that was
/// replaced.
struct TextRewriter: ~Copyable {
  let source: AlignedText
  var target: AlignedText
  /// How far the source has been replaced, in bytes; only if offsets are recorded.
  private var place = 0

  init(_ source: consuming AlignedText, into target: consuming AlignedText) {
    self.source = source
    self.target = target
    self.target.begin()
  }

  /// Appends a scalar: inserted with a change of 1; in the place of one scalar with 0; of `n` more with `-n`.
  mutating func write(_ scalar: UInt32, change: Int) {
    guard target.recordsOffsets else { return target.append(scalar, from: 0..<0) }
    if change > 0 {
      target.append(scalar, from: place > 0 ? source.origins[place - 1] : 0..<0)
    } else {
      target.append(scalar, from: source.origins[place])
      skip(1 - change)
    }
  }

  /// Appends the next bytes of the source as they are.
  mutating func copy(_ range: Range<Int>) {
    target.append(source, range)
    place = range.upperBound
  }

  /// Leaves scalars of the source out.
  mutating func skip(_ count: Int) {
    guard target.recordsOffsets else { return }
    for _ in 0..<count where place < source.bytes.count {
      place += UTF8Coding.scalar(in: source.bytes.span, at: place).length
    }
  }

  /// Ends the rewriting.
  consuming func finish() -> (source: AlignedText, target: AlignedText) { (source, target) }
}
