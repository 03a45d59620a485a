import Crypto
import EmbedTestSupport
import Foundation
import JSON
import Testing

/// `embed duplicates`, `embed cluster` and `embed map`.
@Suite struct AnalysisTests {
  private let folder: TemporaryFolder
  private var database: String { folder.path("e.db") }

  init() throws { folder = try TemporaryFolder() }

  private func run(_ arguments: String...) throws -> EmbedRun { try run(arguments: arguments) }

  private func run(arguments: [String]) throws -> EmbedRun {
    try EmbedRun(
      arguments: arguments, environment: ["EMBED_DATABASE": database], folder: folder.path)
  }

  /// Makes the collection `c` of JSON lines, with `-m test:`, and the column `k` as metadata if they have it.
  private func fill(_ lines: String, _ options: String...) throws {
    let run = try EmbedRun(
      arguments: ["multi", "c", "--store", "-m", "test:", "--format", "jsonl"] + options,
      input: .text(lines), environment: ["EMBED_DATABASE": database], folder: folder.path)
    #expect(run.errors == "")
  }

  // MARK: - Duplicates

  @Test func `prints pairs of copies as JSON lines, or for people`() throws {
    try fill(
      #"{"id":"b","t":"two\nlines"}"# + "\n" + #"{"id":"é","t":"two\nlines"}"# + "\n"
        + #"{"id":"c","t":"other"}"# + "\n")
    let lines = try run("duplicates", "c")
    #expect(
      lines.text
        == #"{"score": 1.0, "a": {"id": "b", "content": "two\nlines"}, "b": {"id": "\u00e9", "content": "two\nlines"}}"#
        + "\n")
    #expect(lines.errors == "")
    #expect(
      try run("duplicates", "c", "--plain").text
        == "1.0\n  b\n    two\n    lines\n  é\n    two\n    lines\n\n")
    #expect(try run("duplicates", "c", "--min-score=-1").lines.count == 3)
    #expect(try run("duplicates", "c", "--min-score=-1", "--prefix", "b").output == [])
  }

  @Test func `tells of pairs beyond the number that is asked for`() throws {
    try fill((0..<5).map { #"{"id":\#($0),"t":"same"}"# + "\n" }.joined())
    let some = try run("duplicates", "c", "-n", "9")
    #expect(some.lines.count == 9)
    #expect(
      some.errors == "embed: more pairs qualify than the 9 nearest, which are listed; see -n\n")
    let all = try run("duplicates", "c", "-n", "10")
    #expect(all.lines.count == 10)
    #expect(all.errors == "")
  }

  // MARK: - Clusters

  /// The metadata of the records, by their ids.
  private func metadata() throws -> [String: JSONValue] {
    let pairs = try run("similar", "c", "x", "-n", "1000").lines.map { line in
      let value = try JSONParser.parse(Array(line.utf8))
      return (value["id"]?.stringValue ?? "?", value["metadata"] ?? .null)
    }
    return Dictionary(pairs) { $1 }
  }

  @Test func `writes clusters to metadata, and prints them`() throws {
    let lines = ["a", "b", "a", "a", "b", "c"].enumerated().map { number, text in
      #"{"id":\#(number),"t":"\#(text)","k":"v"}"# + "\n"
    }
    try fill(lines.joined(), "--metadata-columns", "k")
    let clusters = try run("cluster", "c", "-k", "3")
    #expect(clusters.errors == "")
    #expect(
      clusters.lines == [
        #"{"cluster": 0, "size": 3, "cohesion": 1.0, "nearest": [{"id": "0", "content": "a"}, {"id": "2", "content": "a"}, {"id": "3", "content": "a"}]}"#,
        #"{"cluster": 1, "size": 2, "cohesion": 1.0, "nearest": [{"id": "1", "content": "b"}, {"id": "4", "content": "b"}]}"#,
        #"{"cluster": 2, "size": 1, "cohesion": 1.0, "nearest": [{"id": "5", "content": "c"}]}"#,
      ])
    let metadata = try metadata()
    #expect(metadata["4"] == .object([("k", .string("v")), ("cluster", .number("1"))]))
    #expect(try run("similar", "c", "x", "--where", "cluster=0").lines.count == 3)
    let plain = try run("cluster", "c", "-k", "1", "--key", "all", "--seed", "5", "--plain")
    #expect(plain.lines.first?.hasPrefix("0: 6 records, cohesion 0.") == true)
    #expect(plain.lines.count == 8)
    // A later load without metadata keeps them.
    try fill(#"{"id":5,"t":"c"}"#)
    #expect(
      try self.metadata()["5"]
        == .object([("k", .string("v")), ("cluster", .number("2")), ("all", .number("0"))]))
  }

  @Test func `refuses more clusters than there are different vectors`() throws {
    try fill(["a", "b", "a"].enumerated().map { #"{"id":\#($0),"t":"\#($1)"}"# + "\n" }.joined())
    for (count, most) in [(3, 2), (4, 3)] {
      let run = try run("cluster", "c", "-k", "\(count)")
      #expect(run.status == 1)
      #expect(run.output == [])
      #expect(
        run.errors
          == "embed: more clusters than different vectors: expected at most \(most), got \(count) (collection \"c\")\n"
      )
    }
    #expect(try metadata()["0"] == .null)
  }

  // MARK: - Maps

  /// The data of a page, and the page without them.
  private func page(_ name: String) throws -> (data: JSONValue, frame: String) {
    let html = try String(decoding: folder.read(name), as: UTF8.self)
    let start = try #require(html.range(of: #"<script type="application/json" id="data">"#))
    let end = try #require(html.range(of: "</script>", range: start.upperBound..<html.endIndex))
    let data = html[start.upperBound..<end.lowerBound]
    let frame = html[..<start.upperBound] + html[end.lowerBound...]
    return (try JSONParser.parse(Array(data.utf8)), String(frame))
  }

  @Test func `writes a page that stands alone, with the records in it`() throws {
    try fill(
      #"{"id":"a","t":"first","k":"v"}"# + "\n" + #"{"id":"b","t":"second","k":[1,2]}"# + "\n",
      "--metadata-columns", "k")
    let run = try run("map", "c", "-o", "map.html", "--label", "k", "--layout", "pca")
    #expect(run.status == 0)
    #expect(run.errors == "")
    let (data, frame) = try page("map.html")
    #expect(data["title"] == .string("c"))
    #expect(data["layout"] == .string("pca"))
    #expect(data["color"] == .string("cluster"))
    #expect(data["label"] == .string("k"))
    guard case .array(let records)? = data["records"] else {
      Issue.record("no records")
      return
    }
    let ends = records.compactMap { record -> [JSONValue]? in
      if case .array(let parts) = record { Array(parts.dropFirst(2)) } else { nil }
    }
    #expect(
      ends == [
        [.string("a"), .string("first"), .array([.array([.string("k"), .string("v")])])],
        [.string("b"), .string("second"), .array([.array([.string("k"), .string("[1,2]")])])],
      ])
    // Nothing is loaded from anywhere, and only the page's own script and style count.
    #expect(!frame.contains("http:") && !frame.contains("https:") && !frame.contains("@import"))
    #expect(frame.contains("default-src 'none'; script-src 'sha256-"))
    #expect(!frame.contains("unsafe"))
    let page = String(decoding: try folder.read("map.html"), as: UTF8.self)
    for (policy, element) in [("script-src", "script"), ("style-src", "style")] {
      let start = try #require(page.range(of: "<\(element)>"))
      let end = try #require(
        page.range(of: "</\(element)>", range: start.upperBound..<page.endIndex))
      let hash = SHA256.hash(data: Data(page[start.upperBound..<end.lowerBound].utf8))
      #expect(page.contains("\(policy) 'sha256-\(Data(hash).base64EncodedString())'"))
    }
    #expect(
      try self.run("map", "c", "--layout", "pca", "--label", "k").output == folder.read("map.html"))
  }

  @Test func `shows the names that were asked for among many`() throws {
    let names = (0..<60).map { "n\($0)" }
    let members = names.map { "\"\($0)\":\"v\"" }.joined(separator: ",")
    try fill(
      "{\"id\":\"a\",\"t\":\"x\",\(members)}\n", "--metadata-columns", names.joined(separator: ","))
    #expect(try run("map", "c", "-o", "m.html", "--color", "n58", "--label", "n59").status == 0)
    let text = String(decoding: try folder.read("m.html"), as: UTF8.self)
    #expect(text.contains(#"["n58","v"],["n59","v"],["n0","v"]"#))
    #expect(!text.contains(#"["n57","v"]"#))
  }

  @Test func `replaces no metadata but numbers of clusters`() throws {
    try fill(
      #"{"id":"a","t":"x","place":"Oslo","n":1}"# + "\n"
        + #"{"id":"b","t":"y","place":"Bergen","n":2}"#
        + "\n", "--metadata-columns", "place,n")
    let refused = try run("cluster", "c", "-k", "2", "--key", "place")
    #expect(refused.status == 1)
    #expect(
      refused.errors.hasPrefix(
        "embed: metadata that a cluster's number would replace: expected none of the name \"place\""
      ))
    let found = try run("similar", "c", "x")
    #expect(found.text.contains("Oslo") && found.text.contains("Bergen"))
    #expect(try run("cluster", "c", "-k", "2", "--key", "n").status == 0)
    #expect(try run("cluster", "c", "-k", "2", "--key", "start").status == 2)
  }

  @Test func `lets no record get out of its place in the page`() throws {
    let hostile = [
      "</script><script>alert(1)</script>", "<!--<script>", "]]>&lt;", "\u{2028}\u{2029}\u{A8}é",
      "\"><img src=x onerror=alert(1)>", "__proto__",
      "a" + String(repeating: "\u{301}", count: 900),
    ]
    var lines = JSONWriter()
    for text in hostile {
      lines.write(.object([("id", .string(text)), ("t", .string(text)), ("k", .string(text))]))
      lines.writeRaw("\n")
    }
    let name = "</title><script>alert(1)</script>"
    let filled = try EmbedRun(
      arguments: ["multi", name, "--store", "-m", "test:", "--format", "jsonl"]
        + ["--metadata-columns", "k"], input: .pipe(lines.bytes),
      environment: ["EMBED_DATABASE": database], folder: folder.path)
    #expect(filled.errors == "")
    #expect(try run("map", name, "-o", "map.html", "--color", "k").errors == "")
    let html = try folder.read("map.html")
    let text = String(decoding: html, as: UTF8.self)
    #expect(!text.contains("alert(1)<"))
    #expect(!text.contains("<img"))
    #expect(!text.contains("<!--"))
    #expect(text.components(separatedBy: "<script").count == 3)
    #expect(!text.unicodeScalars.contains { $0 == "\u{2028}" || $0 == "\u{2029}" })
    let (data, _) = try page("map.html")
    guard case .array(let records)? = data["records"] else {
      Issue.record("no records")
      return
    }
    let ids = records.compactMap { record -> String? in
      if case .array(let parts) = record { parts[2].stringValue } else { nil }
    }
    #expect(data["title"] == .string(name))
    #expect(Set(ids).isSuperset(of: hostile.dropLast()))
    #expect(ids.contains { $0.unicodeScalars.count == 201 && $0.hasSuffix("…") })
  }

  @Test func `draws nothing on a terminal, and keeps the page that is there when it fails`() throws
  {
    try fill(#"{"id":1,"t":"x","k":"v"}"#, "--metadata-columns", "k")
    try folder.write("old", to: "map.html")
    let unknown = try run("map", "c", "-o", "map.html", "--color", "nope")
    #expect(unknown.status == 1)
    #expect(
      unknown.errors
        == "embed: no record has this in its metadata: expected k, got 'nope' (collection 'c')\n")
    #expect(try folder.read("map.html") == Array("old".utf8))
    let terminal = try PseudoTerminal()
    let process = try EmbedProcess(
      arguments: ["map", "c"], environment: ["EMBED_DATABASE": database], input: .nothing,
      output: terminal.path)
    #expect(process.wait() == 2)
    #expect(terminal.written() == "")
  }

  // MARK: - Usage

  @Test(arguments: [
    ["duplicates"], ["duplicates", "c", "-n", "0"], ["duplicates", "c", "--min-score", "2"],
    ["duplicates", "c", "--min-score", "nan"], ["cluster", "c"], ["cluster", "c", "-k", "0"],
    ["cluster", "c", "-k", "2", "--key", ""], ["cluster", "c", "-k", "2", "--seed", "-1"],
    ["map"], ["map", "c", "-o", ""], ["map", "c", "--layout", "tsne", "-o", "m.html"],
  ])
  func `refuses wrong usage`(arguments: [String]) throws {
    let run = try run(arguments: arguments)
    #expect(run.status == 2)
    #expect(run.output == [])
    #expect(!FileManager.default.fileExists(atPath: database))
  }

  @Test(arguments: [
    ["duplicates", "nope"], ["cluster", "nope", "-k", "1"], ["map", "nope", "-o", "map.html"],
  ])
  func `names what is not there`(arguments: [String]) throws {
    let missing = try run(arguments: arguments)
    #expect(missing.status == 1)
    #expect(
      missing.errors
        == "embed: no database of embeddings: expected a file, got nothing (\(database))\n")
    #expect(!FileManager.default.fileExists(atPath: database))
    try fill(#"{"id":1,"t":"x"}"#)
    let nope = try run(arguments: arguments)
    #expect(nope.status == 1)
    #expect(nope.errors == "embed: no such collection: got \"nope\"\n")
  }
}
