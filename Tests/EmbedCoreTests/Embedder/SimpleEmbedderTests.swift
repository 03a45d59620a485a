import EmbedCore
import EmbedTesting
import Testing

@Suite struct SimpleEmbedderTests {
  @Test func `null and test embedders keep the protocol's requirements`() async {
    #expect(await EmbedderConformance(NullEmbedder()).violations() == [])
    #expect(await EmbedderConformance(TestEmbedder(dimensions: 8)).violations() == [])
  }

  @Test func `the conformance check finds what is wrong`() async {
    let violations = await EmbedderConformance(BadEmbedder()).violations()
    for rule in [
      "one each", "alone", "lengths", "dimensions", "wrong dimensions", "images", "cancellation",
    ] {
      #expect(violations.contains { $0.hasPrefix(rule) }, "\(rule)")
    }
  }

  @Test func `test vectors are the same in every run`() async throws {
    let embedding = try await TestEmbedder(dimensions: 3).embed("A cat sat.")
    #expect(embedding.vector == [0.42394713, 0.8566174, -0.2940672])
    #expect(embedding.tokenCount == 3)
  }

  @Test func `roles, contents and kinds of input change test vectors`() async throws {
    let embedder = TestEmbedder()
    let inputs: [EmbeddingInput] = [.text("a"), .text("b"), .tokens([97]), .image([97, 98])]
    var seen = Set(try await embedder.embed(inputs, options: EmbedOptions()).map(\.vector))
    seen.insert(try await embedder.embed("a", options: EmbedOptions(role: .query)).vector)
    #expect(seen.count == 5)
  }

  /// Returns what no embedder may.
  private struct BadEmbedder: Embedder {
    let info = EmbedderInfo(
      modelID: "bad", dimensions: 3, maximumTokens: nil, preferredBatchSize: 1)

    func embed(_ inputs: [EmbeddingInput], options: EmbedOptions) async throws -> [Embedding] {
      inputs.indices.map { Embedding([Float($0), .nan]) }.dropLast(inputs.count > 1 ? 1 : 0)
    }
  }
}
