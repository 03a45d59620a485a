import EmbedTestSupport
import Foundation
import KernelDispatch
import Kernels
import ModelFiles
import Testing
import Transformer

@testable import Embed

/// Small random models in the files of every family, spelled as transformers and as their authors write them, against
/// the reference (`Tests/Reference/families`).
@Suite struct FamilyTests {
  /// A folder of the reference: a model, the ids of the texts and their vectors.
  struct Family: Sendable, CustomTestStringConvertible {
    var name: String

    var path: String { PackageFolder.path("Tests/Reference/families/\(name)") }

    var testDescription: String { name }

    func reference(_ file: String = "vectors") throws -> ReferenceVectors {
      try ReferenceVectors(folder: "families", name: "\(name)/\(file)")
    }

    func ids() throws -> [[Int32]] { try ReferenceVectors.tokenIDs(folder: "families/\(name)") }

    static let all: [Family] = {
      let folder = PackageFolder.path("Tests/Reference/families")
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      return names.sorted().filter { !$0.hasPrefix("static") }.map(Family.init).filter {
        FileManager.default.fileExists(atPath: "\($0.path)/ids.json")
      }
    }()
  }

  private func model(
    _ family: Family, _ engine: LocalEmbedder.Engine = .simd, kernels: KernelSet = .quickest,
    precision: LocalEmbedder.Precision = .f32
  ) throws -> any LocalModel {
    try EngineSelection(engine, precision, kernels: kernels).load(ModelFolder(path: family.path))
  }

  /// The vectors of sequences, some at a time.
  private func vectors(
    _ model: any LocalModel, _ sequences: [[Int32]], atOnce count: Int,
    loop: ParallelLoop = .serial
  ) -> [[Float]] {
    var workspace = model.makeWorkspace()
    workspace.loop = loop
    return stride(from: 0, to: sequences.count, by: count).flatMap { start in
      var batch = TokenBatch()
      for ids in sequences[start..<min(sequences.count, start + count)] { batch.append(ids) }
      let options = OutputOptions(normalization: .asModel, dimensions: nil)
      return model.embed(batch, promptLength: 0, options, &workspace)
    }
  }

  @Test func `the reference has families`() {
    #expect(Family.all.count >= 20)
  }

  @Test(arguments: Family.all, KernelSet.available)
  func `vectors are the reference's within 1e-5 on every engine and instruction set`(
    family: Family, kernels: KernelSet
  ) throws {
    let reference = try family.reference()
    let ids = try family.ids()
    for engine in [LocalEmbedder.Engine.openblas, .simd] {
      let model = try model(family, engine, kernels: kernels)
      let difference = reference.largestScaledDifference(to: vectors(model, ids, atOnce: 7))
      #expect(difference < 1e-5, "\(engine)")
    }
  }

  @Test(arguments: Family.all, KernelSet.available)
  func `half precision keeps to what it promises of narrow models with large weights`(
    family: Family, kernels: KernelSet
  ) throws {
    let model = try model(family, kernels: kernels, precision: .half)
    let vectors = vectors(model, try family.ids(), atOnce: 7)
    let smallest = zip(vectors, try family.reference().vectors).map {
      Embedding($0).cosineSimilarity(to: Embedding($1))
    }.min()
    #expect(smallest ?? 0 >= 0.998)
  }

  @Test(arguments: Family.all)
  func `neither batch nor order nor threads change a vector by more than 1e-6`(
    family: Family
  ) throws {
    let model = try model(family)
    let ids = try family.ids()
    let alone = vectors(model, ids, atOnce: 1)
    let reversed = vectors(model, ids.reversed(), atOnce: ids.count)
    let shared = vectors(
      model, ids, atOnce: ids.count,
      loop: ParallelLoop(width: 3) { iterations, body in
        for iteration in (0..<iterations).reversed() { body(iteration) }
      })
    for (index, vector) in alone.enumerated() {
      #expect(largestDifference(vector, reversed[ids.count - 1 - index]) <= 1e-6)
      #expect(largestDifference(vector, shared[index]) <= 1e-6)
    }
  }
}
