import EmbedCore
import Testing

@testable import JSON

@Suite struct JSONDocumentTests {
  private func document(_ text: String) throws -> JSONDocument {
    try JSONDocument(parsing: Array(text.utf8), file: "config.json")
  }

  /// The message of the error that a look-up throws.
  private func message(_ text: String, _ lookUp: (JSONDocument) throws -> Void) throws -> String {
    let document = try document(text)
    do {
      try lookUp(document)
      return "accepted"
    } catch let error as EmbedError {
      return error.description
    }
  }

  @Test func `finds typed values`() throws {
    let document = try document(
      #"{"i":12,"d":1e-12,"b":true,"s":"x","a":[1],"o":{"p":{"i":3}},"list":[{"i":4}]}"#)
    #expect(try document.integer("i", in: 1...12) == 12)
    #expect(try document.optionalDouble("d") == 1e-12)
    #expect(try document.optionalBool("b") == true)
    #expect(try document.string("s") == "x")
    #expect(try document.array("a") == [.number("1")])
    #expect(try document.object("o").object("p").integer("i", in: 0...9) == 3)
    #expect(try document.objects("list")[0].integer("i", in: 0...9) == 4)
  }

  @Test func `takes null for absent`() throws {
    let document = try document(#"{"a":null}"#)
    for key in ["a", "b"] {
      #expect(try document.optionalInteger(key, in: 0...1) == nil)
      #expect(try document.optionalDouble(key) == nil)
      #expect(try document.optionalBool(key) == nil)
      #expect(try document.optionalString(key) == nil)
      #expect(try document.optionalArray(key) == nil)
      #expect(try document.optionalObject(key) == nil)
    }
  }

  @Test func `names file, key path, expected and got`() throws {
    #expect(
      try message("{}") { _ = try $0.integer("a", in: 0...9) }
        == "missing key: expected a whole number, got nothing (config.json, a)")
    #expect(
      try message(#"{"a":{"b":"x"}}"#) { _ = try $0.object("a").integer("b", in: 0...9) }
        == #"wrong type: expected a whole number from 0 to 9, got the string "x" (config.json, a.b)"#
    )
    #expect(
      try message(#"{"a":10}"#) { _ = try $0.integer("a", in: 0...9) }
        == "value out of range: expected a whole number from 0 to 9, got 10 (config.json, a)")
    #expect(
      try message(#"{"a":1.5}"#) { _ = try $0.integer("a", in: 0...9) }
        == "value out of range: expected a whole number from 0 to 9, got 1.5 (config.json, a)")
    #expect(
      try message(#"{"a":99999999999999999999}"#) { _ = try $0.integer("a", in: 0...9) }
        .contains("got 99999999999999999999"))
    #expect(
      try message(#"{"a":1e999}"#) { _ = try $0.optionalDouble("a") }
        == "value out of range: expected a finite number, got 1e999 (config.json, a)")
    #expect(
      try message(#"{"a":[1,2]}"#) { _ = try $0.optionalBool("a") }
        == "wrong type: expected true or false, got an array of 2 (config.json, a)")
    #expect(
      try message(#"{"a":{"b":1}}"#) { _ = try $0.optionalString("a") }
        == "wrong type: expected a string, got an object of 1 (config.json, a)")
    #expect(
      try message(#"{"a":false}"#) { _ = try $0.optionalArray("a") }
        == "wrong type: expected an array, got false (config.json, a)")
    #expect(
      try message(#"{"a":1}"#) { _ = try $0.optionalObject("a") }
        == "wrong type: expected an object, got the number 1 (config.json, a)")
    #expect(
      try message(#"{"a":[{"b":1},[]]}"#) { _ = try $0.objects("a") }
        == "wrong type: expected an object, got an array of 0 (config.json, a[1])")
  }

  @Test func `refuses a name that occurs twice, only when it is asked for`() throws {
    let document = try document(#"{"a":1,"b":2,"a":1}"#)
    #expect(try document.integer("b", in: 0...9) == 2)
    #expect(
      try message(#"{"a":1,"a":1}"#) { _ = try $0.integer("a", in: 0...9) }
        == "duplicate name: expected each name once, got it twice (config.json, a)")
    #expect(
      try message(#"{"a":null,"a":1}"#) { _ = try $0.optionalBool("a") }.contains("duplicate name"))
  }

  @Test func `refuses a text that is no object`() throws {
    #expect {
      try document("[]")
    } throws: { error in
      (error as? EmbedError)?.description
        == "wrong type: expected an object, got an array of 0 (config.json)"
    }
  }

  @Test func `keeps messages short and on one line whatever the file says`() throws {
    let long = String(repeating: "x\n", count: 10_000)
    var writer = JSONWriter()
    writer.write(.object([("a", .string(long))]))
    let text = try message(writer.text) { _ = try $0.integer("a", in: 0...9) }
    #expect(text.utf8.count < 400)
    #expect(!text.contains("\n"))
    #expect("a b".printable == #""a b""#)
    #expect("ab".printable == "ab")
  }
}
