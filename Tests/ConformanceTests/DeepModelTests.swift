import EmbedTestSupport
import KernelDispatch
import Kernels
import ModelFiles
import Testing

@testable import Embed

/// Random models of 24 layers with outliers, against the reference in double precision.
///
/// One at a time, as they have up to 43 million weights.
@Suite(.serialized) struct DeepModelTests {
  /// What a model's rounded vectors keep to: the lowest cosine to the reference, about twice as far from 1 as what was
  /// measured or less.
  struct Promise: Sendable, CustomTestStringConvertible {
    var model: TinyModel
    var half: Double
    var int8: Double
    /// Of a copy whose weights are bytes, the word embeddings too.
    var copy: Double

    var testDescription: String { model.name }

    static let all = [
      Promise(model: .deep, half: 0.99998, int8: 0.9996, copy: 0.999),
      Promise(model: .massive, half: 0.9999, int8: 0.992, copy: 0.996),
      Promise(model: .large, half: 0.9998, int8: 0.996, copy: 0.993),
    ]
  }

  /// The embeddings of texts by a new embedder, made twice: the first time, weights may be read from the file.
  private func embedTwice(
    _ texts: [String], _ path: String, _ engine: LocalEmbedder.Engine, kernels: KernelSet,
    precision: LocalEmbedder.Precision = .f32
  ) async throws -> [[Embedding]] {
    let configuration = LocalEmbedder.Configuration(
      threads: 2, engine: engine, precision: precision)
    let embedder = try await LocalEmbedder(
      ModelFolder(path: path), configuration: configuration, kernels: kernels)
    return [try await embedder.embed(texts), try await embedder.embed(texts)]
  }

  private func lowestCosine(_ runs: [[Embedding]], _ reference: ReferenceVectors) -> Double {
    runs.flatMap { zip($0, reference.vectors) }
      .map { $0.cosineSimilarity(to: Embedding($1)) }.min() ?? 0
  }

  @Test(arguments: TinyModel.deepModels)
  func `vectors are the model's within 1e-5 on every engine and instruction set`(
    model: TinyModel
  ) async throws {
    let fixture = try ModelFixture(model)
    let reference = try ReferenceVectors(folder: "tiny", name: model.name)
    for kernels in KernelSet.available {
      for engine in [LocalEmbedder.Engine.openblas, .simd] {
        let runs = try await embedTwice(reference.texts, fixture.path, engine, kernels: kernels)
        for embeddings in runs {
          #expect(reference.largestDifference(to: embeddings) < 1e-5, "\(engine), \(kernels)")
        }
      }
    }
  }

  @Test(arguments: Promise.all)
  func `rounded precisions, and weights of eight bits, keep to what they promise`(
    promise: Promise
  ) async throws {
    let fixture = try ModelFixture(promise.model)
    let reference = try ReferenceVectors(folder: "tiny", name: promise.model.name)
    for kernels in KernelSet.available {
      let half = try await embedTwice(
        reference.texts, fixture.path, .simd, kernels: kernels, precision: .half)
      #expect(lowestCosine(half, reference) >= promise.half, "half, \(kernels)")
      let int8 = try await embedTwice(
        reference.texts, fixture.path, .simd, kernels: kernels, precision: .int8)
      #expect(lowestCosine(int8, reference) >= promise.int8, "int8, \(kernels)")
    }
    let copy = try TemporaryFolder()
    try QuantizedModel(fixture.open()).write(to: copy)
    let bytes = try await embedTwice(reference.texts, copy.path, .simd, kernels: .quickest)
    #expect(lowestCosine(bytes, reference) >= promise.copy, "copy")
  }
}
