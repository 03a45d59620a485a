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

  // MARK: - Usage

  @Test(arguments: [
    ["duplicates"], ["duplicates", "c", "-n", "0"], ["duplicates", "c", "--min-score", "2"],
    ["duplicates", "c", "--min-score", "nan"], ["cluster", "c"], ["cluster", "c", "-k", "0"],
    ["cluster", "c", "-k", "2", "--key", ""], ["cluster", "c", "-k", "2", "--seed", "-1"],
  ])
  func `refuses wrong usage`(arguments: [String]) throws {
    let run = try run(arguments: arguments)
    #expect(run.status == 2)
    #expect(run.output == [])
    #expect(!FileManager.default.fileExists(atPath: database))
  }

  @Test(arguments: [["duplicates", "nope"], ["cluster", "nope", "-k", "1"]])
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
