import EmbedTestSupport
import Testing

/// Records that are refused: by name, after all records before them.
@Suite struct BadInputTests {
  /// Runs with a bad record behind 100 good ones, streaming and into a file.
  private func refuse(
    _ line: [UInt8], layout: String = "--jsonl", message: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let folder = try TemporaryFolder()
    let good = layout == "--jsonl" ? "{\"text\":\"good\"}\n" : "good\n"
    let bytes =
      Array(String(repeating: good, count: 100).utf8) + line
      + Array("\n\(String(repeating: good, count: 10))".utf8)
    let path = try folder.write(bytes, to: "in")
    let stream = try EmbedRun("-m", TestVectors.address, "-i", path, layout)
    #expect(stream.status == 1, sourceLocation: sourceLocation)
    #expect(stream.lines.count == 100, sourceLocation: sourceLocation)
    #expect(stream.text.hasSuffix("\n"), sourceLocation: sourceLocation)
    #expect(
      stream.errors == "embed: " + message.replacing("FILE", with: path) + "\n",
      sourceLocation: sourceLocation)

    try folder.makeFolder(named: "out")
    let file = try EmbedRun(
      "-m", TestVectors.address, "-i", path, layout, "-o", folder.path("out/vectors"))
    #expect(file.status == 1, sourceLocation: sourceLocation)
    #expect(file.output == [], sourceLocation: sourceLocation)
    #expect(try folder.names(in: "out") == [], sourceLocation: sourceLocation)
  }

  @Test func `names the line and byte of invalid UTF-8`() throws {
    try refuse(
      Array("caf".utf8) + [0xC3, 0xA9, 0xE9, 0x20], layout: "--lines",
      message: "invalid UTF-8: got the byte 0xE9 (FILE, line 101, byte offset 5)")
    try refuse(
      [0x61, 0xED, 0xA0, 0x80], layout: "--lines",
      message: "invalid UTF-8: got the byte 0xED (FILE, line 101, byte offset 1)")
    try refuse(
      [0xF0, 0x9F, 0x8E], layout: "--lines",
      message: "invalid UTF-8: got the byte 0xF0 (FILE, line 101, byte offset 0)")
    try refuse(
      Array("{\"text\":\"".utf8) + [0xFF] + Array("\"}".utf8),
      message:
        "invalid JSON: expected UTF-8, got the byte 0xFF (FILE, line 101, column 10, byte 9)")
  }

  @Test func `names the line and column of invalid JSON`() throws {
    try refuse(
      Array("{\"text\":\"é\",}".utf8),
      message:
        "invalid JSON: expected a name in quotes, got '}' (FILE, line 101, column 13, byte 13)")
    try refuse(
      Array("{\"text\":\"a\"".utf8),
      message:
        "invalid JSON: expected ',' or '}', got the end of the text (FILE, line 101, column 12, byte 11)"
    )
    try refuse(
      Array("plain".utf8),
      message: "invalid JSON: expected a value, got 'p' (FILE, line 101, column 1, byte 0)")
  }

  @Test func `refuses records of another shape`() throws {
    try refuse(
      Array("[1,2]".utf8),
      message: "a record: expected an object, got an array of 2 (FILE, line 101)")
    try refuse(
      Array("{\"id\":1}".utf8),
      message: "the \"text\" of a record: expected a string, got nothing (FILE, line 101)")
    try refuse(
      Array("{\"text\":7}".utf8),
      message: "the \"text\" of a record: expected a string, got the number 7 (FILE, line 101)")
    try refuse(
      Array("{\"text\":\"a\",\"text\":\"b\"}".utf8),
      message: "the \"text\" of a record: expected one, got 2 (FILE, line 101)")
    try refuse(
      Array("{\"text\":\"a\",\"id\":[1]}".utf8),
      message: "the \"id\" of a record: expected a string, a number, true, false or null, "
        + "got an array of 1 (FILE, line 101)")
  }

  @Test func `prints a hostile message on one line`() throws {
    let run = try EmbedRun("-m", TestVectors.address, "-i", "no\u{1B}[31m\nfile")
    #expect(run.status == 1)
    #expect(
      run.errors == "embed: cannot open: No such file or directory (no\\u{1B}[31m\\nfile)\n")
  }

  @Test func `names an input that cannot be read`() throws {
    let folder = try TemporaryFolder()
    let run = try EmbedRun("-m", TestVectors.address, "-i", folder.path)
    #expect(run.status == 1)
    #expect(run.errors == "embed: cannot read: Is a directory (\(folder.path))\n")
  }
}
