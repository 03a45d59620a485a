extension JSONParser {
  /// A string, with the position at its opening quote: RFC 8259, section 7.
  mutating func string() throws(JSONError) -> String {
    position += 1
    let start = position
    while position < bytes.count {
      let byte = bytes[position]
      if byte == UInt8(ascii: "\"") {
        let text = try text(start..<position)
        position += 1
        return text
      }
      if byte == UInt8(ascii: "\\") { return try escapedString(from: start) }
      if byte < 0x20 { throw error(.controlCharacter(byte), at: position) }
      position += 1
    }
    throw unexpected(.closingQuote)
  }

  /// The rest of a string whose first escape is at the position.
  private mutating func escapedString(from start: Int) throws(JSONError) -> String {
    var result = try text(start..<position)
    var runStart = position
    while position < bytes.count {
      let byte = bytes[position]
      if byte == UInt8(ascii: "\"") {
        result += try text(runStart..<position)
        position += 1
        return result
      } else if byte == UInt8(ascii: "\\") {
        result += try text(runStart..<position)
        result.unicodeScalars.append(try escape())
        runStart = position
      } else if byte < 0x20 {
        throw error(.controlCharacter(byte), at: position)
      } else {
        position += 1
      }
    }
    throw unexpected(.closingQuote)
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
  private func text(_ range: Range<Int>) throws(JSONError) -> String {
    // Vocabularies are mostly ASCII, where validation would cost more than everything else.
    if bytes[range].allSatisfy({ $0 < 0x80 }) {
      return String(decoding: bytes[range], as: UTF8.self)
    }
    if let text = String(validating: bytes[range], as: UTF8.self) { return text }
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
