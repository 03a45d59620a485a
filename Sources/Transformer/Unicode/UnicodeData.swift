extension UnicodeData {
  /// Whether a scalar joins words: letters, marks, decimal digits and connectors.
  static func isWordScalar(_ scalar: UInt32) -> Bool { contains(scalar, in: wordScalars) }

  /// Whether a scalar is white space.
  static func isWhitespace(_ scalar: UInt32) -> Bool { contains(scalar, in: whitespace) }

  /// Where white space that begins at an index ends.
  static func endOfWhitespace(in text: Span<UInt8>, from start: Int) -> Int {
    var index = start
    while index < text.count {
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
}
