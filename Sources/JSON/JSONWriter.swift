/// Writes JSON texts in UTF-8, on one line.
package struct JSONWriter {
  /// How the same values are spelled.
  package enum Style: Sendable {
    /// Without white space; only what RFC 8259 requires is escaped.
    case compact
    /// As Python's `json.dumps` does it: spaces behind commas and colons, ASCII alone.
    case python
  }

  private let style: Style
  /// What has been written.
  package private(set) var bytes: [UInt8] = []

  package init(style: Style = .compact) { self.style = style }

  /// What has been written, as text.
  ///
  /// - Complexity: O(n) in the number of bytes.
  package var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Forgets what has been written and keeps the memory.
  package mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  /// Appends punctuation or line ends as they are.
  package mutating func writeRaw(_ text: String) { bytes.append(contentsOf: text.utf8) }

  /// Appends a value.
  ///
  /// - Complexity: O(n) in the size of the value.
  package mutating func write(_ value: JSONValue) {
    switch value {
    case .null: writeRaw("null")
    case .bool(let value): writeRaw(value ? "true" : "false")
    case .number(let text): writeRaw(text)
    case .string(let text): write(text)
    case .array(let elements):
      writeRaw("[")
      for (index, element) in elements.enumerated() {
        if index > 0 { writeRaw(comma) }
        write(element)
      }
      writeRaw("]")
    case .object(let members):
      writeRaw("{")
      for (index, member) in members.enumerated() {
        if index > 0 { writeRaw(comma) }
        write(member.key)
        writeRaw(style == .python ? ": " : ":")
        write(member.value)
      }
      writeRaw("}")
    }
  }

  private var comma: String { style == .python ? ", " : "," }

  /// Appends a string in quotes.
  ///
  /// - Complexity: O(n) in the number of bytes.
  package mutating func write(_ text: String) {
    if style == .python { return writeASCII(text) }
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): writeRaw("\\\"")
      case UInt8(ascii: "\\"): writeRaw("\\\\")
      case 0x0A: writeRaw("\\n")
      case 0x0D: writeRaw("\\r")
      case 0x09: writeRaw("\\t")
      case 0x00..<0x20:
        writeRaw("\\u00")
        bytes.append(Self.hexadecimalDigit(byte >> 4))
        bytes.append(Self.hexadecimalDigit(byte & 0xF))
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Appends a string in quotes, everything but ASCII's printable characters escaped, as UTF-16 units.
  private mutating func writeASCII(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    for unit in text.utf16 {
      switch unit {
      case 0x22: writeRaw("\\\"")
      case 0x5C: writeRaw("\\\\")
      case 0x08: writeRaw("\\b")
      case 0x09: writeRaw("\\t")
      case 0x0A: writeRaw("\\n")
      case 0x0C: writeRaw("\\f")
      case 0x0D: writeRaw("\\r")
      case 0x20..<0x7F: bytes.append(UInt8(truncatingIfNeeded: unit))
      default:
        writeRaw("\\u")
        for shift in [12, 8, 4, 0] {
          bytes.append(
            Self.hexadecimalDigit(UInt8(truncatingIfNeeded: unit >> UInt16(shift)) & 0xF))
        }
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Appends the shortest number that reads back as the same float; null when it is infinite or no number.
  package mutating func write(_ value: Float) {
    writeRaw(value.isFinite ? value.description : "null")
  }

  private static func hexadecimalDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }
}
