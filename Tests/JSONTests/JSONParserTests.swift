import EmbedCore
import Testing

@testable import JSON

@Suite struct JSONParserTests {
  private func parse(_ text: String) throws -> JSONValue {
    try JSONParser.parse(Array(text.utf8))
  }

  /// The problem of a text that must be refused, with its place.
  private func refusal(_ bytes: [UInt8]) -> JSONError? {
    do throws(JSONError) {
      let value = try JSONParser.parse(bytes)
      Issue.record("\(value) was accepted")
      return nil
    } catch {
      return error
    }
  }

  @Test(
    arguments: [
      ("null", .null), (" true\n", .bool(true)), ("false", .bool(false)),
      ("\"\"", .string("")), ("[]", .array([])), ("{}", .object([])),
      ("[1 , [2]]", .array([.number("1"), .array([.number("2")])])),
      (
        #"{"b":1,"a":{"c":null}}"#,
        .object([("b", .number("1")), ("a", .object([("c", .null)]))])
      ),
    ] as [(String, JSONValue)])
  func `reads every kind of value`(_ text: String, _ expected: JSONValue) throws {
    #expect(try parse(text) == expected)
  }

  @Test(arguments: [
    "0", "-0", "10", "-1.50", "1e5", "1E+05", "0.1e-12", "1000000000000000019884624838656",
    "123456789012345678901234567890.5",
  ])
  func `keeps the spelling of numbers`(_ text: String) throws {
    #expect(try parse(text) == .number(text))
    #expect(try parse(" [\(text)] ") == .array([.number(text)]))
  }

  @Test(arguments: [
    (#""a\"\\\/\b\f\n\r\tz""#, "a\"\\/\u{8}\u{C}\n\r\tz"),
    (#""\u00e9\u00E9""#, "\u{E9}\u{E9}"),
    (#""\ud83d\ude00!""#, "\u{1F600}!"),
    (#""\uDBFF\uDFFF""#, "\u{10FFFF}"),
    (#""\u0000""#, "\0"),
    ("\"e\u{301}\u{7F}\u{2028}\"", "e\u{301}\u{7F}\u{2028}"),
    ("\"\u{FFFD}\\n\u{FFFD}\"", "\u{FFFD}\n\u{FFFD}"),
  ])
  func `decodes strings`(_ text: String, _ expected: String) throws {
    #expect(try parse(text) == .string(expected))
  }

  @Test func `keeps duplicates, their order and names that are only canonically equal`() throws {
    let value = try parse("{\"\u{E9}\":1,\"e\u{301}\":2,\"a\":3,\"a\":4}")
    guard case .object(let members) = value else {
      Issue.record("no object")
      return
    }
    #expect(members.map { Array($0.key.utf8).count } == [2, 3, 1, 1])
    #expect(value["e\u{301}"] == .number("2"))
    #expect(value["\u{E9}"] == .number("1"))
    #expect(value != .object([]))
    #expect(JSONValue.string("\u{E9}") != .string("e\u{301}"))
    #expect(BytewiseString("\u{E9}") != BytewiseString("e\u{301}"))
    #expect(BytewiseString("\u{E9}").hashValue == BytewiseString("\u{E9}").hashValue)
  }

  @Test(
    arguments: [
      ("", nil, .value, 0), ("  ", nil, .value, 2), ("\u{FEFF}1", 0xEF, .value, 0),
      ("nul", nil, .literal("null"), 3), ("nulL", 0x4C, .literal("null"), 3),
      ("True", 0x54, .value, 0), ("NaN", 0x4E, .value, 0), ("-Infinity", 0x49, .digit, 1),
      ("01", 0x31, .endOfText, 1), ("-", nil, .digit, 1), ("+1", 0x2B, .value, 0),
      ("1.", nil, .digit, 2), (".5", 0x2E, .value, 0), ("1e", nil, .digit, 2),
      ("1e+x", 0x78, .digit, 3), ("1 2", 0x32, .endOfText, 2), ("0x10", 0x78, .endOfText, 1),
      ("[1,]", 0x5D, .value, 3), ("[1 2]", 0x32, .commaOrArrayEnd, 3), ("[", nil, .value, 1),
      ("[1", nil, .commaOrArrayEnd, 2), ("{", nil, .nameOrObjectEnd, 1),
      ("{\"a\":1,}", 0x7D, .name, 7), ("{a:1}", 0x61, .nameOrObjectEnd, 1),
      ("{\"a\" 1}", 0x31, .colon, 5), ("{\"a\":}", 0x7D, .value, 5),
      ("{\"a\":1 \"b\"}", 0x22, .commaOrObjectEnd, 7), ("{\"a\":1", nil, .commaOrObjectEnd, 6),
      ("'a'", 0x27, .value, 0), ("// a\n1", 0x2F, .value, 0), ("]", 0x5D, .value, 0),
      ("\"a", nil, .closingQuote, 2), ("\"a\\", nil, .escape, 3), ("\"\\x\"", 0x78, .escape, 2),
      ("\"\\u00g0\"", 0x67, .hexadecimalDigit, 5), ("\"\\u00", nil, .hexadecimalDigit, 5),
      ("\"\\n", nil, .closingQuote, 3), ("\u{A0}1", 0xC2, .value, 0), ("\u{B}1", 0x0B, .value, 0),
    ] as [(String, UInt8?, JSONError.Expectation, Int)])
  func `refuses what the grammar does not allow`(
    _ text: String, _ byte: UInt8?, _ expected: JSONError.Expectation, _ offset: Int
  ) throws {
    let error = try #require(refusal(Array(text.utf8)))
    #expect(error.problem == .unexpected(byte, expected: expected))
    #expect(error.offset == offset)
  }

  @Test(
    arguments: [
      (#""\ud83d""#, 0xD83D, 1), (#""\ude00""#, 0xDE00, 1), (#""\ude00\ude00""#, 0xDE00, 1),
      (#""a\ud83dz""#, 0xD83D, 2),
      (#""\ud83d\n""#, 0xD83D, 1), (#""\ud83d\ud83d""#, 0xD83D, 1), (#""\ud83d\u0041""#, 0xD83D, 1),
    ] as [(String, UInt16, Int)])
  func `refuses half a surrogate pair`(_ text: String, _ unit: UInt16, _ offset: Int) throws {
    let error = try #require(refusal(Array(text.utf8)))
    #expect(error.problem == .loneSurrogate(unit))
    #expect(error.offset == offset)
  }

  @Test(
    arguments: [
      ([0x61, 0xFF], 1), ([0xC0, 0x80], 0), ([0x61, 0xED, 0xA0, 0x80], 1),
      ([0xF4, 0x90, 0x80, 0x80], 0), ([0x61, 0xC3], 1), ([0xC3, 0xA9, 0x80], 2),
      ([0x5C, 0x6E, 0xE2, 0x82], 2), ([0xF0, 0x9F, 0x98], 0), ([0xEF, 0xBF, 0xBD, 0xFF], 3),
      ([0xFF, 0x5C, 0x78], 0),
    ] as [([UInt8], Int)])
  func `refuses invalid UTF-8 and says where`(_ bytes: [UInt8], _ offset: Int) throws {
    let error = try #require(refusal([0x22] + bytes + [0x22]))
    #expect(error.problem == .invalidUTF8(bytes[offset]))
    #expect(error.offset == offset + 1)
  }

  @Test(arguments: [UInt8(0), 0x0A, 0x1F])
  func `refuses bare control characters in strings`(_ byte: UInt8) throws {
    #expect(refusal([0x22, 0x61, byte, 0x22])?.problem == .controlCharacter(byte))
    #expect(refusal([0x22, 0x5C, 0x6E, byte, 0x22])?.problem == .controlCharacter(byte))
    // It is found before the text in front of it is read.
    #expect(refusal([0x22, 0xFF, byte, 0x22])?.problem == .controlCharacter(byte))
  }

  @Test func `limits the depth`() throws {
    let limit = JSONParser.maximumDepth
    let deepest = String(repeating: "[", count: limit) + String(repeating: "]", count: limit)
    #expect(throws: Never.self) { try parse(deepest) }
    #expect(refusal(Array("[\(deepest)]".utf8))?.problem == .tooDeep(limit: limit))
    let objects = String(repeating: "{\"a\":", count: 100_000)
    #expect(refusal(Array(objects.utf8))?.problem == .tooDeep(limit: limit))
  }

  @Test func `counts lines and columns in Unicode scalars`() throws {
    let error = try #require(refusal(Array("{\n\"\u{E9}\u{1F600}\": ?}".utf8)))
    #expect((error.line, error.column, error.offset) == (2, 7, 12))
    #expect(
      error.embedError(in: "config.json").description
        == "invalid JSON: expected a value, got '?' (config.json, line 2, column 7, byte 12)")
  }

  @Test func `parses the vocabulary of a real size`() throws {
    let tokens = (0..<30_522).map { "\"token\($0)\":\($0)" }
    guard case .object(let members) = try parse("{\(tokens.joined(separator: ","))}") else {
      Issue.record("no object")
      return
    }
    #expect(members.count == 30_522)
    #expect(members[30_521].key == "token30521" && members[30_521].value == .number("30521"))
  }
}
