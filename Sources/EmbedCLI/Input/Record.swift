import Embed
import JSON

/// One text of the input.
struct Record {
  /// What the output calls it: the input's own name for it, else its number, counted from 0.
  let id: JSONValue
  let text: String
  /// Where it stands, for error messages: `texts.txt, line 3`.
  let location: String
}

/// How a file's lines hold texts.
enum RecordLayout: String, CaseIterable {
  /// A line is a text; a carriage return before its end is not part of it.
  case lines
  /// A line is a JSON object with `text` and perhaps `id`; blank lines are passed over.
  case jsonl
}

/// Makes a record of one line.
struct RecordParser {
  let file: String
  /// The line's number, counted from 1.
  let lineNumber: Int
  /// The record's number, counted from 0.
  let number: Int

  private var location: String { "\(file), line \(lineNumber)" }

  /// The record of a line that is a text.
  ///
  /// - Throws: `EmbedError` with code `invalidInput` for a line that is not UTF-8.
  func text(_ line: ArraySlice<UInt8>) throws(EmbedError) -> Record {
    let bytes = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
    guard let text = String(validating: bytes, as: UTF8.self) else { throw invalidUTF8(bytes) }
    return Record(id: .number("\(number)"), text: text, location: location)
  }

  /// The record of a line that is a JSON object; nil for a blank line.
  ///
  /// - Throws: `EmbedError` with code `invalidInput` for anything else.
  func json(_ line: ArraySlice<UInt8>) throws(EmbedError) -> Record? {
    if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { return nil }
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONParser.parse(Array(line))
    } catch {
      var error = error
      error.line = lineNumber
      throw error.embedError(.invalidInput, in: file)
    }
    guard case .object(let members) = value else {
      throw refused("a record", expected: "an object with \"text\"", got: value.summary)
    }
    let text = try member("text", of: members)
    guard case .string(let text)? = text else {
      throw refused(
        "the \"text\" of a record", expected: "a string", got: text?.summary ?? "nothing")
    }
    let id = try member("id", of: members) ?? .number("\(number)")
    switch id {
    case .array, .object:
      throw refused(
        "the \"id\" of a record", expected: "a string, a number, true, false or null",
        got: id.summary)
    case .null, .bool, .number, .string:
      return Record(id: id, text: text, location: location)
    }
  }

  private func member(
    _ name: String, of members: [(key: String, value: JSONValue)]
  ) throws(EmbedError) -> JSONValue? {
    let values = members.filter { $0.key.hasSameBytes(as: name) }.map(\.value)
    guard values.count < 2 else {
      throw refused("the \"\(name)\" of a record", expected: "one", got: "\(values.count)")
    }
    return values.first
  }

  private func refused(_ what: String, expected: String, got: String) -> EmbedError {
    EmbedError(.invalidInput, what, expected: expected, got: got, at: location)
  }

  private func invalidUTF8(_ bytes: ArraySlice<UInt8>) -> EmbedError {
    var parser = Unicode.UTF8.ForwardParser()
    var iterator = bytes.makeIterator()
    var offset = 0
    while case .valid(let scalar) = parser.parseScalar(from: &iterator) { offset += scalar.count }
    let byte = bytes.dropFirst(offset).first.map { String($0, radix: 16, uppercase: true) } ?? ""
    return EmbedError(
      .invalidInput, "invalid UTF-8", got: "the byte 0x\(byte)",
      at: "\(location), byte offset \(offset)")
  }
}
