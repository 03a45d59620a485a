import EmbedCore
import Testing

@testable import JSON

@Suite struct JSONErrorTests {
  @Test(arguments: [
    (#"{"a" 1}"#, "invalid JSON: expected ':', got '1' (f, line 1, column 6, byte 5)"),
    (
      "[1",
      "invalid JSON: expected ',' or ']', got the end of the text (f, line 1, column 3, byte 2)"
    ),
    (
      "[1 ",
      "invalid JSON: expected ',' or ']', got the end of the text (f, line 1, column 4, byte 3)"
    ),
    ("[ \u{B}]", "invalid JSON: expected a value, got the byte 0x0B (f, line 1, column 3, byte 2)"),
    (
      "\"\t\"",
      "invalid JSON: expected control characters in a string to be escaped, got the byte 0x09 "
        + "(f, line 1, column 2, byte 1)"
    ),
    (
      #""\ud800""#,
      "invalid JSON: expected surrogate escapes in pairs, high then low, got \\ud800 alone "
        + "(f, line 1, column 2, byte 1)"
    ),
    (
      #""\ ""#,
      "invalid JSON: expected one of \" \\ / b f n r t u after a backslash, got a space "
        + "(f, line 1, column 3, byte 2)"
    ),
  ])
  func `says what, expected, got and where`(_ text: String, _ message: String) {
    do throws(JSONError) {
      _ = try JSONParser.parse(Array(text.utf8))
      Issue.record("accepted")
    } catch {
      #expect(error.embedError(in: "f").description == message)
    }
  }

  @Test func `words invalid UTF-8 and depth`() {
    let place = (offset: 4, line: 1, column: 5)
    func words(_ problem: JSONError.Problem) -> String {
      JSONError(
        problem: problem, offset: place.offset, line: place.line, column: place.column
      ).embedError(.invalidInput, in: "record 7").description
    }
    #expect(
      words(.invalidUTF8(0xFF))
        == "invalid JSON: expected UTF-8, got the byte 0xFF (record 7, line 1, column 5, byte 4)")
    #expect(words(.tooDeep(limit: 128)).contains("at most 128 levels of arrays and objects"))
    #expect(words(.tooMany(limit: 64)).contains("at most 64 elements of one array or object"))
  }
}
