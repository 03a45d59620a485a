import EmbedCore
import EmbedTestSupport
import Foundation
import ModelFiles
import Testing

@testable import Embed

@Suite(.timeLimit(.minutes(2))) struct LocalEmbedderTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try TinyModel.plain.write(to: folder)
  }

  private func embedder(
    _ configuration: LocalEmbedder.Configuration = .init(threads: 1)
  ) async throws -> LocalEmbedder {
    try await LocalEmbedder(
      ModelFolder(path: folder.path("model")), configuration: configuration)
  }

  /// Keeps the only thread of an embedder busy until the semaphore is signalled.
  private func occupy(_ embedder: LocalEmbedder) async -> (DispatchSemaphore, Task<Void, any Error>)
  {
    let (gate, hasBegun) = (DispatchSemaphore(value: 0), AsyncStream<Void>.makeStream())
    let job = Task {
      try await embedder.runtime.runner.pool.run { _ in
        hasBegun.continuation.finish()
        // Not for ever, so that a fault shows as a failure.
        _ = gate.wait(timeout: .now() + 30)
      }
    }
    for await _ in hasBegun.stream {}
    return (gate, job)
  }

  // MARK: - Cancellation

  @Test func `hundreds of calls that are cancelled while they wait never reach the model`()
    async throws
  {
    let embedder = try await embedder()
    let (gate, job) = await occupy(embedder)
    let calls = (0..<300).map { number in Task { try await embedder.embed("text \(number)") } }
    while embedder.runtime.runner.pool.waitingJobs < 300 { await Task.yield() }
    for call in calls { call.cancel() }
    #expect(embedder.runtime.runner.pool.waitingJobs == 0)
    gate.signal()
    for call in calls {
      await #expect(throws: CancellationError.self) { try await call.value }
    }
    try await job.value
  }

  @Test func `a cancelled call leaves the queue with all its batches`() async throws {
    let embedder = try await embedder()
    let (gate, job) = await occupy(embedder)
    let ids = [Int32](repeating: 5, count: 40)
    let inputs = [EmbeddingInput](repeating: .tokens(ids), count: 300)
    let call = Task { try await embedder.embed(inputs, options: EmbedOptions()) }
    while embedder.runtime.runner.pool.waitingJobs == 0 { await Task.yield() }
    call.cancel()
    gate.signal()
    await #expect(throws: CancellationError.self) { try await call.value }
    try await job.value
    #expect(embedder.runtime.runner.pool.waitingJobs == 0)
  }

  // MARK: - Load

  @Test func `calls beyond the limit on pending inputs are turned away, later ones taken`()
    async throws
  {
    let embedder = try await embedder(.init(threads: 1, maximumPendingInputs: 8))
    let (gate, job) = await occupy(embedder)
    let first = Task { try await embedder.embed(["a", "b", "c", "d", "e"]) }
    while embedder.runtime.runner.pool.waitingJobs == 0 { await Task.yield() }
    let error = await #expect(throws: EmbedError.self) {
      try await embedder.embed(["f", "g", "h", "i"])
    }
    #expect(error?.code == .overloaded)
    #expect(error?.description == "too many inputs wait: expected at most 8, got 5 and 4 more")
    let second = Task { try await embedder.embed(["f", "g", "h"]) }
    gate.signal()
    #expect(try await first.value.count == 5)
    #expect(try await second.value.count == 3)
    #expect(try await embedder.embed(["f", "g", "h", "i"]).count == 4)
    try await job.value
  }

  @Test func `a call alone is taken whatever its size, and calls that fail count no more`()
    async throws
  {
    let embedder = try await embedder(.init(threads: 1, maximumPendingInputs: 1))
    for _ in 0..<3 {
      await #expect(throws: EmbedError.self) {
        try await embedder.embed([.text("a"), .tokens([-1])], options: EmbedOptions())
      }
    }
    #expect(try await embedder.embed([String](repeating: "a cat", count: 2000)).count == 2000)
  }

  // MARK: - Damaged weights

  /// Writes the model with one number everywhere in the tensors whose names `isDamaged` accepts.
  private func damage(with value: Float, _ isDamaged: (String) -> Bool) throws {
    var bytes = try folder.read("model/model.safetensors")
    let header = try SafetensorsFile(path: folder.path("model/model.safetensors")).header
    for tensor in header.tensors where isDamaged(tensor.name) {
      for place in stride(from: tensor.range.lowerBound, to: tensor.range.upperBound, by: 4) {
        for byte in 0..<4 {
          bytes[place + byte] = UInt8(truncatingIfNeeded: value.bitPattern >> (8 * byte))
        }
      }
    }
    try folder.write(bytes, to: "model/model.safetensors")
  }

  @Test func `embeddings that are no numbers are the model's fault, not the input's`() async throws
  {
    try damage(with: .nan) { $0.hasSuffix("word_embeddings.weight") }
    let embedder = try await embedder()
    let error = await #expect(throws: EmbedError.self) { try await embedder.embed(["a cat", "b"]) }
    #expect(error?.code == .fileDamaged)
    #expect(
      error?.description
        == "the model's weights give no vector: expected finite numbers, got nan "
        + "(input 0, \(folder.path("model")))")
  }

  @Test func `a token whose weights are no numbers costs no other text its vector`() async throws {
    let whole = try await embedder()
    let id = try whole.tokenizer.tokenize("cat").ids[1]
    #expect(try !whole.tokenizer.tokenize("a dog").ids.contains(id))
    var bytes = try folder.read("model/model.safetensors")
    let header = try SafetensorsFile(path: folder.path("model/model.safetensors")).header
    let tensor = try #require(
      header.tensors.first { $0.name.hasSuffix("word_embeddings.weight") })
    let rowBytes = 4 * tensor.shape[1]
    let start = tensor.range.lowerBound + Int(id) * rowBytes
    // All bits set are NaN.
    for place in start..<start + rowBytes { bytes[place] = 0xFF }
    try folder.write(bytes, to: "model/model.safetensors")
    let texts = ["a dog", "a cat", "dog", "cat", "a"]
    let results = try await embedder().embedEach(
      texts.map(EmbeddingInput.text), options: EmbedOptions())
    let expected = try await whole.embed(texts)
    for (index, result) in results.enumerated() {
      switch result {
      case .success(let embedding):
        #expect(!texts[index].contains("cat"))
        #expect(embedding.vector == expected[index].vector)
      case .failure(let error):
        #expect(texts[index].contains("cat"))
        #expect(error.code == .fileDamaged)
        #expect(error.inputIndex == index)
      }
    }
  }

  @Test(arguments: [EmbedOptions.Normalization.unit, .asModel])
  func `weights that are all zero give no vector of unit length`(
    _ normalization: EmbedOptions.Normalization
  ) async throws {
    try damage(with: 0) { $0.hasPrefix("embeddings.") || $0.hasPrefix("encoder.") }
    let embedder = try await embedder()
    let error = await #expect(throws: EmbedError.self) {
      try await embedder.embed(["a cat"], options: EmbedOptions(normalization: normalization))
    }
    #expect(error?.code == .fileDamaged)
    #expect(error?.got == "zeros")
    let raw = try await embedder.embed(["a cat"], options: EmbedOptions(normalization: .none))
    #expect(raw[0].vector.allSatisfy { $0 == 0 })
  }

  @Test func `empty and blank texts have vectors`() async throws {
    for embedding in try await embedder().embed(["", " ", "\n", "\u{0}"]) {
      #expect(abs(embedding.dotProduct(with: embedding) - 1) < 1e-6)
    }
  }
}
