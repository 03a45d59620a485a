/// A precompiled character map of SentencePiece: texts of a few scalars and what they become, in a double-array trie.
///
/// Format: the size of the trie in bytes, its units, both as little-endian 32-bit words, then the replacements, each
/// ended by 0 (`builder.cc` and `normalizer.cc` of SentencePiece; darts-clone). It is applied as the Rust library
/// `spm_precompiled` 0.1 does: to a grapheme cluster of less than six bytes as a whole, else scalar by scalar, and a
/// cluster that only begins with an entry is replaced as well.
package struct CharacterMap: Sendable {
  private let units: [UInt32]
  private let replacements: [UInt8]
  /// Whether the map leaves an ASCII scalar that is alone in its cluster as it is; `(128)`.
  private var keepsASCII = [Bool](repeating: true, count: 128)

  /// Reads a map.
  ///
  /// Returns nil if the bytes are not one.
  package init?(_ bytes: [UInt8]) {
    func word(_ index: Int) -> UInt32 {
      (0..<4).reduce(0) { $0 | UInt32(bytes[index + $1]) << UInt32(8 * $1) }
    }
    guard bytes.count >= 8, case let size = Int(word(0)), size >= 4, size % 4 == 0,
      size <= bytes.count - 4
    else { return nil }
    units = (0..<size / 4).map { word(4 + 4 * $0) }
    replacements = Array(bytes[(4 + size)...])
    guard String(validating: replacements, as: UTF8.self) != nil else { return nil }
    for byte in UInt8(1)..<128 {
      keepsASCII[Int(byte)] = replacement(of: [byte].span, 0..<1) == nil
    }
  }

  /// Where the replacement of the shortest entry that begins a part of a text stands, or nil.
  private func replacement(of text: Span<UInt8>, _ range: Range<Int>) -> Range<Int>? {
    // The bits of a unit: 31 marks a value; 8 says that a value follows; 9 scales the offset, from 10 on; the lowest 8
    // are the label.
    func offset(_ unit: UInt32) -> Int { Int(unit >> 10) << Int((unit & 1 << 9) >> 6) }
    var node = offset(units[0])
    for index in range {
      let byte = text[index]
      if byte == 0 { return nil }
      node ^= Int(byte)
      guard node < units.count else { return nil }
      let unit = units[node]
      guard unit & (1 << 31 | 0xFF) == UInt32(byte) else { return nil }
      node ^= offset(unit)
      if unit & 1 << 8 != 0 {
        guard node < units.count else { return nil }
        let start = Int(units[node] & 0x7FFF_FFFF)
        guard start <= replacements.count else { return nil }
        var end = start
        while end < replacements.count && replacements[end] != 0 { end += 1 }
        return start..<end
      }
    }
    return nil
  }

  /// Rewrites a text by the map.
  ///
  /// - Complexity: O(text).
  func rewrite(_ rewriter: inout TextRewriter) {
    var last = LastScalar()
    var index = 0
    let count = rewriter.source.bytes.count
    while index < count {
      let kept = endOfPlainASCII(rewriter.source.bytes.span, from: index)
      if kept > index {
        last.copy(index..<kept, &rewriter)
        index = kept
        continue
      }
      let end = GraphemeCluster.end(in: rewriter.source.bytes.span, from: index)
      if end - index < 6, replace(index..<end, &last, &rewriter) {
        index = end
        continue
      }
      while index < end {
        let (scalar, length) = UTF8Coding.scalar(in: rewriter.source.bytes.span, at: index)
        if !replace(index..<index + length, &last, &rewriter) {
          last.write(scalar, change: 0, &rewriter)
        }
        index += length
      }
    }
    last.flush(&rewriter)
  }

  /// The scalar that was written last, which also stands for what is left out behind it.
  private struct LastScalar {
    private var scalar: UInt32?
    private var change = 0
    /// Whether origins have moved, so that what is written does not stand for itself.
    private var isMoved = false

    mutating func write(_ next: UInt32, change: Int, _ rewriter: inout TextRewriter) {
      flush(&rewriter)
      scalar = next
      self.change = change
    }

    /// Writes a part of the source that is ASCII, of which a byte is a scalar.
    mutating func copy(_ range: Range<Int>, _ rewriter: inout TextRewriter) {
      if isMoved {
        for index in range { write(UInt32(rewriter.source.bytes[index]), change: 0, &rewriter) }
      } else {
        flush(&rewriter)
        if range.count > 1 { rewriter.copy(range.dropLast()) }
        write(UInt32(rewriter.source.bytes[range.upperBound - 1]), change: 0, &rewriter)
      }
    }

    /// Leaves out what the next scalars of the source stand for; what nothing stands before is not left out, which moves
    /// the origins of all that follows, as in the reference.
    mutating func leaveOut(_ count: Int) {
      if scalar != nil { change -= count } else { isMoved = true }
    }

    mutating func flush(_ rewriter: inout TextRewriter) {
      if let scalar { rewriter.write(scalar, change: change) }
      scalar = nil
    }
  }

  /// Where a run of ASCII that the map keeps ends; the last scalar of such a run may be joined by what follows.
  private func endOfPlainASCII(_ text: Span<UInt8>, from start: Int) -> Int {
    var index = start
    while index < text.count, text[index] < 0x80, text[index] != 0, keepsASCII[Int(text[index])],
      text[index] != 0x0D
    {
      index += 1
    }
    return index < text.count && index > start && text[index] >= 0x80 ? index - 1 : index
  }

  /// Replaces a part of the text if the map has an entry for it.
  private func replace(
    _ range: Range<Int>, _ last: inout LastScalar, _ rewriter: inout TextRewriter
  ) -> Bool {
    guard let found = replacement(of: rewriter.source.bytes.span, range) else { return false }
    let old = UTF8Coding.scalarCount(in: rewriter.source.bytes.span, range)
    let new = UTF8Coding.scalarCount(in: replacements.span, found)
    var index = found.lowerBound
    for place in 0..<new {
      let (scalar, length) = UTF8Coding.scalar(in: replacements.span, at: index)
      index += length
      // Of more scalars the last ones are inserted; of fewer the last one stands for the rest.
      last.write(scalar, change: place >= old ? 1 : 0, &rewriter)
    }
    if new < old { last.leaveOut(old - new) }
    return true
  }
}

/// Where a user-perceived character ends (Unicode Standard Annex 29), as far as clusters of less than six bytes need.
enum GraphemeCluster {
  private static let joiner: UInt32 = 0x200D

  /// The end of the cluster that begins at an index.
  static func end(in text: Span<UInt8>, from start: Int) -> Int {
    var (last, length) = UTF8Coding.scalar(in: text, at: start)
    var index = start + length
    // Whether a pictograph and extenders stand before.
    var isPictograph = ScalarClass(of: last).contains(.pictograph)
    while index < text.count {
      let (next, length) = UTF8Coding.scalar(in: text, at: index)
      guard joins(last, next, isPictograph) else { break }
      let classes = ScalarClass(of: next)
      if classes.contains(.pictograph) {
        isPictograph = true
      } else if !classes.contains(.extender) {
        isPictograph = false
      }
      last = next
      index += length
    }
    return index
  }

  private static func joins(_ left: UInt32, _ right: UInt32, _ isPictograph: Bool) -> Bool {
    if left == 0x0D { return right == 0x0A }
    let (before, after) = (ScalarClass(of: left), ScalarClass(of: right))
    if before.contains(.control) || after.contains(.control) { return false }
    if after.contains(.extender) || before.contains(.prepended) { return true }
    if isPictograph, left == joiner, after.contains(.pictograph) { return true }
    return HangulSyllable.joins(left, right)
  }
}
