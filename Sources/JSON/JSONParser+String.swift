extension JSONParser {
  /// A string, with the position at its opening quote: RFC 8259, section 7.
  mutating func string() throws(JSONError) -> String {
    position += 1
    var string = try run()
    while current == UInt8(ascii: "\\") {
      string.unicodeScalars.append(try escape())
      string += try run()
    }
    position += 1
    return string
  }

  /// The text up to the next escape or the closing quote.
  private mutating func run() throws(JSONError) -> String {
    let start = position
    let isASCII: Bool
    (position, isASCII) = endOfRun()
    guard let byte = current else { throw unexpected(.closingQuote) }
    guard byte >= 0x20 else { throw error(.controlCharacter(byte), at: position) }
    return try text(start..<position, isASCII: isASCII)
  }

  /// The position of the next byte that does not stand for itself, and whether all before it are ASCII.
  private func endOfRun() -> (position: Int, isASCII: Bool) {
    let bytes = bytes.span
    var index = position
    var union: UInt8 = 0
    while index < bytes.count {
      let byte = bytes[index]
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 { break }
      union |= byte
      index += 1
    }
    return (index, union < 0x80)
  }

  private mutating func escape() throws(JSONError) -> Unicode.Scalar {
    position += 1
    let scalar: Unicode.Scalar
    switch current {
    case UInt8(ascii: "\""): scalar = "\""
    case UInt8(ascii: "\\"): scalar = "\\"
    case UInt8(ascii: "/"): scalar = "/"
    case UInt8(ascii: "b"): scalar = "\u{8}"
    case UInt8(ascii: "f"): scalar = "\u{C}"
    case UInt8(ascii: "n"): scalar = "\n"
    case UInt8(ascii: "r"): scalar = "\r"
    case UInt8(ascii: "t"): scalar = "\t"
    case UInt8(ascii: "u"): return try unicodeEscape()
    default: throw unexpected(.escape)
    }
    position += 1
    return scalar
  }

  /// `uXXXX`, or two of them when the first is the high half of a surrogate pair.
  private mutating func unicodeEscape() throws(JSONError) -> Unicode.Scalar {
    let start = position - 1
    let first = try codeUnit()
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard
      first < 0xDC00, position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
      bytes[position + 1] == UInt8(ascii: "u")
    else { throw error(.loneSurrogate(first), at: start) }
    position += 1
    let second = try codeUnit()
    guard second & 0xFC00 == 0xDC00 else { throw error(.loneSurrogate(first), at: start) }
    let value = 0x10000 + (UInt32(first & 0x3FF) << 10 | UInt32(second & 0x3FF))
    guard let scalar = Unicode.Scalar(value) else { throw error(.loneSurrogate(first), at: start) }
    return scalar
  }

  /// The four digits behind the `u` at the position.
  private mutating func codeUnit() throws(JSONError) -> UInt16 {
    position += 1
    var unit: UInt16 = 0
    for _ in 0..<4 {
      let digit: UInt8
      switch current {
      case let byte? where byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"):
        digit = byte - UInt8(ascii: "0")
      case let byte? where byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "f"):
        digit = byte - UInt8(ascii: "a") + 10
      case let byte? where byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "F"):
        digit = byte - UInt8(ascii: "A") + 10
      default: throw unexpected(.hexadecimalDigit)
      }
      unit = unit << 4 | UInt16(digit)
      position += 1
    }
    return unit
  }

  /// The bytes of a range as text.
  private func text(_ range: Range<Int>, isASCII: Bool) throws(JSONError) -> String {
    // Repair, which leaves only what is valid as it is, takes a fifth of the time of `String(validating:as:)`.
    let text = String(decoding: bytes[range], as: UTF8.self)
    if isASCII || text.utf8.elementsEqual(bytes[range]) { return text }
    let offset = range.lowerBound + Self.validPrefixLength(bytes[range])
    throw error(.invalidUTF8(bytes[offset]), at: offset)
  }

  /// How many bytes come before the first ones that are no UTF-8.
  private static func validPrefixLength(_ bytes: ArraySlice<UInt8>) -> Int {
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    var length = 0
    while case .scalarValue(let scalar) = decoder.decode(&iterator) {
      length += UTF8.width(scalar)
    }
    return length
  }
}
