extension UnicodeData {
  /// Whether a scalar joins words: letters, marks, decimal digits and connectors.
  static func isWordScalar(_ scalar: UInt32) -> Bool { contains(scalar, in: wordScalars) }

  /// Whether a scalar is white space.
  static func isWhitespace(_ scalar: UInt32) -> Bool { contains(scalar, in: whitespace) }

  /// Where white space that begins at an index ends.
  static func endOfWhitespace(
    in text: Span<UInt8>, from start: Int, upTo end: Int = .max
  ) -> Int {
    var index = start
    while index < min(end, text.count) {
      let (scalar, length) = UTF8Coding.scalar(in: text, at: index)
      if !isWhitespace(scalar) { break }
      index += length
    }
    return index
  }

  /// Where white space that ends at an index begins, not before `start`.
  static func startOfWhitespace(in text: Span<UInt8>, before end: Int, from start: Int) -> Int {
    var index = end
    while index > start {
      let (scalar, length) = UTF8Coding.scalar(in: text, before: index)
      if !isWhitespace(scalar) { break }
      index -= length
    }
    return index
  }

  /// Whether half-open ranges have a scalar in them.
  ///
  /// - Complexity: O(log n) in the number of ranges.
  private static func contains(_ scalar: UInt32, in ranges: [UInt32]) -> Bool {
    // An odd number of bounds at or below the scalar means that a range has begun and not ended.
    var low = 0
    var high = ranges.count
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle] <= scalar { low = middle + 1 } else { high = middle }
    }
    return low % 2 == 1
  }
}

/// The arithmetic of Hangul syllables (Unicode Standard, section 3.12).
enum HangulSyllable {
  /// All precomposed syllables.
  static let range: Range<UInt32> = 0xAC00..<0xAC00 + 11172

  /// The leading consonant, the vowel and, unless 0, the trailing consonant of a syllable.
  static func decompose(_ syllable: UInt32) -> (leading: UInt32, vowel: UInt32, trailing: UInt32) {
    let index = syllable - range.lowerBound
    let trailing = index % 28
    return (
      0x1100 + index / 588, 0x1161 + index % 588 / 28, trailing == 0 ? 0 : 0x11A7 + trailing
    )
  }

  /// The syllable of a leading consonant and a vowel, or of such a syllable and a trailing consonant, if they are that.
  static func compose(_ first: UInt32, _ second: UInt32) -> UInt32? {
    if (0x1100..<0x1113).contains(first), (0x1161..<0x1176).contains(second) {
      return range.lowerBound + ((first - 0x1100) * 21 + (second - 0x1161)) * 28
    }
    if range.contains(first), (first - range.lowerBound) % 28 == 0,
      (0x11A8..<0x11C3).contains(second)
    {
      return first + (second - 0x11A7)
    }
    return nil
  }

  /// Whether two letters or syllables are of one grapheme cluster (Unicode Standard Annex 29, GB6 to GB8).
  static func joins(_ first: UInt32, _ second: UInt32) -> Bool {
    let isVowel = (0x1160..<0x11A8).contains(second) || (0xD7B0..<0xD7C7).contains(second)
    let isTrailing = (0x11A8..<0x1200).contains(second) || (0xD7CB..<0xD7FC).contains(second)
    switch first {
    case 0x1100..<0x1160, 0xA960..<0xA97D:
      return isVowel || (0x1100..<0x1160).contains(second) || (0xA960..<0xA97D).contains(second)
        || range.contains(second)
    case 0x1160..<0x11A8, 0xD7B0..<0xD7C7:
      return isVowel || isTrailing
    case 0x11A8..<0x1200, 0xD7CB..<0xD7FC:
      return isTrailing
    case range:
      return isTrailing || isVowel && (first - range.lowerBound) % 28 == 0
    default:
      return false
    }
  }
}
