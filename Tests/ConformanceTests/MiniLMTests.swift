import EmbedTestSupport
import EmbedTesting
import KernelDispatch
import Kernels
import ModelFiles
import Testing

@testable import Embed

/// The real all-MiniLM-L6-v2 against sentence-transformers; fails when the model is not there.
@Suite struct MiniLMTests {
  private func embedder(
    _ engine: LocalEmbedder.Engine, kernels: KernelSet = .quickest,
    precision: LocalEmbedder.Precision = .f32, folder: String = PackageFolder.defaultModel
  ) async throws -> LocalEmbedder {
    try await LocalEmbedder(
      ModelFolder(path: folder),
      configuration: LocalEmbedder.Configuration(
        threads: 2, engine: engine, precision: precision),
      kernels: kernels)
  }

  @Test(arguments: [LocalEmbedder.Engine.openblas, .simd], KernelSet.available)
  func `vectors are the reference's within 1e-5 on every engine and instruction set`(
    engine: LocalEmbedder.Engine, kernels: KernelSet
  ) async throws {
    let reference = try ReferenceVectors(folder: "minilm")
    try #require(reference.texts.count >= 200)
    let embeddings = try await embedder(engine, kernels: kernels).embed(reference.texts)
    #expect(reference.largestDifference(to: embeddings) < 1e-5)
  }

  @Test(arguments: KernelSet.available)
  func `in half precision, vectors have a cosine of at least 0.9999 to the reference's`(
    kernels: KernelSet
  ) async throws {
    let reference = try ReferenceVectors(folder: "minilm")
    let embedder = try await embedder(.simd, kernels: kernels, precision: .half)
    let embeddings = try await embedder.embed(reference.texts)
    let smallest = zip(embeddings, reference.vectors).map { embedding, vector in
      embedding.cosineSimilarity(to: Embedding(vector, tokenCount: 0, isTruncated: false))
    }.min()
    #expect(smallest ?? 0 >= 0.9999)
    // A CPU without quick instructions computes in single precision, and says so.
    let isRounded = kernels.products(in: .bfloat16) != nil && InstructionSet.hasQuickBFloat16
    #expect(embedder.engineName.contains("in f32: nothing of precision half is") != isRounded)
    #expect((reference.largestDifference(to: embeddings) < 1e-5) != isRounded)
  }

  @Test(arguments: KernelSet.available)
  func `in eight bits, cosines are at least 0.998 and 0.975 of the neighbours the same`(
    kernels: KernelSet
  ) async throws {
    try await requireEightBits(embedder(.simd, kernels: kernels, precision: .int8))
  }

  @Test(arguments: [LocalEmbedder.Precision.f32, .int8])
  func `a copy with weights of eight bits keeps the same promise, whatever the precision`(
    precision: LocalEmbedder.Precision
  ) async throws {
    let folder = try TemporaryFolder()
    try QuantizedModel(ModelFolder(path: PackageFolder.defaultModel)).write(to: folder)
    try await requireEightBits(embedder(.auto, precision: precision, folder: folder.path))
  }

  private func requireEightBits(_ embedder: LocalEmbedder) async throws {
    let reference = try ReferenceVectors(folder: "minilm")
    let embeddings = try await embedder.embed(reference.texts)
    let expected = reference.vectors.map { Embedding($0) }
    let smallest = zip(embeddings, expected).map { $0.cosineSimilarity(to: $1) }.min()
    #expect(smallest ?? 0 >= 0.998)
    let kept = zip(nearest(10, among: embeddings), nearest(10, among: expected)).map {
      Set($0).intersection($1).count
    }
    #expect(Double(kept.reduce(0, +)) >= 0.975 * Double(10 * expected.count))
  }

  /// The places of the nearest others of each vector.
  private func nearest(_ count: Int, among vectors: [Embedding]) -> [[Int]] {
    vectors.indices.map { place in
      let similarities = vectors.map { vectors[place].dotProduct(with: $0) }
      return vectors.indices.filter { $0 != place }
        .sorted { (-similarities[$0], $0) < (-similarities[$1], $1) }.prefix(count).map { $0 }
    }
  }

  @Test(arguments: [LocalEmbedder.Engine.openblas, .simd])
  func `a text alone differs by at most 1e-6 from the same in a batch`(
    engine: LocalEmbedder.Engine
  ) async throws {
    let reference = try ReferenceVectors(folder: "minilm")
    let embedder = try await embedder(engine)
    let together = try await embedder.embed(reference.texts)
    for (text, embedding) in zip(reference.texts, together) {
      let alone = try await embedder.embed(text)
      #expect(largestDifference(alone.vector, embedding.vector) <= 1e-6)
    }
  }

  @Test(arguments: [LocalEmbedder.Engine.auto, .portable])
  func `the machine's own choice is one of the engines`(choice: LocalEmbedder.Engine) async throws {
    let embedder = try await embedder(choice)
    #expect(["openblas", "simd"].contains { embedder.engineName.hasPrefix($0) })
    let embedding = try await embedder.embed("Hello World")
    let reference: [Float] = [-0.03447726, 0.03102319, 0.00673497, 0.02610900, -0.03936198]
    #expect(largestDifference(Array(embedding.vector.prefix(5)), reference) < 1e-5)
  }

  @Test func `token ids are the reference's, cut at 256`() async throws {
    let reference = try ReferenceVectors(folder: "minilm")
    let ids = try ReferenceVectors.tokenIDs(folder: "minilm")
    let tokenizer = try LocalTokenizer(ModelFolder(path: PackageFolder.defaultModel))
    #expect(tokenizer.maximumTokens == 256)
    for (text, ids) in zip(reference.texts, ids) {
      #expect(try tokenizer.tokenize(text).ids == ids)
    }
    let cut = try await embedder(.auto).embed(reference.texts)
    #expect(cut.map(\.tokenCount) == ids.map(\.count))
    #expect(cut.contains { $0.isTruncated } && cut.contains { !$0.isTruncated })
  }

  @Test func `token ids as input give the vectors of their texts`() async throws {
    let reference = try ReferenceVectors(folder: "minilm")
    let ids = try ReferenceVectors.tokenIDs(folder: "minilm")
    let embeddings = try await embedder(.auto).embed(
      ids.map(EmbeddingInput.tokens), options: EmbedOptions())
    #expect(reference.largestDifference(to: embeddings) < 1e-5)
  }

  @Test func `the protocol's requirements are kept`() async throws {
    #expect(await EmbedderConformance(try embedder(.auto)).violations() == [])
  }
}
