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

  // MARK: - Usage

  @Test(arguments: [
    ["duplicates"], ["duplicates", "c", "-n", "0"], ["duplicates", "c", "--min-score", "2"],
    ["duplicates", "c", "--min-score", "nan"],
  ])
  func `refuses wrong usage`(arguments: [String]) throws {
    let run = try run(arguments: arguments)
    #expect(run.status == 2)
    #expect(run.output == [])
    #expect(!FileManager.default.fileExists(atPath: database))
  }

  @Test(arguments: [["duplicates", "nope"]])
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
