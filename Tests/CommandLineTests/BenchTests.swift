import Embed
import EmbedTestSupport
import JSON
import Testing

/// `embed bench`: what a report says, not how quick the machine is.
@Suite struct BenchTests {
  private let folder: TemporaryFolder
  private let model: String

  init() throws {
    folder = try TemporaryFolder()
    try TinyModel.plain.write(to: folder)
    model = folder.path("model")
  }

  @Test func `reports throughput, latency, memory and stages to people`() throws {
    let run = try EmbedRun(
      "bench", "-m", model, "--rounds", "2", "--queries", "3", "--threads", "2", "a cat", "a")
    #expect(run.status == 0)
    #expect(run.errors == "")
    for part in [
      "\ntexts            2, 7 tokens\n", "\nthreads          2\n", "\none text         p50 ",
      "\ntokens a second  ", "\npeak memory      ", "\nmatrix products ", "\nproducts: ",
    ] {
      #expect(run.text.contains(part), "\(part)")
    }
  }

  @Test func `reports the same to programs`() throws {
    let path = try folder.write("a cat\na\n", to: "texts")
    let run = try EmbedRun(
      "bench", "-m", model, "-i", path, "--rounds", "2", "--queries", "20", "-f", "json")
    #expect(run.status == 0)
    let report = try JSONParser.parse(run.output)
    func number(_ value: JSONValue?) -> Double {
      if case .number(let text) = value { Double(text) ?? .nan } else { .nan }
    }
    #expect(number(report["texts"]) == 2)
    #expect(number(report["tokens"]) == 7)
    #expect(number(report["p50"]) > 0)
    #expect(number(report["p50"]) <= number(report["p90"]))
    #expect(number(report["p90"]) <= number(report["p99"]))
    #expect(number(report["peak_memory"]) > 1e6)
    guard case .object(let stages) = report["stages"] else {
      Issue.record("no stages")
      return
    }
    #expect(stages.map(\.key).contains("attention"))
    #expect(stages.allSatisfy { number($0.value) >= 0 })
  }

  @Test func `measures any embedder, without stages`() throws {
    let run = try EmbedRun("bench", "-m", "test://?dimensions=8", "--queries", "2", "a")
    #expect(run.status == 0)
    #expect(run.text.contains("\ntexts "))
    #expect(!run.text.contains("matrix products"))
  }

  @Test func `refuses an input without texts`() throws {
    let path = try folder.write("", to: "empty")
    let run = try EmbedRun("bench", "-m", model, "-i", path)
    #expect(run.status == 1)
    #expect(run.errors == "embed: nothing to measure: expected at least one text, got none\n")
  }
}
