package import EmbedCore

/// What is wrong with a JSON text, and where; `embedError(in:)` puts it into words.
package struct JSONError: Error, Sendable, Hashable {
  /// What the grammar allows at a place.
  package enum Expectation: Sendable, Hashable {
    case value, commaOrArrayEnd
    case name, nameOrObjectEnd, colon, commaOrObjectEnd
    case closingQuote, escape, hexadecimalDigit
    case digit, literal(String)
    case endOfText
  }

  /// The rule that is broken.
  package enum Problem: Sendable, Hashable {
    /// Something that the grammar does not allow; nil is the end of the text.
    case unexpected(UInt8?, expected: Expectation)
    /// A character below U+0020 inside a string.
    case controlCharacter(UInt8)
    /// Bytes that are no UTF-8, the first of them given.
    case invalidUTF8(UInt8)
    /// An escaped half of a surrogate pair without its other half.
    case loneSurrogate(UInt16)
    /// More nested arrays and objects than the limit.
    case tooDeep(limit: Int)
    /// More elements of an array or members of an object than the limit.
    case tooMany(limit: Int)
  }

  package var problem: Problem
  /// The 0-based offset in bytes.
  package var offset: Int
  /// The 1-based line.
  package var line: Int
  /// The 1-based column, in Unicode scalars.
  package var column: Int
}

extension JSONError {
  /// The error in words, with the file or record it is about.
  package func embedError(
    _ code: EmbedError.Code = .fileDamaged, in source: String
  ) -> EmbedError {
    let location = "\(source), line \(line), column \(column), byte \(offset)"
    switch problem {
    case .unexpected(let byte, let expectation):
      return EmbedError(
        code, "invalid JSON", expected: expectation.words,
        got: byte.map(JSONError.words) ?? "the end of the text", at: location)
    case .controlCharacter(let byte):
      return EmbedError(
        code, "invalid JSON", expected: "control characters in a string to be escaped",
        got: JSONError.words(byte), at: location)
    case .invalidUTF8(let byte):
      return EmbedError(
        code, "invalid JSON", expected: "UTF-8", got: JSONError.words(byte), at: location)
    case .loneSurrogate(let unit):
      return EmbedError(
        code, "invalid JSON", expected: "surrogate escapes in pairs, high then low",
        got: "\\u\(String(unit, radix: 16)) alone", at: location)
    case .tooDeep(let limit):
      return EmbedError(
        code, "invalid JSON", expected: "at most \(limit) levels of arrays and objects",
        got: "more", at: location)
    case .tooMany(let limit):
      return EmbedError(
        code, "invalid JSON", expected: "at most \(limit) elements of one array or object",
        got: "more", at: location)
    }
  }

  private static func words(_ byte: UInt8) -> String {
    if byte > 0x20, byte < 0x7F { return "'\(Unicode.Scalar(byte))'" }
    if byte == 0x20 { return "a space" }
    let digits = String(byte, radix: 16, uppercase: true)
    return "the byte 0x" + (digits.utf8.count < 2 ? "0" : "") + digits
  }
}

extension JSONError.Expectation {
  fileprivate var words: String {
    switch self {
    case .value: "a value"
    case .commaOrArrayEnd: "',' or ']'"
    case .name: "a name in quotes"
    case .nameOrObjectEnd: "a name in quotes or '}'"
    case .colon: "':'"
    case .commaOrObjectEnd: "',' or '}'"
    case .closingQuote: "a closing quote"
    case .escape: "one of \" \\ / b f n r t u after a backslash"
    case .hexadecimalDigit: "four hexadecimal digits after \\u"
    case .digit: "a digit"
    case .literal(let text): text
    case .endOfText: "the end of the text"
    }
  }
}
