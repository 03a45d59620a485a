import EmbedTestSupport
import KernelDispatch
import Kernels
import Testing
import Transformer

@testable import Embed

/// Small random cross-encoders of every family against `CrossEncoder` of sentence-transformers.
@Suite struct RerankerTests {
  static let names = [
    "bert", "bert-three-labels", "distilbert", "modernbert-cls", "modernbert-mean", "mpnet",
    "roberta", "roberta-saved", "xlm-roberta",
  ]

  private func encoder(_ reference: ReferencePairs, threads: Int = 2) async throws -> CrossEncoder {
    try await CrossEncoder.load(
      ModelFolder(path: reference.path), configuration: .init(threads: threads))
  }

  @Test(arguments: names, KernelSet.available)
  func `logits of token ids are the reference's on every engine and instruction set`(
    name: String, kernels: KernelSet
  ) throws {
    let reference = try ReferencePairs(name)
    let folder = try ModelFolder(path: reference.path)
    for engine in [LocalEmbedder.Engine.openblas, .simd] {
      let model = try EngineSelection(engine, .f32, kernels: kernels).load(folder, for: .reranking)
      var workspace = model.makeWorkspace()
      var batch = TokenBatch()
      for (ids, types) in zip(reference.ids, reference.typeIDs) {
        batch.append(ids, typeIDs: types)
      }
      let logits = model.logits(batch, &workspace)
      for (expected, logits) in zip(reference.logits, logits) {
        #expect(largestDifference(expected, logits) < 1e-5, "\(engine)")
      }
      #expect(logits.count == reference.logits.count)
    }
  }

  @Test(arguments: names)
  func `scores of texts are the reference's, with the model's function and without`(
    name: String
  ) async throws {
    let reference = try ReferencePairs(name)
    let encoder = try await encoder(reference)
    let scores = try await encoder.scores(of: reference.pairs)
    let raw = try await encoder.scores(of: reference.pairs, options: RerankOptions(scale: .raw))
    for index in reference.pairs.indices {
      #expect(largestDifference(reference.scores[index], scores[index]) < 1e-5)
      #expect(largestDifference(reference.logits[index], raw[index]) < 1e-5)
    }
    #expect(scores.count == reference.pairs.count && encoder.labels.count == scores[0].count)
  }

  @Test func `a pair alone has the score that it has among others`() async throws {
    let reference = try ReferencePairs("bert")
    let encoder = try await encoder(reference)
    let together = try await encoder.scores(of: reference.pairs)
    for (pair, scores) in zip(reference.pairs, together) {
      let alone = try await encoder.scores(of: [pair])
      #expect(largestDifference(alone[0], scores) <= 1e-6)
    }
  }

  @Test func `documents are ranked, the best first, and tell their tokens`() async throws {
    let reference = try ReferencePairs("bert")
    let encoder = try await encoder(reference)
    let documents = reference.pairs.map(\.second)
    let query = "How long are receipts kept?"
    let scores = try await encoder.scores(
      query: query, documents: documents, options: RerankOptions())
    let ranking = try await encoder.rank(query: query, documents: documents)
    #expect(ranking.map(\.score.value) == scores.map(\.value).sorted(by: >))
    #expect(Set(ranking.map(\.index)) == Set(documents.indices))
    for place in ranking { #expect(scores[place.index] == place.score) }
    #expect(
      try await encoder.rank(query: query, documents: documents, limit: 3)
        == Array(ranking.prefix(3)))
    #expect(try await encoder.rank(query: query, documents: []) == [])
    let limit = try #require(encoder.info.maximumTokens)
    #expect(scores.contains { $0.isTruncated } && scores.contains { !$0.isTruncated })
    #expect(scores.allSatisfy { !$0.isTruncated || $0.tokenCount == limit })
  }

  @Test func `a document that is too long is refused by its index when asked`() async throws {
    let encoder = try await encoder(ReferencePairs("bert"))
    let error = await #expect(throws: EmbedError.self) {
      try await encoder.rank(
        query: "short", documents: ["short", String(repeating: "many words ", count: 400)],
        options: RerankOptions(truncation: .error))
    }
    #expect(error?.code == .inputTooLong)
    #expect(error?.inputIndex == 1)
  }

  @Test func `a model of several labels ranks nothing`() async throws {
    let encoder = try await encoder(ReferencePairs("bert-three-labels"))
    let error = await #expect(throws: EmbedError.self) {
      try await encoder.rank(query: "a", documents: ["b"])
    }
    #expect(
      error?.description
        == "no re-ranker: expected a model of one label, got 3 (bert-three-labels)")
  }
}
