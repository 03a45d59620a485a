/// What each byte of UTF-8 text means to the scanner, so that ASCII needs no decoding.
///
/// An entry's low 8 bits are the byte that takes its place in a word; the bits above say what it is, 0 being a plain part
/// of a word.
struct ByteRules: Sendable {
  static let isolated: UInt16 = 1 << 8
  static let whitespace: UInt16 = 2 << 8
  /// Has to be looked up in the Unicode table: dropped characters and all that is not ASCII.
  static let other: UInt16 = 3 << 8
  /// Set beside the above where an added token may begin.
  static let beginsAddedToken: UInt16 = 1 << 15

  /// Every byte stands for itself in a word.
  static let identity = ByteRules(entries: [UInt16](0...255))

  /// One entry a byte; `(256)`.
  let entries: [UInt16]

  private init(entries: [UInt16]) {
    self.entries = entries
  }

  /// The rules of a normalizer's ASCII scalars, and of the bytes that added tokens begin with.
  init(_ table: UnicodeTable, addedTokens: AddedTokenMatcher) {
    var entries: [UInt16] = []
    for byte in UInt16(0)..<256 {
      let rule = byte < 0x80 ? table[UInt32(byte)] : .drop
      var entry =
        switch rule.kind {
        case .keep: UInt16(rule.scalar(for: UInt32(byte)))
        case .isolate: byte | Self.isolated
        case .whitespace: byte | Self.whitespace
        default: byte | Self.other
        }
      if addedTokens.firstBytes[Int(byte)] { entry |= Self.beginsAddedToken }
      entries.append(entry)
    }
    self.entries = entries
  }

  /// Whether an entry is more than a plain part of a word.
  @inline(__always)
  static func isSpecial(_ entry: UInt16) -> Bool { entry > 0xFF }

  /// Whether an entry, without the mark of added tokens, is of a byte that no word continues across.
  @inline(__always)
  static func separates(_ entry: UInt16) -> Bool {
    entry & ~0xFF == isolated || entry & ~0xFF == whitespace
  }
}
