import EmbedCore
import Testing

@testable import JSON

@Suite struct JSONWriterTests {
  private func written(_ value: JSONValue) -> String {
    var writer = JSONWriter()
    writer.write(value)
    return writer.text
  }

  @Test func `writes values without white space`() {
    let value = JSONValue.object([
      ("a", .array([.null, .bool(true), .number("1e-12"), .string("x")])), ("b", .object([])),
      ("a", .array([])), ("c", .bool(false)),
    ])
    #expect(written(value) == #"{"a":[null,true,1e-12,"x"],"b":{},"a":[],"c":false}"#)
  }

  @Test func `escapes what must be escaped and nothing else`() {
    #expect(
      written(.string("\"\\/\u{0}\u{1F}\n\r\t\u{8}\u{7F}\u{E9}\u{2028}\u{1F600}"))
        == "\"\\\"\\\\/\\u0000\\u001f\\n\\r\\t\\u0008\u{7F}\u{E9}\u{2028}\u{1F600}\"")
  }

  @Test func `writes what the parser reads back`() throws {
    let text = #"{"é":["\u0000\ud83d\ude00\"",-0,1.50],"e":{"":null}}"#
    let value = try JSONParser.parse(Array(text.utf8))
    #expect(try JSONParser.parse(Array(written(value).utf8)) == value)
  }

  @Test(
    arguments: [
      0, -0.0, 1, 0.1, -0.03447726, 1e-12, 3.4028235e38, .leastNonzeroMagnitude, 16_777_216, .pi,
    ] as [Float])
  func `writes floats that read back exactly`(_ value: Float) throws {
    var writer = JSONWriter()
    writer.write(value)
    guard case .number(let text) = try JSONParser.parse(writer.bytes) else {
      Issue.record("\(writer.text) is no number")
      return
    }
    #expect(Float(text)?.bitPattern == value.bitPattern)
  }

  @Test(arguments: [Float.infinity, -.infinity, .nan])
  func `writes null for what is no number`(_ value: Float) {
    var writer = JSONWriter()
    writer.write(value)
    #expect(writer.text == "null")
    writer.removeAll()
    writer.writeRaw("\n")
    #expect(writer.bytes == [0x0A])
  }

  @Test func `writes as Python does when asked to`() throws {
    let text = #"{"é":["\u0000\u007f\b\f\n\r\t\"\\/ ~",-0,1.50,"😀"],"e":{"":null},"f":[],"g":{}}"#
    var writer = JSONWriter(style: .python)
    writer.write(try JSONParser.parse(Array(text.utf8)))
    #expect(
      writer.text
        == #"{"\u00e9": ["\u0000\u007f\b\f\n\r\t\"\\/ ~", -0, 1.50, "\ud83d\ude00"], "e": {"": null}, "f": [], "g": {}}"#
    )
  }
}
