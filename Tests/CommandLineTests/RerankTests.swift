import Embed
import EmbedTestSupport
import Foundation
import JSON
import Testing

/// `embed rerank`: the best answers, by a cross-encoder.
@Suite struct RerankTests {
  private let folder: TemporaryFolder
  private let model = PackageFolder.path("Tests/Reference/rerankers/mpnet")
  private let query = "How long are receipts kept?"
  private let texts = [
    "Receipts are kept for seven years.", "", "A cat sat on the mat.", "Stocks fell.",
  ]

  init() throws {
    folder = try TemporaryFolder()
    try folder.write(texts.joined(separator: "\n"), to: "texts")
  }

  private func ranking(_ options: RerankOptions = RerankOptions()) async throws -> [RankedDocument]
  {
    try await CrossEncoder.load(ModelFolder(path: model))
      .rank(query: query, documents: texts, options: options)
  }

  @Test func `prints the best first, with score, number and text`() async throws {
    let run = try EmbedRun("rerank", query, "-m", model, "-n", "3", "-i", folder.path("texts"))
    #expect(run.status == 0)
    #expect(run.errors == "")
    let expected = try await ranking().prefix(3).map {
      "\(String(format: "%.4f", $0.score.value))\t\($0.index)\t\(texts[$0.index])"
    }
    #expect(run.lines == expected)
  }

  @Test func `ranks records in JSON lines, for several queries, in raw scores`() async throws {
    let records = texts.enumerated().map { #"{"id":"r\#($0)","text":"\#($1)"}"# }
    try folder.write(records.joined(separator: "\n"), to: "records")
    let run = try EmbedRun(
      "rerank", "another", query, "--jsonl", "--raw", "-f", "jsonl",
      input: .file(folder.path("records")), environment: ["EMBED_RERANKER": model])
    #expect(run.status == 0)
    let hits = try run.lines.map { try JSONParser.parse(Array($0.utf8)) }
    #expect(hits.prefix(4).allSatisfy { $0["query"] == .string("another") })
    let expected = try await ranking(RerankOptions(scale: .raw))
    for (hit, place) in zip(hits.dropFirst(4), expected) {
      #expect(hit["query"] == .string(query))
      #expect(hit["id"] == .string("r\(place.index)"))
      #expect(hit["score"] == .number("\(place.score.value)"))
      #expect(hit["text"] == .string(texts[place.index]))
    }
    #expect(hits.count == 8)
  }

  @Test func `names the record that is too long, when asked`() throws {
    try folder.write("short\n" + String(repeating: "many words ", count: 400), to: "long")
    let run = try EmbedRun(
      "rerank", query, "-m", model, "--on-long", "error", "-i", folder.path("long"))
    #expect(run.status == 1)
    #expect(run.output == [])
    #expect(run.errors.hasPrefix("embed: text too long: expected at most"))
    #expect(run.errors.contains("line 2"))
  }

  @Test func `tells what a re-ranker is, and refuses what is none`() throws {
    let show = try EmbedRun("models", "show", model)
    #expect(show.status == 0)
    let rows = show.lines.map { $0.split(separator: /[ ]{2,}/).map(String.init) }
    #expect(rows.contains(["task", "reranking"]))
    #expect(rows.contains(["labels", "\"LABEL_0\""]))
    #expect(rows.contains(["scores", "sigmoid"]))
    let embeds = try EmbedRun("text", "-m", model, "a")
    #expect(embeds.status == 1)
    #expect(embeds.errors.contains("expected a model of embeddings, got a re-ranker"))
    try TinyModel.plain.write(to: folder, named: "plain")
    let plain = try EmbedRun(
      "rerank", query, "-m", folder.path("plain"), "-i", folder.path("texts"))
    #expect(plain.status == 1)
    #expect(plain.errors.contains("expected a re-ranker, got a model of embeddings"))
  }

  @Test(arguments: [
    ["rerank"],
    ["rerank", "a"],
    ["rerank", "a", "-m", "m", "-n", "0"],
    ["rerank", "a", "-m", "ollama:m"],
    ["rerank", "a", "-m", "m", "--dimensions", "3"],
  ])
  func `refuses wrong usage with status 2`(arguments: [String]) throws {
    let run = try EmbedRun(arguments: arguments)
    #expect(run.status == 2)
    #expect(run.output == [])
    #expect(run.errors.hasPrefix("embed: "))
  }
}
