/// UTF-8 of single scalars, for text that is known to be valid.
enum UTF8Coding {
  /// The scalar that begins at an index, and the number of its bytes.
  @inline(__always)
  static func scalar(in text: Span<UInt8>, at index: Int) -> (value: UInt32, length: Int) {
    let lead = UInt32(text[index])
    if lead < 0x80 { return (lead, 1) }
    let second = UInt32(text[index + 1] & 0x3F)
    if lead < 0xE0 { return ((lead & 0x1F) << 6 | second, 2) }
    let third = UInt32(text[index + 2] & 0x3F)
    if lead < 0xF0 { return ((lead & 0x0F) << 12 | second << 6 | third, 3) }
    let fourth = UInt32(text[index + 3] & 0x3F)
    return ((lead & 0x07) << 18 | second << 12 | third << 6 | fourth, 4)
  }

  /// The scalar that ends right before an index, and the number of its bytes.
  static func scalar(in text: Span<UInt8>, before index: Int) -> (value: UInt32, length: Int) {
    var start = index - 1
    while start > 0 && text[start] & 0xC0 == 0x80 { start -= 1 }
    return scalar(in: text, at: start)
  }

  /// The number of scalars that begin in a part of a text.
  static func scalarCount(in text: Span<UInt8>, _ range: Range<Int>) -> Int {
    var count = 0
    for index in range where text[index] & 0xC0 != 0x80 { count += 1 }
    return count
  }

  /// The number of bytes of a scalar.
  static func length(of scalar: UInt32) -> Int {
    switch scalar {
    case ..<0x80: 1
    case ..<0x800: 2
    case ..<0x10000: 3
    default: 4
    }
  }

  /// Appends the bytes of a scalar.
  @inline(__always)
  static func append(_ scalar: UInt32, to bytes: inout [UInt8]) {
    func trailing(_ shift: UInt32) -> UInt8 { UInt8(0x80 | scalar >> shift & 0x3F) }
    switch scalar {
    case ..<0x80:
      bytes.append(UInt8(scalar))
    case ..<0x800:
      bytes.append(UInt8(0xC0 | scalar >> 6))
      bytes.append(trailing(0))
    case ..<0x10000:
      bytes.append(UInt8(0xE0 | scalar >> 12))
      bytes.append(trailing(6))
      bytes.append(trailing(0))
    default:
      bytes.append(UInt8(0xF0 | scalar >> 18))
      bytes.append(trailing(12))
      bytes.append(trailing(6))
      bytes.append(trailing(0))
    }
  }
}
