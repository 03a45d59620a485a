import Embed
import EmbedTestSupport
import Foundation
import JSON
import Testing

/// The program with a service instead of a model.
@Suite struct BackendsTests {
  /// Every service, in a process of its own.
  private final class StandIn {
    let port: String
    private let process: EmbedProcess
    private let folder: TemporaryFolder

    init() throws {
      folder = try TemporaryFolder()
      let program = URL(fileURLWithPath: EmbedProcess.path).deletingLastPathComponent()
      process = try EmbedProcess(
        program: program.appending(path: "StandIn").path, arguments: [folder.path("record")])
      port = process.readLine()
    }

    deinit { process.send(signal: SIGKILL) }

    /// The bodies of the requests so far.
    func bodies() throws -> [String] {
      try String(decoding: folder.read("record"), as: UTF8.self).split(separator: "\n").compactMap {
        try JSONParser.parse(Array($0.utf8))["body"]?.stringValue
      }
    }
  }

  private let environment = ["KEY": "sk-stand-in", "OPENAI_API_KEY": "sk-another"]

  @Test func `embeds with a service as with a model`() throws {
    let standIn = try StandIn()
    let address = "openai://127.0.0.1:\(standIn.port)?model=m&key-env=KEY"
    let run = try EmbedRun(
      "text", "-m", address, "a", "b", "--dimensions", "4", environment: environment)
    #expect(run.errors == "")
    #expect(run.status == 0)
    let expected = try EmbedRun("text", "-m", "test:", "a", "b", "--dimensions", "4")
    #expect(run.lines.count == 2)
    for (own, other) in zip(run.lines, expected.lines) {
      let pairs = zip(try TestVectors.parse(own), try TestVectors.parse(other))
      #expect(pairs.allSatisfy { abs($0 - $1) < 1e-6 })
    }
    #expect(
      try standIn.bodies()
        == [#"{"model":"m","input":["a","b"],"dimensions":4,"encoding_format":"base64"}"#])
  }

  @Test func `searches with the role of each side`() throws {
    let standIn = try StandIn()
    let address = "cohere://127.0.0.1:\(standIn.port)?model=m&key-env=KEY"
    let run = try EmbedRun(
      "search", "-m", address, "b", "-i", "-", "-n", "1", input: .text("a\nb\n"),
      environment: environment)
    #expect(run.text.hasPrefix("1.0000\t1\tb"))
    let bodies = try standIn.bodies()
    #expect(bodies.contains { $0.contains("search_query") })
    #expect(bodies.contains { $0.contains("search_document") })
  }

  @Test func `names the line that a service refuses`() throws {
    let standIn = try StandIn()
    let address = "openai://127.0.0.1:\(standIn.port)?model=m&key-env=KEY"
    let run = try EmbedRun(
      "text", "-m", address, "-i", "-", "--jsonl",
      input: .text("{\"text\":\"a\"}\n{\"text\":\"\"}\n{\"text\":\"c\"}\n"),
      environment: environment)
    #expect(run.status == 1)
    #expect(run.lines.count == 1)
    #expect(run.errors.contains("line 2"))
    #expect(run.errors.contains("'$.input' is invalid"))
  }

  @Test func `checks a backend with one call`() throws {
    let standIn = try StandIn()
    let run = try EmbedRun(
      "backends", "check", "ollama://127.0.0.1:\(standIn.port)?model=nomic-embed-text")
    #expect(run.status == 0)
    let rows = Dictionary(
      uniqueKeysWithValues: run.lines.map { line in
        let cells = line.split(separator: /[ ]{2,}/).map(String.init)
        return (cells[0], cells[1])
      })
    #expect(rows["model"] == "nomic-embed-text")
    #expect(rows["dimensions"] == "8")
    #expect(rows["length"] == "1.000000, unit")
    #expect(rows["latency"]?.hasSuffix(" ms") == true)
    #expect(try standIn.bodies().count == 1)
  }

  @Test func `says that a backend is not there`() throws {
    // Nothing listens on the port of a stand-in that is gone.
    let port = try { try StandIn().port }()
    let run = try EmbedRun("backends", "check", "tei://127.0.0.1:\(port)")
    #expect(run.status == 1)
    #expect(run.errors.contains("tei gave no answer: got connection refused"))
  }

  @Test func `lists schemes, and whether keys are set, but no key`() throws {
    let run = try EmbedRun("backends", environment: environment)
    #expect(run.status == 0)
    #expect(run.text.contains("$OPENAI_API_KEY set"))
    #expect(run.text.contains("$VOYAGE_API_KEY not set"))
    #expect(!run.text.contains("sk-another"))
    let json = try EmbedRun("backends", "list", "-f", "json", environment: environment)
    guard case .array(let services) = try JSONParser.parse(json.output) else {
      Issue.record("no array")
      return
    }
    #expect(services.count == 15)
    #expect(!json.text.contains("sk-another"))
    let openAI = services.first { $0["scheme"]?.stringValue == "openai" }
    #expect(openAI?["key_set"] == .bool(true))
  }

  @Test func `falls back to the next address`() throws {
    let port = try { try StandIn().port }()
    let address = "first:ollama://127.0.0.1:\(port)?model=test,test:"
    let run = try EmbedRun("text", "-m", address, "a")
    #expect(run.errors == "")
    #expect(run.text == (try EmbedRun("text", "-m", "test:", "a").text))
  }

  @Test func `options of the local runtime are not a service's`() throws {
    let run = try EmbedRun("text", "-m", "ollama:m", "--threads", "2", "a")
    #expect(run.status == 2)
    #expect(
      run.errors == "embed: --threads not for this model: expected a local model, got ollama:\n")
  }
}
