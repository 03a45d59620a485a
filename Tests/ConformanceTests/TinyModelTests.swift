import EmbedTestSupport
import EmbedTesting
import JSON
import KernelDispatch
import Kernels
import Testing

@testable import Embed

/// Small random models of other sizes and settings against sentence-transformers.
@Suite struct TinyModelTests {
  private func embedder(
    _ model: TinyModel, engine: LocalEmbedder.Engine = .auto,
    kernels: KernelSet = .quickest
  ) async throws -> LocalEmbedder {
    let folder = try TemporaryFolder()
    try model.write(to: folder)
    return try await LocalEmbedder(
      ModelFolder(path: folder.path("model"), name: model.name),
      configuration: LocalEmbedder.Configuration(threads: 2, engine: engine), kernels: kernels)
  }

  /// The largest difference of a component, of vectors scaled so that the reference's length is at most 1.
  private func difference(_ reference: ReferenceVectors, _ embeddings: [Embedding]) -> Float {
    reference.largestScaledDifference(to: embeddings.map(\.vector))
  }

  @Test(arguments: TinyModel.all, KernelSet.available)
  func `vectors are the reference's within 1e-5, whatever the model's settings`(
    model: TinyModel, kernels: KernelSet
  ) async throws {
    let reference = try ReferenceVectors(folder: "tiny", name: model.name)
    for engine in [LocalEmbedder.Engine.openblas, .simd] {
      let embedder = try await embedder(model, engine: engine, kernels: kernels)
      let embeddings = try await embedder.embed(
        reference.texts, options: EmbedOptions(normalization: .asModel))
      #expect(embeddings.count == reference.texts.count)
      #expect(difference(reference, embeddings) < 1e-5, "\(engine)")
      #expect(embedder.info.dimensions == reference.vectors[0].count)
    }
  }

  @Test func `roles put the model's prompts in front`() async throws {
    let embedder = try await embedder(.prompted)
    let options = EmbedOptions(role: .query, normalization: .asModel)
    let query = try ReferenceVectors(folder: "tiny", name: "prompted-query")
    #expect(difference(query, try await embedder.embed(query.texts, options: options)) < 1e-5)
    // The document's prompt is this model's default.
    let document = try ReferenceVectors(folder: "tiny", name: "prompted")
    #expect(difference(document, query.vectors.map { Embedding($0) }) > 1e-3)
    let role = EmbedOptions(role: .document, normalization: .asModel)
    #expect(difference(document, try await embedder.embed(query.texts, options: role)) < 1e-5)
    #expect(embedder.info.roles == [.query, .document])
  }

  @Test(arguments: TinyModel.all)
  func `every model keeps the protocol's requirements`(model: TinyModel) async throws {
    #expect(await EmbedderConformance(try embedder(model)).violations() == [])
  }

  @Test func `unit, raw and the model's own length are told apart`() async throws {
    func length(_ model: TinyModel, _ normalization: EmbedOptions.Normalization) async throws
      -> Double
    {
      let options = EmbedOptions(normalization: normalization)
      let embedding = try await embedder(model).embed("some words", options: options)
      return embedding.dotProduct(with: embedding).squareRoot()
    }
    #expect(abs(try await length(.plain, .asModel) - 1) < 1e-6)
    #expect(try await length(.plain, .none) > 1.5)
    #expect(try await length(.narrow, .asModel) > 1.5)
    #expect(abs(try await length(.narrow, .unit) - 1) < 1e-6)
  }

  @Test func `dimensions are cut, then normalized again`() async throws {
    let embedder = try await embedder(.plain)
    let whole = try await embedder.embed("some words")
    let cut = try await embedder.embed("some words", options: EmbedOptions(dimensions: 5))
    let expected = Embedding(Array(whole.vector.prefix(5)))
    #expect(cut.dimensions == 5)
    #expect(abs(cut.cosineSimilarity(to: expected) - 1) < 1e-6)
    #expect(abs(cut.dotProduct(with: cut) - 1) < 1e-6)
  }

  @Test func `an input that is too long is cut or refused, as asked`() async throws {
    let embedder = try await embedder(.plain)
    let inputs: [EmbeddingInput] = [
      .text("short"), .text(String(repeating: "many words ", count: 50)),
    ]
    let cut = try await embedder.embed(inputs, options: EmbedOptions())
    #expect(cut.map(\.isTruncated) == [false, true])
    #expect(cut[1].tokenCount == 48)
    let error = await #expect(throws: EmbedError.self) {
      try await embedder.embed(inputs, options: EmbedOptions(truncation: .error))
    }
    #expect(error?.code == .inputTooLong)
    #expect(error?.description == "text too long: expected at most 48 tokens, got more (input 1)")
  }

  @Test(arguments: [[Int32](), [-1], [1_000_000]])
  func `token ids outside the vocabulary are refused by index`(ids: [Int32]) async throws {
    let embedder = try await embedder(.plain)
    let error = await #expect(throws: EmbedError.self) {
      try await embedder.embed([.tokens([1]), .tokens(ids)], options: EmbedOptions())
    }
    #expect(error?.code == .invalidInput)
    #expect(error?.inputIndex == 1)
  }

  @Test func `special tokens in a text are parsed, or text when asked`() throws {
    let folder = try TemporaryFolder()
    try TinyModel.plain.write(to: folder)
    let tokenizer = try LocalTokenizer(ModelFolder(path: folder.path("model")))
    let parsed = try tokenizer.tokenize("a [SEP] b")
    #expect(parsed.tokens.filter { $0 == "[SEP]" }.count == 2)
    let text = try tokenizer.tokenize("a [SEP] b", options: EmbedOptions(specialTokens: .text))
    #expect(text.tokens.filter { $0 == "[SEP]" }.count == 1)
  }

  @Test func `thousands of inputs come back in order`() async throws {
    let embedder = try await embedder(.plain)
    let texts = (0..<3000).map { "word \($0 % 700) " + String(repeating: "a b ", count: $0 % 7) }
    let embeddings = try await embedder.embed(texts)
    #expect(embeddings.count == texts.count)
    for index in stride(from: 0, to: texts.count, by: 101) {
      let alone = try await embedder.embed(texts[index])
      #expect(largestDifference(alone.vector, embeddings[index].vector) <= 1e-6)
    }
  }

  @Test func `cancellation ends a long call between batches`() async throws {
    let embedder = try await embedder(.plain)
    let texts = [String](repeating: String(repeating: "many words ", count: 30), count: 200_000)
    let task = Task { try await embedder.embed(texts) }
    try await Task.sleep(for: .milliseconds(50))
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
  }

  @Test(arguments: KernelSet.available, [0x7FC0_0001, 0xFFC0_00FF, 0x7FFF_FFFF] as [UInt32])
  func `weights that are NaN give no vector, not even behind a tanh`(
    kernels: KernelSet, pattern: UInt32
  ) async throws {
    let folder = try TemporaryFolder()
    try TinyModel.denseTanh.write(to: folder)
    var weights = try folder.read("model/model.safetensors")
    let length = weights[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    let header = try JSONParser.parse(Array(weights[8..<8 + length]))
    let tensor = try #require(header["embeddings.word_embeddings.weight"]?["data_offsets"])
    guard case .array(let offsets) = tensor, case .number(let start) = offsets[0],
      case .number(let end) = offsets[1], let start = Int(start), let end = Int(end)
    else { throw CancellationError() }
    for place in start..<end {
      weights[8 + length + place] = UInt8(
        truncatingIfNeeded: pattern >> UInt32(8 * ((place - start) % 4)))
    }
    try folder.write(weights, to: "model/model.safetensors")
    let embedder = try await LocalEmbedder(
      ModelFolder(path: folder.path("model")),
      configuration: LocalEmbedder.Configuration(threads: 1, engine: .simd), kernels: kernels)
    await #expect(throws: EmbedError.self) { try await embedder.embed("some words") }
  }

  @Test(arguments: ["engine=tiles", "precision=f16", "threads=0", "size=3"])
  func `what the runtime does not know is refused before anything is loaded`(
    parameter: String
  ) async throws {
    let error = await #expect(throws: EmbedError.self) {
      try await LocalEmbedder.load(EmbedderURI("local:/nowhere?\(parameter)"))
    }
    #expect(error?.code == .invalidURI)
  }

  @Test func `half precision has two names and is quicker or not taken`() async throws {
    #expect(LocalEmbedder.Precision(rawValue: "bf16") == .half)
    #expect(LocalEmbedder.Precision(rawValue: "half") == .half)
    #expect(LocalEmbedder.Precision(rawValue: "f16") == nil)
    let name = try EngineSelection(.simd, .half, kernels: .quickest).description
    let isReduced = KernelSet.quickest.instructionSet >= .avx512 && InstructionSet.hasQuickBFloat16
    #expect(name.contains("BF16 products") == isReduced)
    #expect(name.contains("in f32") == !isReduced)
  }

  @Test func `a loaded folder has its tokenizer, and warms up`() async throws {
    let folder = try TemporaryFolder()
    try TinyModel.plain.write(to: folder)
    let embedder = try await LocalEmbedder.load(
      ModelFolder(path: folder.path("model")), configuration: .init(threads: 2))
    try await embedder.warmUp()
    let ids = try embedder.tokenizer.tokenize("some words").ids
    let ofIDs = try await embedder.embed([.tokens(ids)], options: EmbedOptions())
    #expect(ofIDs[0].vector == (try await embedder.embed("some words")).vector)
  }
}
