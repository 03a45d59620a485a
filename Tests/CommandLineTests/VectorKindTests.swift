import Embed
import EmbedTestSupport
import Foundation
import JSON
import Testing

/// `embed text --sparse` and `--tokens`.
@Suite struct VectorKindTests {
  private let splade = PackageFolder.path("Tests/Reference/sparse/bert-max")
  private let bert = PackageFolder.path("Tests/Reference/families/bert-tokens")

  @Test func `writes sparse weights as vector databases take them`() async throws {
    let texts = ["Receipts are kept.", ""]
    let run = try EmbedRun(arguments: ["text", "--sparse", "-m", splade] + texts)
    #expect(run.status == 0)
    #expect(run.errors == "")
    let embeddings = try await SparseEncoder.load(ModelFolder(path: splade)).embed(texts)
    let expected = embeddings.map { embedding in
      let indices = embedding.indices.map { "\($0)" }.joined(separator: ",")
      let values = embedding.values.map { "\($0)" }.joined(separator: ",")
      return "{\"indices\":[\(indices)],\"values\":[\(values)]}"
    }
    #expect(run.lines == expected)
    let records = try EmbedRun(
      "text", "--sparse", "-m", splade, "--jsonl", "--keep", "n", "--stats",
      input: .text(#"{"id":7,"text":"Receipts are kept.","n":1}"#))
    let tokens = embeddings[0].tokenCount
    #expect(
      records.text
        == "{\"id\":7,\"n\":1,\"embedding\":\(expected[0]),\"tokens\":\(tokens),\"truncated\":false}\n"
    )
  }

  @Test func `writes a vector for each token`() async throws {
    let run = try EmbedRun("text", "--tokens", "-m", bert, "A cat sat.")
    #expect(run.status == 0)
    let embedder = try await LocalEmbedder.load(ModelFolder(path: bert))
    let tokens = try await embedder.tokenEmbeddings(of: ["A cat sat."])[0]
    guard case .array(let rows) = try JSONParser.parse(run.output) else {
      Issue.record("no array")
      return
    }
    #expect(rows.map { TestVectors.floats($0) } == tokens.vectors)
    #expect(tokens.vectors.count > 3)
  }

  @Test func `writes what is before a text that is refused`() throws {
    let run = try EmbedRun(
      "text", "--tokens", "-m", bert, "--on-long", "error",
      input: .text("a\n" + String(repeating: "many words ", count: 400) + "\nb\n"))
    #expect(run.status == 1)
    #expect(run.lines.count == 1)
    #expect(run.errors.contains("standard input, line 2"))
  }

  @Test func `refuses models that give no such vectors`() throws {
    let run = try EmbedRun("text", "--sparse", "-m", bert, "a")
    #expect(run.status == 1)
    #expect(run.errors.contains("expected a model of sparse embeddings"))
    let show = try EmbedRun("models", "show", splade)
    #expect(show.text.contains("sparse-embedding"))
    #expect(show.text.contains("SPLADE, maximum"))
  }

  @Test(arguments: [
    ["--sparse", "--tokens", "a"],
    ["--sparse", "-f", "npy", "-o", "f", "a"],
    ["--tokens", "-f", "base64", "a"],
    ["--tokens", "--dimensions", "3", "a"],
    ["--sparse", "--output-type", "binary", "a"],
    ["--sparse", "--collection", "c", "--id", "1", "a"],
    ["--sparse", "-m", "test:", "a"],
  ])
  func `refuses what does not go together`(arguments: [String]) throws {
    let run = try EmbedRun(arguments: ["text"] + arguments)
    #expect(run.status == 2)
    #expect(run.output == [])
  }
}
