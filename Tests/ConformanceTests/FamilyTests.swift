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

    /// The ids that the model sees; tables in Model2Vec's layout have the tokenizer of another.
    func ids() throws -> [[Int32]] {
      let hasIDs = FileManager.default.fileExists(atPath: "\(path)/ids.json")
      return try ReferenceVectors.tokenIDs(folder: "families/\(hasIDs ? name : "static-root")")
    }

    /// Whether it is a table of vectors, without products that a precision could round.
    var isTable: Bool { name.hasPrefix("static") }

    static let all: [Family] = {
      let folder = PackageFolder.path("Tests/Reference/families")
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      return names.sorted().map(Family.init).filter {
        FileManager.default.fileExists(atPath: "\($0.path)/vectors.safetensors")
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
    #expect(Family.all.count >= 30)
    #expect(Family.all.filter(\.isTable).count == 5)
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

  @Test(
    arguments: Family.all.flatMap { family in KernelSet.available.map { (family, $0) } },
    [(LocalEmbedder.Precision.half, 0.998), (.int8, 0.99)])
  func `rounded precisions keep to what they promise of narrow models with large weights`(
    on: (family: Family, kernels: KernelSet), promise: (LocalEmbedder.Precision, Double)
  ) throws {
    let model = try model(on.family, kernels: on.kernels, precision: promise.0)
    let vectors = vectors(model, try on.family.ids(), atOnce: 7)
    let smallest = zip(vectors, try on.family.reference().vectors)
      .filter { $1.contains { $0 != 0 } }
      .map { Double(Embedding($0).cosineSimilarity(to: Embedding($1))) }.min()
    #expect(smallest ?? 0 >= promise.1)
  }

  @Test(arguments: Family.all.filter { !$0.isTable })
  func `a copy with weights of eight bits is near the reference`(family: Family) async throws {
    let folder = try TemporaryFolder()
    try QuantizedModel(ModelFolder(path: family.path)).write(to: folder)
    let embedder = try await LocalEmbedder.load(ModelFolder(path: folder.path))
    let reference = try family.reference()
    let embeddings = try await embedder.embed(reference.texts)
    let smallest = zip(embeddings, reference.vectors).filter { $1.contains { $0 != 0 } }
      .map { $0.cosineSimilarity(to: Embedding($1)) }.min()
    #expect(smallest ?? 0 >= 0.99)
  }

  @Test(arguments: Family.all)
  func `texts become the reference's ids and vectors`(family: Family) async throws {
    let embedder = try await LocalEmbedder.load(ModelFolder(path: family.path))
    let reference = try family.reference()
    for (text, ids) in zip(reference.texts, try family.ids()) {
      #expect(try embedder.tokenizer.tokenize(text).ids == ids, "\(text.prefix(40))")
    }
    let options = EmbedOptions(normalization: .asModel)
    let embeddings = try await embedder.embed(reference.texts, options: options)
    #expect(reference.largestScaledDifference(to: embeddings.map(\.vector)) < 1e-5)
    guard let query = try? family.reference("vectors-query") else { return }
    let queries = try await embedder.embed(
      query.texts, options: EmbedOptions(role: .query, normalization: .asModel))
    #expect(query.largestScaledDifference(to: queries.map(\.vector)) < 1e-5)
  }

  /// A copy of a family's folder.
  private func copy(_ family: Family) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try FileManager.default.copyItem(atPath: family.path, toPath: folder.path("model"))
    return folder
  }

  @Test(arguments: ["static-model2vec", "static-model2vec-quantized"].map(Family.init))
  func `without modules, a folder is read as Model2Vec reads it`(family: Family) async throws {
    let folder = try copy(family)
    try folder.remove("model/modules.json")
    let embedder = try await LocalEmbedder.load(ModelFolder(path: folder.path("model")))
    let reference = try family.reference("vectors-model2vec")
    let ids = try ReferenceVectors.tokenIDs(
      folder: "families/\(family.name)", name: "ids-model2vec")
    for (text, ids) in zip(reference.texts, ids) {
      let tokens = try embedder.tokenizer.tokenize(text)
      #expect(tokens.ids == ids, "\(text.prefix(40))")
      #expect(tokens.ids.count == tokens.offsets.count)
    }
    let embeddings = try await embedder.embed(
      reference.texts, options: EmbedOptions(normalization: .asModel))
    #expect(reference.largestScaledDifference(to: embeddings.map(\.vector)) < 1e-5)
  }

  @Test func `a table's vectors are cut behind their normalization`() async throws {
    let family = Family(name: "static-nested")
    let reference = try family.reference("vectors-8")
    let folder = try copy(family)
    try folder.write(#"{"truncate_dim":8}"#, to: "model/config_sentence_transformers.json")
    let embedder = try await LocalEmbedder.load(ModelFolder(path: folder.path("model")))
    let embeddings = try await embedder.embed(
      reference.texts, options: EmbedOptions(normalization: .asModel))
    #expect(reference.largestScaledDifference(to: embeddings.map(\.vector)) < 1e-5)
  }

  @Test func `a text without a token of a table stays at zero`() async throws {
    let folder = try ModelFolder(path: Family(name: "static-nested").path)
    let embedder = try await LocalEmbedder.load(folder)
    let empty = try await embedder.embed("")
    #expect(empty.tokenCount == 0)
    #expect(empty.vector.allSatisfy { $0 == 0 })
    #expect(try await embedder.embed("word").vector.contains { $0 != 0 })
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
