import Embed
import EmbedStore
import EmbedTestSupport
import Foundation
import JSON
import Testing

/// `embed multi`, `embed similar`, `embed collections` and `embed text --collection`.
@Suite struct CollectionTests {
  private let folder: TemporaryFolder
  private var database: String { folder.path("e.db") }

  /// A score in an output.
  private static var score: Regex<Substring> { /-?\d\.\d+(?=,|\))/ }

  init() throws { folder = try TemporaryFolder() }

  /// Runs a command on the test's database, with the test embedder where it takes one.
  private func run(
    _ arguments: String..., input: EmbedRun.Input = .nothing, environment: [String: String] = [:]
  ) throws -> EmbedRun {
    var arguments = arguments
    if arguments.first == "multi" || arguments.first == "text" {
      if !arguments.contains("-m") { arguments += ["-m", "test:"] }
    }
    return try EmbedRun(
      arguments: arguments, input: input,
      environment: environment.merging(["EMBED_DATABASE": database]) { own, _ in own },
      folder: folder.path)
  }

  /// The records as `id=content`, in the order of their ids.
  private func contents(_ collection: String = "c") throws -> [String] {
    let run = try run("similar", collection, "anything", "-n", "1000000")
    #expect(run.errors == "")
    return try run.lines.map { line in
      let value = try JSONParser.parse(Array(line.utf8))
      return "\(value["id"]?.stringValue ?? "?")=\(value["content"]?.stringValue ?? "-")"
    }.sorted()
  }

  private func multi(
    _ arguments: String..., input: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> [String] {
    _ = try? run("collections", "delete", "c")
    let run = try EmbedRun(
      arguments: ["multi", "c", "--store", "-m", "test:"] + arguments, input: .text(input),
      environment: ["EMBED_DATABASE": database], folder: folder.path)
    #expect(run.status == 0, sourceLocation: sourceLocation)
    #expect(run.errors == "", sourceLocation: sourceLocation)
    #expect(run.output == [], sourceLocation: sourceLocation)
    return try contents()
  }

  // MARK: - Formats

  @Test func `tells formats apart`() throws {
    let expected = ["1=hello world", "2=good day"]
    #expect(try multi(input: "id,a,b\n1,hello,world\n2,good,day\n") == expected)
    #expect(try multi(input: "\u{FEFF}id\ta\tb\n1\thello\tworld\r\n2\tgood\tday") == expected)
    #expect(
      try multi(input: #" [{"id":1,"a":"hello","b":"world"},{"id":"2","a":"good","b":"day"}]"#)
        == expected)
    #expect(
      try multi(
        input:
          "{\"id\":1,\"a\":\"hello\",\"b\":\"world\"}\n\n{\"id\":2,\"a\":\"good\",\"b\":\"day\"}\n")
        == expected)
    #expect(try multi(input: "{\"id\": 1,\n \"a\": \"hello world\"}") == ["1=hello world"])
    #expect(try multi(input: "{\"id\":1,\"a\":\"hello world\"}") == ["1=hello world"])
    #expect(try multi(input: "hello world\n\ngood day") == ["0=hello world", "1=", "2=good day"])
    #expect(try multi("--format", "lines", input: "a,b") == ["0=a,b"])
    #expect(try multi("--format", "nl", input: "{\"id\":1,\"a\":\"x\"}") == ["1=x"])
    #expect(try multi(input: " ") == ["0= "])
  }

  @Test func `reads quoted values, missing ones and blank lines as Python does`() throws {
    let table = "id,a,b\r\n\"1\",\"x \"\"y\"\"\n,z\",w\r\n\r\n2,only\r\n3,a\"b\"c,\"q\"r\n\"4\",,\n"
    #expect(
      try multi("--format", "csv", input: table) == [
        "1=x \"y\"\n,z w", "2=only ", "3=a\"b\"c qr", "4= ",
      ])
  }

  @Test func `takes numbers, flags, nulls and nested values of JSON for text`() throws {
    let rows = #"[{"id":1.50,"a":12,"b":true,"c":null,"d":[1,{"x":"é"}]}]"#
    #expect(try multi(input: rows) == [#"1.50=12 true  [1,{"x":"é"}]"#])
  }

  @Test func `names the line of a row that is refused, and keeps the batches before`() throws {
    try folder.write("id,a\n1,x\n2,y,z\n", to: "t.csv")
    let wide = try run("multi", "c", "t.csv", "--batch-size", "1")
    #expect(wide.status == 1)
    #expect(
      wide.errors
        == "embed: a row with more values than columns: expected 2, got 3 (t.csv, line 3)\n")
    #expect(try contents() == ["1=-"])
    let open = try run("multi", "d", input: .text("id,a\n1,\"x\n"))
    #expect(
      open.errors
        == "embed: a quoted value without an end: expected a closing quote (standard input, line 2)\n"
    )
    let none = try run("multi", "d", "--format", "jsonl", input: .text("{\"id\":null}\n"))
    #expect(
      none.errors
        == "embed: a row without an id: expected a value in its first column, got null (standard input, line 1)\n"
    )
    let number = try run("multi", "d", "--format", "json", input: .text("[7]"))
    #expect(
      number.errors
        == "embed: a record: expected an object, got the number 7 (standard input, object 1)\n")
    let broken = try run("multi", "d", "--format", "jsonl", input: .text("{\"id\":1}\n{\n"))
    #expect(broken.errors.contains("(standard input, line 2, column"))
  }

  @Test func `puts prefixes before ids and contents, and keeps columns as metadata`() throws {
    #expect(
      try multi(
        "--prefix", "p/", "--prepend", "search: ", "--metadata-columns", "n,m",
        input: #"[{"id":1,"n":[1.0],"a":"x","m":"é"}]"#) == ["p/1=search: x"])
    let found = try run("similar", "c", "--id", "p/1")
    #expect(found.output == [])
    try multiOne("c", "p/2", "search: x")
    #expect(
      try run("similar", "c", "--id", "p/2").text.replacing(Self.score, with: "S")
        == #"{"id": "p/1", "score": S, "content": "search: x", "metadata": {"n": [1.0], "m": "\u00e9"}}"#
        + "\n")
    let missing = try run("multi", "d", "--metadata-columns", "nope", input: .text("id,a\n1,x\n"))
    #expect(
      missing.errors
        == "embed: a row without a metadata column: expected \"nope\", got id, a (standard input, line 2)\n"
    )
  }

  private func multiOne(_ collection: String, _ id: String, _ text: String) throws {
    let run = try run("text", text, "--collection", collection, "--id", id)
    #expect(run.status == 0)
    #expect(run.errors == "")
    #expect(run.output == [])
  }

  // MARK: - Files and queries

  @Test func `embeds files, and follows what becomes of them`() throws {
    try folder.write("one\r\ntwo", to: "docs/a.md")
    try folder.write("caf\u{E9}", to: "docs/sub/deep/b.md")
    try folder.write([0x63, 0xE9], to: "docs/.c.md")
    try folder.write("no", to: "docs/d.txt")
    let files = [
      "multi", "c", "--files", "docs", "**/*.md", "--store", "--delete-missing", "--stats", "-m",
      "test:",
    ]
    func embed() throws -> String {
      try EmbedRun(arguments: files, environment: ["EMBED_DATABASE": database], folder: folder.path)
        .errors
    }
    #expect(try embed() == "embed: 3 embedded, 0 copied, 0 updated, 0 unchanged, 0 removed\n")
    #expect(try contents() == [".c.md=cé", "a.md=one\ntwo", "sub/deep/b.md=café"])
    try folder.write("three", to: "docs/a.md")
    try folder.remove("docs/.c.md")
    #expect(try embed() == "embed: 1 embedded, 0 copied, 0 updated, 1 unchanged, 1 removed\n")
    #expect(try contents() == ["a.md=three", "sub/deep/b.md=café"])
    let empty = try run("multi", "c", "--delete-missing")
    #expect(empty.status == 1)
    #expect(empty.errors.hasPrefix("embed: --delete-missing without any record: "))
    #expect(try contents().count == 2)
    let one = try run(
      "multi", "d", "--files", "docs", "s*/*/?.[a-m]d", "--files", "docs", "*.txt", "--store")
    #expect(one.status == 0)
    #expect(try contents("d") == ["d.txt=no", "sub/deep/b.md=café"])
    let undecodable = try run(
      "multi", "e", "--files", "docs", "*", "--encoding", "utf-8", input: .nothing)
    #expect(undecodable.status == 0)
    try folder.write([0xFF], to: "docs/x")
    let passed = try run("multi", "e", "--files", "docs", "*", "--encoding", "utf-8")
    #expect(passed.status == 0)
    #expect(passed.errors == "embed: passed over: docs/x: it is not utf-8\n")
    let binary = try run("multi", "f", "--files", "docs", "x", "--binary", "--store")
    #expect(binary.status == 0)
    #expect(try contents("f") == ["x=-"])
    let none = try run("multi", "f", "--files", "nowhere", "*")
    #expect(
      none.errors
        == "embed: cannot read files: expected a folder, got something else or nothing (nowhere)\n")
  }

  @Test func `embeds the rows of a query`() throws {
    try multiOne("c", "1", "first")
    let own = try run(
      "multi", "d", "--sql", "SELECT name || '!', model, id * 1.5, NULL FROM collections", "--store"
    )
    #expect(own.errors == "")
    #expect(try contents("d") == ["c!=test 1.5 "])
    let attached = try run(
      "multi", "d", "--attach", "x", database, "--sql",
      "SELECT 'x', name FROM x.collections WHERE id = 1", "--store",
      environment: ["EMBED_DATABASE": database])
    #expect(attached.errors == "")
    #expect(try contents("d") == ["c!=test 1.5 ", "x=c"])
    let refused = try run("multi", "d", "--sql", "DROP TABLE collections")
    #expect(refused.status == 1)
    #expect(refused.errors == "embed: --sql: expected a query, got another statement\n")
  }

  // MARK: - Similar

  @Test func `prints what llm prints`() throws {
    try folder.write(
      #"[{"id":"é","t":"two\nlines","k":"v"},{"id":"b","t":"other","k":"w"}]"#, to: "r.json")
    #expect(try run("multi", "c", "r.json", "--store", "--metadata-columns", "k").status == 0)
    let lines = try run("similar", "c", "q", "--prefix", "é").text
    #expect(
      lines.replacing(Self.score, with: "S")
        == #"{"id": "\u00e9", "score": S, "content": "two\nlines", "metadata": {"k": "v"}}"# + "\n")
    let plain = try run("similar", "c", "q", "--prefix", "é", "--plain").text
    #expect(
      plain.replacing(Self.score, with: "S")
        == "é (S)\n\n  two\n  lines\n  {\"k\": \"v\"}\n\n")
    #expect(try run("similar", "c", "x", "--where", "k=w").lines.count == 1)
    #expect(try run("similar", "c", "x", "--prefix", "b").lines.count == 1)
    #expect(try run("similar", "c", "x", "--min-score", "0.999").output == [])
    #expect(try run("similar", "c", "x", "--min-score=-1").lines.count == 2)
    #expect(try run("similar", "c", input: .text("x")).text == run("similar", "c", "x").text)
    #expect(try run("similar", "c", "--id", "b").lines.count == 1)
  }

  @Test func `finds the same in every way of searching`() throws {
    _ = try multi(input: (0..<200).map { "\($0)\ttext \($0)\n" }.joined())
    let exact = try run("similar", "c", "a question", "-n", "5")
    #expect(exact.lines.count == 5)
    #expect(
      try run("similar", "c", "a question", "-n", "5", "--search", "exact").lines == exact.lines)
    #expect(
      try run("similar", "c", "a question", "-n", "5", "--search", "int8").lines == exact.lines)
    // A hundred candidates of the 200.
    let binary = try run("similar", "c", "a question", "-n", "5", "--search", "binary")
    #expect(Set(binary.lines).intersection(exact.lines).count >= 3)
    #expect(try run("similar", "c", "x", "--search", "fast").status == 2)
  }

  @Test func `looks for each line of a file`() throws {
    _ = try multi(input: "id\tcontent\n1\thello\n2\tgood day\n3\tbye\n")
    let path = try folder.write("good day\nhello\n", to: "queries")
    let alone = try ["good day", "hello"].map { text in
      try run("similar", "c", text, "-n", "2").lines.map {
        "{\"query\": \"\(text)\", " + $0.dropFirst()
      }
    }
    for (file, input) in [(path, EmbedRun.Input.nothing), ("-", .text("good day\nhello\n"))] {
      let run = try run("similar", "c", "--queries", file, "-n", "2", input: input)
      #expect(run.errors == "")
      #expect(run.lines == alone[0] + alone[1])
    }
    let plain = try run("similar", "c", "--queries", path, "-n", "1", "-p")
    let heads = plain.lines.filter { $0.hasPrefix("# ") }
    #expect(heads == ["# good day", "# hello"])
    #expect(plain.lines.count { $0.hasSuffix(")") } == 2)
    #expect(try run("similar", "c", "--queries", folder.path("none")).status == 1)
    #expect(try run("similar", "c", "x", "--queries", path).status == 2)
    #expect(try run("similar", "c", "--id", "1", "--queries", path).status == 2)
  }

  @Test func `measures searches and what they miss`() throws {
    _ = try multi(input: (0..<300).map { "\($0)\ttext \($0)\n" }.joined())
    let text = try run("collections", "bench", "c", "--queries", "20", "--search", "int8")
    #expect(text.errors == "")
    for part in ["search           int8\n", "records          299\n", "one search       p50 "] {
      #expect(text.text.contains(part), "\(part)")
    }
    let json = try run("collections", "bench", "c", "--queries", "20", "-f", "json", "-n", "3")
    let report = try JSONParser.parse(json.output)
    #expect(report["recall"] == .number("1.0"))
    #expect(report["search"]?.stringValue == "exact")
    _ = try multi(input: "id\ta\n1\tonly\n")
    let few = try run("collections", "bench", "c")
    #expect(few.status == 1)
    #expect(few.errors.contains("nothing to measure"))
    #expect(try run("collections", "bench", "none").errors.contains("no such collection"))
    #expect(try run("collections", "bench", "c", "--queries", "0").status == 2)
  }

  @Test func `names what is not there`() throws {
    let missing = try run("similar", "c", "x")
    #expect(missing.status == 1)
    #expect(
      missing.errors
        == "embed: no database of embeddings: expected a file, got nothing (\(database))\n")
    try multiOne("c", "1", "a")
    let errors = [
      (["similar", "nope", "x"], "no such collection: got 'nope' (\(database))"),
      (["similar", "c", "--id", "nope"], "no such record: got \"nope\" (collection \"c\")"),
      (
        ["similar", "c", ""],
        "what is looked for: expected text in UTF-8, got nothing (standard input)"
      ),
      (["collections", "delete", "nope"], "no such collection: got \"nope\""),
      (["collections", "info", "nope"], "no such collection: got 'nope' (\(database))"),
      (["collections", "verify", "nope"], "no such collection: got \"nope\""),
      (
        ["text", "a", "b", "--collection", "c", "--id", "2", "-m", "test:"],
        "a record of a collection: expected one text, got several; use 'embed multi' for them"
      ),
      (
        ["multi", "c", "nowhere.csv", "-m", "test:"],
        "cannot open: No such file or directory (nowhere.csv)"
      ),
    ]
    for (arguments, message) in errors where arguments != ["similar", "c", ""] {
      let run = try EmbedRun(
        arguments: arguments, environment: ["EMBED_DATABASE": database], folder: folder.path)
      #expect(run.status == 1)
      #expect(run.errors == "embed: \(message)\n")
    }
  }

  @Test(arguments: [
    ["similar", "c", "x", "-n", "0"], ["similar", "c", "x", "--id", "1"],
    ["similar", "c", "x", "--where", "k"],
    ["multi"], ["multi", "c", "t", "--files", "a", "b"], ["multi", "c", "--files", "a"],
    ["multi", "c", "--binary"], ["multi", "c", "--sql", "SELECT 1", "t"],
    ["multi", "c", "--attach", "a", "b"],
    ["multi", "c", "--batch-size", "0"], ["multi", "c", "--format", "xml"],
    ["text", "a", "--collection", "c"], ["text", "a", "--id", "c"], ["text", "a", "--store"],
    ["text", "a", "--collection", "c", "--id", "1", "--role", "query"], ["collections", "delete"],
  ])
  func `refuses wrong usage`(arguments: [String]) throws {
    let run = try EmbedRun(
      arguments: arguments, environment: ["EMBED_DATABASE": database], folder: folder.path)
    #expect(run.status == 2)
    #expect(run.output == [])
    #expect(!FileManager.default.fileExists(atPath: database))
  }

  // MARK: - Records and recipes

  @Test func `keeps a text with its metadata, and prints its vector when asked`() async throws {
    let run = try run(
      "text", "a text", "--collection", "c", "--id", "1", "--store", "--metadata", #"{"k": [1]}"#,
      "-f", "json")
    #expect(run.errors == "")
    let vector = try await TestEmbedder().embed("a text", options: EmbedOptions(role: .document))
    #expect(try TestVectors.parse(run.lines[0]) == vector.vector)
    #expect(try contents() == ["1=a text"])
    let bad = try self.run("text", "a", "--collection", "c", "--id", "1", "--metadata", "[1]")
    #expect(bad.status == 1)
    #expect(bad.errors == "embed: metadata: expected a JSON object, got an array of 1\n")
  }

  @Test func `refuses another model, and migrates to it when asked`() throws {
    try folder.write("id,a\n1,x\n2,y\n", to: "t.csv")
    #expect(try run("multi", "c", "t.csv", "--store").status == 0)
    let other = try run("multi", "c", "t.csv", "-m", "test://?dimensions=3")
    #expect(other.status == 1)
    #expect(
      other.errors
        == "embed: vectors of another making than the collection's: expected dimensions 8, got 3 (collection \"c\")\n"
    )
    let migrated = try run(
      "multi", "c", "t.csv", "-m", "test://?dimensions=3", "--migrate", "--stats")
    #expect(migrated.errors == "embed: 0 embedded, 0 copied, 0 updated, 2 unchanged, 0 removed\n")
    let info = try run("collections", "info", "c")
    #expect(info.text.contains("dimensions     3\n"))
    #expect(info.text.contains("embedded with  test:"))
    #expect(try contents().count == 2)
  }

  @Test func `migrates to another model by the contents of the input`() throws {
    try folder.write("id,a\n1,x\n2,y\n", to: "t.csv")
    #expect(try run("multi", "c", "t.csv").status == 0)
    let other = ["multi", "c", "-m", "test://?dimensions=3", "--migrate", "--stats"]
    let piped = try EmbedRun(
      arguments: other, input: .text("id,a\n1,x\n2,y\n"),
      environment: ["EMBED_DATABASE": database], folder: folder.path)
    #expect(piped.status == 1)
    #expect(
      piped.errors.contains(
        "expected contents that are stored, or in an input that can be read twice"))
    let migrated = try EmbedRun(
      arguments: other + ["t.csv"], environment: ["EMBED_DATABASE": database], folder: folder.path)
    #expect(migrated.errors == "embed: 0 embedded, 0 copied, 0 updated, 2 unchanged, 0 removed\n")
    #expect(try run("collections", "info", "c").text.contains("dimensions     3\n"))
  }

  @Test func `refuses a model of the same name with other weights`() throws {
    for (name, place) in [("one", "a"), ("two", "b")] {
      var model = TinyModel.plain
      model.name = name
      try model.write(to: folder, named: "\(place)/model")
    }
    #expect(
      try run("multi", "c", "-m", "./a/model", "--store", input: .text("x,y\n1,x\n")).status == 0)
    let other = try run("multi", "c", "-m", "./b/model", input: .text("x,y\n1,x\n"))
    #expect(other.status == 1)
    #expect(
      other.errors.contains("another making than the collection's: expected weights \"xxh64:"))
    let info = try run("collections", "info", "c").text
    #expect(info.contains("\npooling         mean\nprompt          \nweights         xxh64:"))
    #expect(info.contains("\nmaximum tokens  48\n"))
    let migrated = try run(
      "multi", "c", "-m", "./b/model", "--migrate", input: .text("x,y\n1,x\n"))
    #expect(migrated.errors == "")
    #expect(try run("collections", "info", "c").text != info)
  }

  @Test func `asks no service that only the database names`() async throws {
    let store = try await CollectionStore.open(at: database)
    let collection = try await store.collection(
      "c", embedder: TestEmbedder(), address: "openai://evil.example/v1?model=m")
    try await collection.embed("a", id: "1")
    let run = try run("similar", "c", "x")
    #expect(run.status == 1)
    #expect(
      run.errors
        == "embed: a service is asked only when it is named: expected -m openai://evil.example/v1?model=m, "
        + "got no -m (collection 'c')\n")
    #expect(try self.run("similar", "c", "--id", "1").status == 0)
  }

  @Test func `keeps the batches before when there is no space left, and goes on from there`() throws
  {
    try folder.write((0..<500).map { "text \($0)\n" }.joined(), to: "t.txt")
    let command =
      "$EMBED multi c t.txt --batch-size 50 -m 'test://?dimensions=1024' --stats -d '\(database)'"
    // Writes beyond half a megabyte fail.
    let full = try EmbedRun(
      script: "trap '' XFSZ; ulimit -f 1000; \(command)", folder: folder.path)
    #expect(full.status == 1)
    #expect(full.errors == "embed: cannot use the database: disk I/O error (\(database))\n")
    #expect(try run("collections", "verify", "c").status == 0)
    let rest = try EmbedRun(script: command, folder: folder.path)
    let numbers = rest.errors.matches(of: /\d+/).compactMap { Int($0.output) }
    try #require(numbers.count == 5)
    #expect(numbers[0] + numbers[3] == 500)
    // Whole batches were kept; how many, the shell's unit decides.
    #expect((50...450).contains(numbers[3]) && numbers[3].isMultiple(of: 50))
  }

  // MARK: - Collections

  @Test func `lists, describes, checks and deletes collections`() throws {
    try multiOne("b", "1", "x")
    try multiOne("a\u{E9}", "1", "x")
    try multiOne("a\u{E9}", "2", "y")
    #expect(try run("collections").text == "aé: test\n  2 embeddings\nb: test\n  1 embedding\n")
    #expect(
      try run(
        "collections", "list", "--json", "-d", database, environment: ["EMBED_DATABASE": "nowhere"]
      ).text
        == """
        [
            {
                "name": "a\\u00e9",
                "model": "test",
                "num_embeddings": 2
            },
            {
                "name": "b",
                "model": "test",
                "num_embeddings": 1
            }
        ]

        """)
    #expect(
      try run("collections", "info", "b").text == """
        name           b
        model          test
        records        1
        embedded with  test:
        dimensions     8
        normalization  unit
        role           document

        """)
    #expect(try run("collections", "verify", "b").status == 0)
    #expect(try run("collections", "delete", "b").status == 0)
    #expect(try run("collections", "list").lines.count == 2)
  }

  @Test func `takes the database from the environment, ours before llm's`() throws {
    func path(_ environment: [String: String]) throws -> String {
      try EmbedRun("collections", "path", environment: environment).text
    }
    #expect(try path(["EMBED_DATABASE": "a", "LLM_EMBEDDINGS_DB": "b"]) == "a\n")
    #expect(try path(["LLM_EMBEDDINGS_DB": "b", "LLM_USER_PATH": "c"]) == "b\n")
    #expect(try path(["LLM_USER_PATH": "/c"]) == "/c/embeddings.db\n")
    #if os(Linux)
      #expect(try path(["XDG_CONFIG_HOME": "/x"]) == "/x/io.datasette.llm/embeddings.db\n")
    #endif
  }

  @Test func `takes the model from llm's settings`() throws {
    let environment = ["LLM_USER_PATH": folder.path("llm")]
    try folder.write("test://?dimensions=2\n", to: "llm/default_embedding_model.txt")
    let run = try EmbedRun(
      "multi", "c", input: .text("x"), environment: environment)
    #expect(run.errors == "")
    let info = try EmbedRun("collections", "info", "c", environment: environment).text
    #expect(info.contains("dimensions     2\n"))
    let variable = try EmbedRun(
      "multi", "d", input: .text("x"),
      environment: environment.merging(["LLM_EMBEDDING_MODEL": "test://?dimensions=5"]) { $1 })
    #expect(variable.status == 0)
    #expect(
      try EmbedRun("collections", "info", "d", environment: environment).text.contains(
        "dimensions     5\n"))
  }
}
