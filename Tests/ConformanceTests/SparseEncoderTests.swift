import EmbedTestSupport
import Testing

@testable import Embed

/// Small random SPLADE models against `SparseEncoder` of sentence-transformers.
@Suite struct SparseEncoderTests {
  static let names = ["bert-max", "bert-sum-saved", "distilbert-log"]

  private func encoder(
    _ name: String, engine: LocalEmbedder.Engine = .auto
  ) async throws -> SparseEncoder {
    try await SparseEncoder.load(
      ModelFolder(path: PackageFolder.path("Tests/Reference/sparse/\(name)")),
      configuration: .init(threads: 2, engine: engine))
  }

  /// The vector with its zeros.
  private func dense(_ embedding: SparseEmbedding, _ dimensions: Int) -> [Float] {
    var vector = [Float](repeating: 0, count: dimensions)
    for (index, value) in zip(embedding.indices, embedding.values) { vector[Int(index)] = value }
    return vector
  }

  @Test(arguments: names, [LocalEmbedder.Engine.openblas, .simd])
  func `weights are the reference's within 1e-5 of the largest`(
    name: String, engine: LocalEmbedder.Engine
  ) async throws {
    let reference = try ReferenceVectors(folder: "sparse", name: "\(name)/vectors")
    let encoder = try await encoder(name, engine: engine)
    let embeddings = try await encoder.embed(reference.texts)
    #expect(embeddings.count == reference.texts.count)
    for (expected, embedding) in zip(reference.vectors, embeddings) {
      let vector = dense(embedding, encoder.dimensions)
      #expect(largestDifference(expected, vector) < 1e-5 * max(1, expected.max() ?? 1))
      // What is 0 in one may be next to it in the other.
      #expect(embedding.values.allSatisfy { $0 > 0 })
      #expect(abs(embedding.values.count - expected.count { $0 > 0 }) <= 1)
    }
  }

  @Test func `a text alone has the weights that it has among others`() async throws {
    let encoder = try await encoder("bert-max")
    let texts = (0..<200).map { "word \($0) " + String(repeating: "a b ", count: $0 % 40) }
    let together = try await encoder.embed(texts)
    for index in stride(from: 0, to: texts.count, by: 13) {
      let alone = try await encoder.embed([texts[index]])
      let difference = largestDifference(
        dense(alone[0], encoder.dimensions), dense(together[index], encoder.dimensions))
      #expect(difference <= 1e-6)
    }
  }

  @Test func `indices are tokens of the vocabulary`() async throws {
    let encoder = try await encoder("bert-max")
    let embedding = try await encoder.embed(["receipts"])[0]
    #expect(embedding.indices == embedding.indices.sorted())
    #expect(embedding.indices.allSatisfy { encoder.token(for: $0) != nil })
    #expect(encoder.token(for: -1) == nil)
  }

  @Test func `a model of other vectors is refused`() async throws {
    let folder = try TemporaryFolder()
    try TinyModel.plain.write(to: folder)
    let error = await #expect(throws: EmbedError.self) {
      try await SparseEncoder.load(ModelFolder(path: folder.path("model")))
    }
    #expect(
      error?.what == "model of another kind" && error?.expected == "a model of sparse embeddings")
    let sparse = await #expect(throws: EmbedError.self) {
      try await LocalEmbedder.load(
        ModelFolder(path: PackageFolder.path("Tests/Reference/sparse/bert-max")))
    }
    #expect(sparse?.got == "a model of sparse embeddings")
  }
}
