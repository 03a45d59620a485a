import EmbedCore
import Testing

@Suite struct EmbeddingSequenceTests {
  /// Counts what it is given; windows of 4.
  private final actor CountingEmbedder: Embedder {
    nonisolated let info = EmbedderInfo(
      modelID: "counting", dimensions: 1, maximumTokens: nil, preferredBatchSize: 4)
    private(set) var calls: [Int] = []

    nonisolated func embed(
      _ inputs: [EmbeddingInput], options: EmbedOptions
    ) async throws -> [Embedding] {
      await note(inputs.count)
      return inputs.map {
        guard case .text(let text) = $0 else { return Embedding([]) }
        return Embedding([Float(text) ?? -1])
      }
    }

    private func note(_ count: Int) { calls.append(count) }
  }

  private struct Failure: Error {}

  private func numbers(_ count: Int, failing: Bool = false) -> AsyncThrowingStream<
    String, any Error
  > {
    AsyncThrowingStream { continuation in
      for number in 0..<count { continuation.yield("\(number)") }
      continuation.finish(throwing: failing ? Failure() : nil)
    }
  }

  @Test func `vectors come in the order of the inputs, a window at a time`() async throws {
    let embedder = CountingEmbedder()
    var values: [Float] = []
    for try await embedding in embedder.embeddings(of: numbers(10)) {
      values += embedding.vector
      // Never more than one window ahead of the reader.
      #expect(await embedder.calls.count == (values.count + 3) / 4)
    }
    #expect(values == (0..<10).map(Float.init))
    #expect(await embedder.calls == [4, 4, 2])
  }

  @Test func `an error of the inputs comes after the vectors before it`() async {
    var count = 0
    await #expect(throws: Failure.self) {
      for try await _ in CountingEmbedder().embeddings(of: numbers(6, failing: true)) { count += 1 }
    }
    #expect(count == 6)
  }

  @Test func `no inputs, no vectors, no call`() async throws {
    let embedder = CountingEmbedder()
    for try await _ in embedder.embeddings(of: numbers(0)) { Issue.record("a vector of nothing") }
    #expect(await embedder.calls.isEmpty)
  }
}
