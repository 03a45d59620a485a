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
