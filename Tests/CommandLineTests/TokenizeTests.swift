import Embed
import EmbedTestSupport
import JSON
import Testing

@Suite struct TokenizeTests {
  private let folder: TemporaryFolder
  private let model: String

  init() throws {
    folder = try TemporaryFolder()
    try TinyModel.prompted.write(to: folder)
    model = folder.path("model")
  }

  private struct Line: Equatable {
    var id: JSONValue?
    var ids: [Int32]
    var tokens: [String]

    init(id: JSONValue, _ tokenization: Tokenization) {
      (self.id, ids, tokens) = (id, tokenization.ids, tokenization.tokens)
    }

    init(_ line: String) throws {
      let value = try JSONParser.parse(Array(line.utf8))
      id = value["id"]
      guard case .array(let ids)? = value["ids"], case .array(let tokens)? = value["tokens"] else {
        (self.ids, self.tokens) = ([], [])
        return
      }
      self.ids = ids.compactMap { if case .number(let text) = $0 { Int32(text) } else { nil } }
      self.tokens = tokens.compactMap(\.stringValue)
    }
  }

  @Test func `prints ids and tokens as the library gives them`() async throws {
    let texts = ["the cat", "", "\"quoted\" \u{1F389}", String(repeating: "cat ", count: 100)]
    let run = try EmbedRun(arguments: ["tokenize", "-m", model] + texts)
    #expect(run.status == 0)
    let tokenizer = try await LocalTokenizer.load(model)
    let expected = try texts.enumerated().map { index, text in
      Line(id: .number("\(index)"), try tokenizer.tokenize(text))
    }
    #expect(try run.lines.map(Line.init) == expected)
    #expect(expected[3].ids.count == 48)
  }

  @Test func `takes the same inputs as text, and echoes ids`() throws {
    let lines = try EmbedRun("tokenize", "-m", model, "-i", "-", input: .text("a\n\nb\r\n"))
    let arguments = try EmbedRun("tokenize", "-m", model, "a", "", "b")
    #expect(lines.text == arguments.text)
    let records = try EmbedRun(
      "tokenize", "-m", model, "--jsonl",
      input: .text("{\"text\":\"a\",\"id\":1.50}\n{\"text\":\"b\"}\n"))
    #expect(records.lines.map { $0.prefix(12) } == ["{\"id\":1.50,\"", "{\"id\":1,\"ids"])
  }

  @Test func `prints offsets when asked, in bytes of the text without the prompt`() throws {
    let run = try EmbedRun(
      "tokenize", "-m", model, "--offsets", "--role", "query", "caf\u{E9} [SEP]")
    let line = try JSONParser.parse(Array(run.lines[0].utf8))
    guard case .array(let offsets)? = line["offsets"], case .array(let ids)? = line["ids"] else {
      Issue.record("expected ids and offsets, got \(run.text)")
      return
    }
    #expect(offsets.count == ids.count)
    let expected = try JSONParser.parse(Array("[null,[0,5],[6,11],null]".utf8))
    #expect(.array([JSONValue.null] + offsets.suffix(3)) == expected)
    #expect(offsets.dropLast(3).allSatisfy { $0 == .null })
  }

  @Test func `puts the prompt of the role in front`() async throws {
    let run = try EmbedRun("tokenize", "-m", model, "--role", "query", "cat")
    let tokens = try await LocalTokenizer.load(model)
      .tokenize("cat", options: EmbedOptions(role: .query))
    #expect(try Line(run.lines[0]) == Line(id: .number("0"), tokens))
    #expect(try run.text != EmbedRun("tokenize", "-m", model, "cat").text)
  }

  @Test func `names the line of a text that is too long`() throws {
    let run = try EmbedRun(
      "tokenize", "-m", model, "--on-long", "error", "-i", "-",
      input: .text("a\n\(String(repeating: "cat ", count: 100))\nb\n"))
    #expect(run.status == 1)
    #expect(run.lines.count == 1)
    #expect(
      run.errors
        == "embed: text too long: expected at most 48 tokens, got more (standard input, line 2)\n")
  }

  @Test func `writes a whole file or none`() throws {
    let output = folder.path("tokens")
    let failed = try EmbedRun(
      "tokenize", "-m", model, "-o", output, "-i", "-", input: .pipe([0x61, 0x0A, 0xFF]))
    #expect(failed.status == 1)
    #expect(try folder.names() == ["model"])
    #expect(try EmbedRun("tokenize", "-m", model, "-o", output, "a").status == 0)
    #expect(
      try String(decoding: folder.read("tokens"), as: UTF8.self)
        == EmbedRun("tokenize", "-m", model, "a").text)
  }
}
