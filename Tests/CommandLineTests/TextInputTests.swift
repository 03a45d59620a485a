import Embed
import EmbedTestSupport
import JSON
import Testing

@Suite struct TextInputTests {
  private func embed(_ input: EmbedRun.Input, _ layout: String = "--lines") throws -> EmbedRun {
    try EmbedRun("text", "-m", TestVectors.address, "-i", "-", layout, input: input)
  }

  private func expect(
    _ run: EmbedRun, embeds texts: [String], sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    #expect(run.status == 0, sourceLocation: sourceLocation)
    #expect(run.errors == "", sourceLocation: sourceLocation)
    let expected = try await TestVectors.vectors(of: texts)
    let vectors = try run.lines.map(TestVectors.parse)
    #expect(vectors == expected, sourceLocation: sourceLocation)
  }

  @Test func `takes a line for a text, empty ones too`() async throws {
    try await expect(embed(.text("a\n\n b \n\n")), embeds: ["a", "", " b ", ""])
  }

  @Test func `takes a last line without an end`() async throws {
    try await expect(embed(.text("a\nb")), embeds: ["a", "b"])
  }

  @Test func `takes nothing for no texts`() async throws {
    try await expect(embed(.nothing), embeds: [])
  }

  @Test func `drops one carriage return before a line's end`() async throws {
    try await expect(embed(.text("a\r\nb\r\r\n\r\nc\rd\r")), embeds: ["a", "b\r", "", "c\rd"])
  }

  @Test func `drops a byte order mark at the start alone`() async throws {
    try await expect(embed(.text("\u{FEFF}a\n\u{FEFF}b\n")), embeds: ["a", "\u{FEFF}b"])
    try await expect(embed(.text("\u{FEFF}")), embeds: [])
    try await expect(embed(.text("\u{FEFF}\n")), embeds: [""])
  }

  @Test func `keeps the order of a long file, from a file and from a pipe`() async throws {
    let texts = (0..<5000).map { "text number \($0) " + String(repeating: "x", count: $0 % 700) }
    let folder = try TemporaryFolder()
    let content = texts.joined(separator: "\n")
    let path = try folder.write(content, to: "texts.txt")
    try await expect(embed(.text(content)), embeds: texts)
    try await expect(EmbedRun("-m", TestVectors.address, "-i", path), embeds: texts)
  }

  @Test func `reads several files, one after another`() async throws {
    let folder = try TemporaryFolder()
    let first = try folder.write("a\nb", to: "first")
    let second = try folder.write("\u{FEFF}c\nd\n", to: "second")
    let run = try EmbedRun(
      "-m", TestVectors.address, "-i", first, "-i", "-", "-i", second, input: .text("x\ny"))
    try await expect(run, embeds: ["a", "b", "x", "y", "c", "d"])
    let numbered = try EmbedRun("-m", "null:", "-f", "jsonl", "-i", first, "-i", second)
    #expect(numbered.lines.last == "{\"id\":3,\"embedding\":[]}")
    let missing = try EmbedRun("-m", "null:", "-i", first, "-i", folder.path("none"))
    #expect(missing.status == 1)
    #expect(missing.output == [])
    try folder.write([0x61, 0x0A, 0xFF], to: "second")
    let bad = try EmbedRun("-m", "null:", "-i", first, "-i", second)
    #expect(bad.lines.count == 3)
    #expect(bad.errors.contains("(\(second), line 2, byte offset 0)"))
  }

  @Test func `reads standard input when there is no text and no -i`() async throws {
    let run = try EmbedRun("-m", TestVectors.address, input: .text("a\nb\n"))
    try await expect(run, embeds: ["a", "b"])
  }

  @Test func `takes texts that look like options or commands after two dashes`() async throws {
    let run = try EmbedRun("text", "-m", TestVectors.address, "--", "-5 degrees", "models")
    try await expect(run, embeds: ["-5 degrees", "models"])
  }

  @Test func `takes a line of 16 MiB and refuses a longer one by its number`() async throws {
    let limit = 16 << 20
    let long = [UInt8](repeating: UInt8(ascii: "x"), count: limit)
    let fine = try embed(.pipe(Array("a\n".utf8) + long + Array("\nb\n".utf8)))
    #expect(fine.status == 0)
    #expect(fine.lines.count == 3)
    let refused = try embed(.pipe(Array("a\n".utf8) + long + Array("x\nb\n".utf8)))
    #expect(refused.status == 1)
    #expect(refused.lines.count == 1)
    #expect(
      refused.errors
        == "embed: line too long: expected at most 16777216 bytes (standard input, line 2)\n"
    )
  }

  @Test(arguments: [
    "1", "0.10", "-1e-7", "1.50E+3", "123456789012345678901234567890", "\"1\"", #""a\"b\n""#,
    "\"日本\"", "true", "false", "null", "\"\"",
  ])
  func `echoes an id exactly`(id: String) throws {
    let run = try embed(.text("{\"id\":\(id),\"text\":\"a\"}"), "--jsonl")
    #expect(run.status == 0)
    #expect(run.text.hasPrefix("{\"id\":\(id),\"embedding\":["))
  }

  @Test func `numbers JSON records without an id, and passes over blank lines`() async throws {
    let input = """
      {"text":"a"}

      {"other":[{}],"text":"b\\u00e9","id":"x"}\r
      \t
      {"text":""}
      """
    let run = try embed(.text(input), "--jsonl")
    #expect(run.status == 0)
    let values = try run.lines.map { try JSONParser.parse(Array($0.utf8)) }
    #expect(values.map { $0["id"] } == [.number("0"), .string("x"), .number("2")])
    let expected = try await TestVectors.vectors(of: ["a", "bé", ""])
    #expect(values.map { TestVectors.floats($0["embedding"]) } == expected)
  }

  @Test func `prints plain arrays for JSON records if asked to`() async throws {
    let run = try EmbedRun(
      "-m", TestVectors.address, "--jsonl", "-f", "json", input: .text("{\"text\":\"a\"}"))
    try await expect(run, embeds: ["a"])
  }
}
