/// A strict parser of one JSON text in UTF-8: no comments, no trailing commas, no NaN, no byte order mark.
///
/// Source: RFC 8259; the limit on depth is that of serde_json, which reads the same files elsewhere.
package struct JSONParser {
  /// The most arrays and objects inside one another.
  package static let maximumDepth = 128

  /// What a text may hold: a value takes many times the memory of its spelling.
  package struct Limits: Sendable {
    /// The most elements of one array.
    package var arrayLength = Int.max
    /// The most members of one object.
    package var memberCount = Int.max
    /// Whether `NaN`, `Infinity` and `-Infinity` are numbers, as Python's servers write them.
    package var acceptsNonFinite = false

    package init(
      arrayLength: Int = .max, memberCount: Int = .max, acceptsNonFinite: Bool = false
    ) {
      self.arrayLength = arrayLength
      self.memberCount = memberCount
      self.acceptsNonFinite = acceptsNonFinite
    }
  }

  let bytes: [UInt8]
  var position = 0
  private let limits: Limits

  private init(bytes: [UInt8], limits: Limits) {
    self.bytes = bytes
    self.limits = limits
  }

  /// Reads a whole text: one value, with nothing but white space around it.
  ///
  /// - Complexity: O(n) in the number of bytes.
  package static func parse(
    _ bytes: [UInt8], limits: Limits = Limits()
  ) throws(JSONError) -> JSONValue {
    var parser = JSONParser(bytes: bytes, limits: limits)
    let value = try parser.value(depth: 0)
    parser.skipWhiteSpace()
    guard parser.position == bytes.count else { throw parser.unexpected(.endOfText) }
    return value
  }

  /// The byte at the position; nil at the end.
  @inline(__always)
  var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  /// An error about the byte at the position.
  func unexpected(_ expected: JSONError.Expectation) -> JSONError {
    error(.unexpected(current, expected: expected), at: position)
  }

  /// An error at an offset, with line and column counted from the start.
  func error(_ problem: JSONError.Problem, at offset: Int) -> JSONError {
    var line = 1
    var column = 1
    for byte in bytes[..<offset] {
      if byte == UInt8(ascii: "\n") {
        line += 1
        column = 1
      } else if byte & 0xC0 != 0x80 {
        column += 1
      }
    }
    return JSONError(problem: problem, offset: offset, line: line, column: column)
  }

  @inline(__always)
  mutating func skipWhiteSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x0A, 0x0D, 0x09: position += 1
      default: return
      }
    }
  }

  private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
    skipWhiteSpace()
    switch current {
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "{"): return try object(depth: depth + 1)
    case UInt8(ascii: "["): return try array(depth: depth + 1)
    case UInt8(ascii: "t"): return try literal("true", .bool(true))
    case UInt8(ascii: "f"): return try literal("false", .bool(false))
    case UInt8(ascii: "n"): return try literal("null", .null)
    case UInt8(ascii: "N") where limits.acceptsNonFinite:
      return try literal("NaN", .number("nan"))
    case UInt8(ascii: "I") where limits.acceptsNonFinite:
      return try literal("Infinity", .number("inf"))
    case UInt8(ascii: "-")
    where limits.acceptsNonFinite && bytes.dropFirst(position + 1).first == UInt8(ascii: "I"):
      return try literal("-Infinity", .number("-inf"))
    case UInt8(ascii: "-"): return .number(try number())
    case let byte? where Self.isDigit(byte): return .number(try number())
    default: throw unexpected(.value)
    }
  }

  private mutating func object(depth: Int) throws(JSONError) -> JSONValue {
    guard depth <= Self.maximumDepth else {
      throw error(.tooDeep(limit: Self.maximumDepth), at: position)
    }
    position += 1
    var members: [(key: String, value: JSONValue)] = []
    skipWhiteSpace()
    if current == UInt8(ascii: "}") {
      position += 1
      return .object(members)
    }
    while true {
      skipWhiteSpace()
      guard current == UInt8(ascii: "\"") else {
        throw unexpected(members.isEmpty ? .nameOrObjectEnd : .name)
      }
      guard members.count < limits.memberCount else {
        throw error(.tooMany(limit: limits.memberCount), at: position)
      }
      let key = try string()
      skipWhiteSpace()
      guard current == UInt8(ascii: ":") else { throw unexpected(.colon) }
      position += 1
      members.append((key, try value(depth: depth)))
      skipWhiteSpace()
      switch current {
      case UInt8(ascii: ","): position += 1
      case UInt8(ascii: "}"):
        position += 1
        return .object(members)
      default: throw unexpected(.commaOrObjectEnd)
      }
    }
  }

  private mutating func array(depth: Int) throws(JSONError) -> JSONValue {
    guard depth <= Self.maximumDepth else {
      throw error(.tooDeep(limit: Self.maximumDepth), at: position)
    }
    position += 1
    var elements: [JSONValue] = []
    skipWhiteSpace()
    if current == UInt8(ascii: "]") {
      position += 1
      return .array(elements)
    }
    while true {
      guard elements.count < limits.arrayLength else {
        throw error(.tooMany(limit: limits.arrayLength), at: position)
      }
      elements.append(try value(depth: depth))
      skipWhiteSpace()
      switch current {
      case UInt8(ascii: ","): position += 1
      case UInt8(ascii: "]"):
        position += 1
        return .array(elements)
      default: throw unexpected(.commaOrArrayEnd)
      }
    }
  }

  private mutating func literal(
    _ spelling: String, _ value: JSONValue
  ) throws(JSONError) -> JSONValue {
    for byte in spelling.utf8 {
      guard current == byte else { throw unexpected(.literal(spelling)) }
      position += 1
    }
    return value
  }

  /// A number by the grammar, as it is spelled: RFC 8259, section 6.
  private mutating func number() throws(JSONError) -> String {
    let start = position
    if current == UInt8(ascii: "-") { position += 1 }
    if current == UInt8(ascii: "0") {
      position += 1
    } else {
      try digits()
    }
    if current == UInt8(ascii: ".") {
      position += 1
      try digits()
    }
    if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
      position += 1
      if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
      try digits()
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func digits() throws(JSONError) {
    let start = position
    while let byte = current, Self.isDigit(byte) { position += 1 }
    if position == start { throw unexpected(.digit) }
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }
}
