import Embed
import EmbedTestSupport
import Foundation
import JSON
import Testing

/// Tables, records and files as the texts of commands.
@Suite struct TableInputTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func embed(
    _ arguments: String..., input: EmbedRun.Input = .nothing
  ) throws -> EmbedRun {
    try EmbedRun(
      arguments: ["text", "-m", TestVectors.address] + arguments, input: input, folder: folder.path)
  }

  /// Expects JSON lines with ids, spelled as JSON, the members behind them, and the vectors of texts.
  private func expect(
    _ run: EmbedRun, _ records: [(head: String, text: String)],
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    #expect(run.errors == "", sourceLocation: sourceLocation)
    #expect(run.status == 0, sourceLocation: sourceLocation)
    let lines = run.lines.map { $0.split(separator: ",\"embedding\":", maxSplits: 1) }
    #expect(
      lines.map { $0[0] } == records.map { "{\"id\":\($0.head)" }, sourceLocation: sourceLocation)
    let vectors = try lines.map { try TestVectors.parse($0[1].dropLast()) }
    let expected = try await TestVectors.vectors(of: records.map(\.text))
    #expect(vectors == expected, sourceLocation: sourceLocation)
  }

  // MARK: - Columns

  @Test func `takes the columns text and id, wherever they stand`() async throws {
    try await expect(
      embed("--csv", input: .text("text,id,more\na,1,x\nb,,y\n")), [("\"1\"", "a"), ("\"\"", "b")])
    try await expect(
      embed("--tsv", input: .text("id\tmore\ttext\n1\tx\ta,b\n")), [("\"1\"", "a,b")])
  }

  @Test func `takes the last column but the id's where none is called text`() async throws {
    try await expect(
      embed("--csv", input: .text("title,body,id\na,b,1\n")), [("\"1\"", "b")])
    try await expect(embed("--csv", input: .text("body\na\nb\n")), [("0", "a"), ("1", "b")])
    try await expect(
      embed("--csv", "--id-column", "body", input: .text("title,body\na,b\n")), [("\"b\"", "a")])
    let none = try embed("--csv", input: .text("id\n1\n"))
    #expect(
      none.errors
        == "embed: no column of texts in the table: expected one beside the id's, got \"id\" (standard input)\n"
    )
  }

  @Test func `takes the columns that are named, of records in JSON too`() async throws {
    let names = ["--text-column", "body", "--id-column", "key"]
    try await expect(
      embed(
        "--csv", names[0], names[1], names[2], names[3],
        input: .text("body,text,key\na,b,c\n")),
      [("\"c\"", "a")])
    try await expect(
      embed(
        "--jsonl", names[0], names[1], names[2], names[3],
        input: .text(#"{"text":1,"id":2,"body":"a","key":3.0}"#)), [("3.0", "a")])
    let missing = try embed(
      "--jsonl", "--id-column", "key", input: .text("{\"text\":\"a\",\"id\":1}"))
    #expect(
      missing.errors
        == "embed: the \"key\" of a record: expected a name of the record, got nothing (standard input, line 1)\n"
    )
  }

  @Test(arguments: ["--text-column", "--id-column", "--keep"])
  func `names the columns that are there when one is missing`(option: String) throws {
    for table in ["title,body\na,b\n", "title,body\n"] {
      let path = try folder.write(table, to: "t.csv")
      let run = try embed("-i", path, "--csv", option, "bodi")
      #expect(run.status == 1)
      #expect(run.output == [])
      #expect(
        run.errors
          == "embed: no such column in the table: expected \"title\", \"body\", got \"bodi\" (\(path))\n"
      )
    }
  }

  // MARK: - Rows

  @Test func `reads quotes, line ends in them, marks and blank lines`() async throws {
    let table = "\u{FEFF}id,text\r\n1,\"a \"\"b\"\",\r\nc\"\r\n\r\n2,\"d\ne\"\r\n3,"
    try await expect(
      embed("--csv", input: .text(table)),
      [("\"1\"", "a \"b\",\r\nc"), ("\"2\"", "d\ne"), ("\"3\"", "")])
  }

  @Test func `numbers rows through several tables, each with columns of its own`() async throws {
    let first = try folder.write("text\na\nb\n", to: "1.csv")
    let second = try folder.write("k,text\nx,c\n", to: "2.csv")
    try await expect(
      embed("--csv", "-i", first, "-i", second), [("0", "a"), ("1", "b"), ("2", "c")])
  }

  @Test func `names the line where a bad row begins, after the rows before it`() throws {
    func errors(_ row: String) throws -> String {
      try folder.write("id,text\n1,\"a\nb\"\n\(row)", to: "t.csv")
      let run = try embed("-i", "t.csv", "--csv")
      #expect(run.status == 1)
      #expect(run.lines.count == 1)
      return run.errors
    }
    #expect(
      try errors("2,b,c\n")
        == "embed: a row with more values than columns: expected 2, got 3 (t.csv, line 4)\n")
    #expect(
      try errors("2\n")
        == "embed: the \"text\" of a record: expected a string, got null (t.csv, line 4)\n")
    #expect(
      try errors("2,\"b\n\n3,c\n")
        == "embed: a quoted value without an end: expected a closing quote (t.csv, line 4)\n")
    let long = String(repeating: String(repeating: "x", count: 1 << 20) + "\n", count: 17)
    #expect(
      try errors("2,\"b\n" + long)
        == "embed: row too long, perhaps for a quote without an end: expected at most 16777216 bytes (t.csv, line 4)\n"
    )
  }

  @Test func `answers a row of a pipe before the next one comes`() throws {
    let script = """
      mkfifo in out; $EMBED text -m null: --csv < in > out & exec 3> in 4< out
      printf 'id,text\\n1,"a\\nb"\\n2,"' >&3; read line <&4; echo "$line"
      printf 'c\\n"\\n' >&3; read line <&4; echo "$line"; exec 3>&-; wait
      """
    let run = try EmbedRun(script: script, folder: folder.path)
    #expect(run.lines == [#"{"id":"1","embedding":[]}"#, #"{"id":"2","embedding":[]}"#])
  }

  // MARK: - Kept fields

  @Test func `repeats the fields that are asked for, as they are spelled`() async throws {
    let records = """
      {"n":1.50,"text":"a","id":7,"l":[1,{"x":null}],"é":true}
      {"text":"b","é":"ü"}
      """
    try await expect(
      embed("--jsonl", "--keep", "é,n,é,text", input: .text(records)),
      [(#"7,"é":true,"n":1.50,"text":"a""#, "a"), (#"1,"é":"ü","text":"b""#, "b")])
    try await expect(
      embed("--jsonl", "--keep", "*", input: .text(records)),
      [(#"7,"n":1.50,"l":[1,{"x":null}],"é":true"#, "a"), (#"1,"é":"ü""#, "b")])
    try await expect(
      embed("--csv", "--keep", "b,a", input: .text("a,text,b\n1,t,\"x\"\"\"\n")),
      [(#"0,"b":"x\"","a":"1""#, "t")])
  }

  @Test func `never makes two members of one name`() async throws {
    try await expect(
      embed(
        "--csv", "--id-column", "k", "--keep", "*",
        input: .text("k,id,embedding,tokens,truncated,x,text\n1,2,3,4,5,6,t\n")),
      [(#""1","x":"6""#, "t")])
    for keep in ["*", "x"] {
      let twice = try embed("--csv", "--keep", keep, input: .text("x,x,text\n1,2,t\n"))
      #expect(twice.status == 1)
      #expect(twice.errors.hasPrefix("embed: the \"x\" of a record: expected one, got "))
    }
  }

  // MARK: - Files

  @Test func `embeds files under their paths, and passes over those that are no text`() async throws
  {
    try folder.write("one\r\ntwo", to: "docs/a.md")
    try folder.write([0x63, 0xE9], to: "docs/sub/b.md")
    try folder.write("no", to: "docs/c.txt")
    try await expect(
      embed("--files", "docs", "**/*.md", "--files", "docs", "c*"),
      [("\"a.md\"", "one\ntwo"), ("\"sub/b.md\"", "c\u{E9}"), ("\"c.txt\"", "no")])
    let strict = try embed("--files", "docs", "**/*.md", "--encoding", "utf-8")
    #expect(strict.status == 0)
    #expect(strict.lines.count == 1)
    #expect(strict.errors == "embed: passed over: docs/sub/b.md: it is not utf-8\n")
    let none = try embed("--files", "nowhere", "*")
    #expect(none.status == 1)
    #expect(none.errors.hasPrefix("embed: cannot read files: expected a folder"))
  }

  @Test func `waits for no pipe among the files`() async throws {
    try folder.write("one", to: "docs/a.md")
    try #require(mkfifo(folder.path("docs/b.md"), 0o600) == 0)
    try await expect(embed("--files", "docs", "*"), [("\"a.md\"", "one")])
  }

  @Test func `takes more folders than are left unfolded in an argument list`() async throws {
    var arguments = ["--files"]
    for name in 0..<6 {
      try folder.write("\(name)", to: "d\(name)/f")
      arguments += ["d\(name)", "*"]
    }
    let run = try EmbedRun(
      arguments: ["text", "-m", "null:"] + arguments, folder: folder.path)
    #expect(run.lines.count == 6)
  }

  // MARK: - Other commands

  @Test func `serves the other commands that read texts`() throws {
    let table = try folder.write("id,text\nx,a\ny,b\n", to: "t.csv")
    try folder.write("a", to: "docs/a")
    let search = try EmbedRun("search", "-m", "null:", "-n", "1", "a", "-i", table, "--csv")
    #expect(search.text.hasSuffix("\tx\ta\n"))
    let files = try EmbedRun(
      "search", "-m", "null:", "a", "--files", "docs", "*", folder: folder.path)
    #expect(files.text.hasSuffix("\ta\ta\n"))
    let similarity = try EmbedRun("similarity", "-m", "test:", "-i", table, "--csv", "-f", "json")
    #expect(similarity.text.hasPrefix("[[1.0,"))
    try TinyModel.plain.write(to: folder)
    let tokens = try EmbedRun("tokenize", "-m", folder.path("model"), "-i", table, "--csv")
    #expect(tokens.lines.map { $0.prefix(9) } == ["{\"id\":\"x\"", "{\"id\":\"y\""])
  }
}
