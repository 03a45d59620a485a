import Embed
import EmbedTestSupport
import Foundation
import JSON
import Testing

/// `embed multi --chunk` and `embed similar --by-document`.
@Suite struct ChunkTests {
  private let folder: TemporaryFolder

  /// A paragraph of 12 tokens, and another one.
  private static let cats = "the cat sat. the cat sat on the mat.\n"
  private static let dogs = "the dog sat. the dog sat on the mat.\n"

  init() throws {
    folder = try TemporaryFolder()
    try TinyModel.plain.write(to: folder)
  }

  private func run(
    _ arguments: String..., input: EmbedRun.Input = .nothing, model: String? = nil
  ) throws -> EmbedRun {
    try EmbedRun(
      arguments: arguments + ["-m", model ?? folder.path("model")], input: input,
      environment: ["EMBED_DATABASE": folder.path("e.db")], folder: folder.path)
  }

  /// Fills the collection `c` and returns what was done.
  private func fill(_ arguments: String...) throws -> String {
    let run = try EmbedRun(
      arguments: ["multi", "c", "--store", "--stats", "-m", folder.path("model")] + arguments,
      environment: ["EMBED_DATABASE": folder.path("e.db")], folder: folder.path)
    #expect(run.status == 0)
    return String(run.errors.dropFirst("embed: ".count).dropLast())
  }

  /// The records as `id=content metadata`, in the order of their ids.
  private func records() throws -> [String] {
    try run("similar", "c", "cat", "-n", "1000").lines.map { line in
      let value = try JSONParser.parse(Array(line.utf8))
      var metadata = JSONWriter()
      metadata.write(value["metadata"] ?? .null)
      return
        "\(value["id"]?.stringValue ?? "?")=\(value["content"]?.stringValue ?? "-")\(metadata.text)"
    }.sorted()
  }

  @Test func `cuts files into passages whose places another program can find`() throws {
    try folder.write(Self.cats + "\n" + Self.dogs, to: "docs/sub/a.md")
    try folder.write("the cat", to: "docs/b.md")
    #expect(
      try fill("--files", "docs", "**/*.md", "--chunk", "14")
        == "3 embedded, 0 copied, 0 updated, 0 unchanged, 0 removed")
    let content = Array(try folder.read("docs/sub/a.md"))
    #expect(
      try records() == [
        #"b.md#0001=the cat{"document":"b.md","start":0,"end":7,"line":1}"#,
        "sub/a.md#0001=\(Self.cats)\n"
          + #"{"document":"sub/a.md","start":0,"end":38,"line":1}"#,
        "sub/a.md#0002=\(String(decoding: content[38...], as: UTF8.self))"
          + #"{"document":"sub/a.md","start":38,"end":75,"line":3}"#,
      ])
  }

  @Test func `shares sentences between passages when asked`() throws {
    try folder.write(Self.cats + Self.dogs, to: "docs/a.md")
    _ = try fill("--files", "docs", "*", "--chunk", "16:8")
    let starts = try records().map { $0.prefix { $0 != "{" } }
    #expect(
      starts == ["a.md#0001=\(Self.cats)", "a.md#0002=the cat sat on the mat.\nthe dog sat. "]
        + ["a.md#0003=the dog sat. the dog sat on the mat.\n"])
  }

  @Test func `takes the tokens that the model takes, and no more`() async throws {
    let limit = try await LocalTokenizer.load(folder.path("model")).maximumTokens
    try folder.write(String(repeating: "cat ", count: limit - 2), to: "docs/a")
    _ = try fill("--files", "docs", "*", "--chunk", "\(limit)")
    #expect(try records().count == 1)
    try folder.write(String(repeating: "cat ", count: limit - 1), to: "docs/a")
    _ = try fill("--files", "docs", "*", "--chunk", "\(limit)")
    #expect(try records().count == 2)
    let long = try run("multi", "c", "--files", "docs", "*", "--chunk", "\(limit + 1)")
    #expect(long.status == 2)
    #expect(
      long.errors
        == "embed: passages too long for the model: expected at most \(limit) tokens, got \(limit + 1)\n"
    )
  }

  @Test func `cuts contents of rows, with a prefix of ids and one of passages`() throws {
    try folder.write("id,a,k\n1,\"the cat sat on the mat\",v\n", to: "t.csv")
    _ = try fill(
      "t.csv", "--chunk", "7", "--prefix", "p/", "--prepend", "dog ", "--metadata-columns", "k")
    #expect(
      try records() == [
        #"p/1#0001=dog the cat sat on {"k":"v","document":"p/1","start":0,"end":15,"line":1}"#,
        #"p/1#0002=dog the mat{"k":"v","document":"p/1","start":15,"end":22,"line":1}"#,
      ])
  }

  @Test func `follows documents that change, and removes the passages of those that are gone`()
    throws
  {
    try folder.write(Self.cats + "\n" + Self.dogs, to: "docs/a")
    try folder.write("the mat\n", to: "docs/b")
    let arguments = ["--files", "docs", "*", "--chunk", "14"]
    func fill(_ more: String...) throws -> String {
      let all = ["multi", "c", "--store", "--stats", "-m", folder.path("model")] + arguments + more
      return try EmbedRun(
        arguments: all, environment: ["EMBED_DATABASE": folder.path("e.db")], folder: folder.path
      ).errors
    }
    #expect(try fill() == "embed: 3 embedded, 0 copied, 0 updated, 0 unchanged, 0 removed\n")
    #expect(
      try fill("--delete-missing")
        == "embed: 0 embedded, 0 copied, 0 updated, 3 unchanged, 0 removed\n")
    // Without --delete-missing, too.
    try folder.write(Self.dogs, to: "docs/a")
    #expect(try fill() == "embed: 0 embedded, 1 copied, 0 updated, 1 unchanged, 1 removed\n")
    // A file that cannot be read is not gone.
    try folder.write([0xFF], to: "docs/a")
    try folder.remove("docs/b")
    let unreadable = try fill("--delete-missing", "--encoding", "utf-8")
    #expect(
      unreadable.hasSuffix("embed: 0 embedded, 0 copied, 0 updated, 0 unchanged, 1 removed\n"))
    #expect(try records().map { $0.prefix(6) } == ["a#0001"])
    try folder.write("whole", to: "docs/a")
    let whole = try EmbedRun(
      arguments: ["multi", "c", "--files", "docs", "*", "--delete-missing", "--stats", "-m"]
        + [folder.path("model")], environment: ["EMBED_DATABASE": folder.path("e.db")],
      folder: folder.path)
    #expect(whole.errors == "embed: 1 embedded, 0 copied, 0 updated, 0 unchanged, 1 removed\n")
  }

  @Test func `finds the nearest passage of each document`() throws {
    try folder.write(Self.cats + "\n" + Self.cats + "\n" + Self.dogs, to: "docs/a")
    try folder.write("oil\n\n" + Self.dogs, to: "docs/b")
    _ = try fill("--files", "docs", "*", "--chunk", "14")
    let all = try run("similar", "c", Self.cats, "-n", "2", "--where", "document=a")
    #expect(all.lines.count == 2)
    let grouped = try run("similar", "c", Self.cats, "-n", "2", "--by-document")
    let documents = try grouped.lines.map { line in
      try JSONParser.parse(Array(line.utf8))["metadata"]?["document"]?.stringValue
    }
    #expect(documents == ["a", "b"])
    #expect(grouped.lines[0].contains("the cat sat"))
  }

  @Test func `cuts only for a model whose tokenizer is here`() throws {
    let run = try run("multi", "c", "--chunk", "20", input: .text("x"), model: "test:")
    #expect(run.status == 2)
    #expect(
      run.errors
        == "embed: --chunk not for this model: expected a local model, whose tokenizer is known, got test\n"
    )
  }

  @Test(arguments: [
    ["0"], ["-5"], ["x"], ["20:20"], ["20:-1"], ["20:"], [":2"], ["1:2:3"], ["20", "--binary"],
    ["20", "--metadata-columns", "k,line"], ["99999999999999999999"],
  ])
  func `refuses wrong usage`(arguments: [String]) throws {
    let source = arguments.contains("--binary") ? ["--files", "docs", "*"] : ["t.csv"]
    let run = try EmbedRun(
      arguments: ["multi", "c"] + source + ["--chunk=\(arguments[0])"] + arguments.dropFirst(),
      environment: ["EMBED_DATABASE": folder.path("e.db")], folder: folder.path)
    #expect(run.status == 2)
    #expect(run.errors.contains("\nUsage: embed multi"))
    #expect(!FileManager.default.fileExists(atPath: folder.path("e.db")))
  }
}
