import EmbedCore
import EmbedServer
import EmbedTesting
import Testing

/// Calls that are batched.
@Suite struct BatchingTests {
  /// One batch at a time, of ten short texts at most.
  private let limits = BatchingEmbedder.Limits(
    batchTokens: 30, concurrentBatches: 1, waitingInputs: 20)

  @Test func `keeps the promises of an embedder`() async {
    let embedder = BatchingEmbedder(TestEmbedder(dimensions: 8))
    #expect(await EmbedderConformance(embedder).violations() == [])
  }

  @Test func `a lone call goes through at once, whole`() async throws {
    let base = GatedEmbedder()
    let embedder = BatchingEmbedder(base, limits: limits)
    let vectors = try await embedder.embed(["a", "bb", "ccc"])
    #expect(vectors.map(\.vector) == [[1, 1], [2, 1], [3, 1]])
    #expect(base.batches == [["a", "bb", "ccc"]])
  }

  @Test func `calls that come while a batch is in work share the next one`() async throws {
    let base = GatedEmbedder(isOpen: false)
    let embedder = BatchingEmbedder(base, limits: limits)
    async let first = embedder.embed("first")
    #expect(await eventually { base.batches.count == 1 })
    async let second = embedder.embed("second")
    async let third = embedder.embed(["thirds", "3"])
    #expect(await eventually { embedder.waitingInputs == 3 })
    #expect(base.batches == [["first"]])
    base.open()
    #expect(try await first.vector == [5, 1])
    #expect(try await second.vector == [6, 1])
    #expect(try await third.map(\.vector) == [[6, 1], [1, 1]])
    #expect(base.batches.count == 2)
    #expect(base.batches[1].sorted() == ["3", "second", "thirds"])
  }

  @Test func `calls with other options are in other batches`() async throws {
    let base = GatedEmbedder(isOpen: false)
    let embedder = BatchingEmbedder(base, limits: limits)
    async let first = embedder.embed("first")
    #expect(await eventually { base.batches.count == 1 })
    async let query = embedder.embed("query", options: EmbedOptions(role: .query))
    #expect(await eventually { embedder.waitingInputs == 1 })
    async let document = embedder.embed("document", options: EmbedOptions(role: .document))
    #expect(await eventually { embedder.waitingInputs == 2 })
    async let other = embedder.embed("other", options: EmbedOptions(role: .query))
    #expect(await eventually { embedder.waitingInputs == 3 })
    base.open()
    _ = try await (first, query, document, other)
    #expect(base.batches == [["first"], ["query", "other"], ["document"]])
  }

  @Test func `a short call waits for one turn of a long one`() async throws {
    let base = GatedEmbedder(isOpen: false)
    var limits = limits
    limits.waitingInputs = 100
    let embedder = BatchingEmbedder(base, limits: limits)
    let long = (0..<40).map { "\($0)" }
    async let vectors = embedder.embed(long)
    #expect(await eventually { base.batches.count == 1 })
    async let short = embedder.embed("short")
    #expect(await eventually { embedder.waitingInputs == 31 })
    base.open()
    #expect(try await short.vector == [5, 1])
    #expect(try await vectors.map(\.vector[0]) == long.map { Float($0.utf8.count) })
    #expect(base.batches[0] == Array(long.prefix(10)))
    #expect(base.batches[1].first == "short")
    #expect(base.batches.allSatisfy { $0.count <= 10 })
  }

  @Test func `a long call is not passed over for ever`() async throws {
    let base = GatedEmbedder()
    // Else the long call is only taken while no other waits.
    var limits = limits
    limits.waitingInputs = 1_000
    let embedder = BatchingEmbedder(base, limits: limits)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<4 {
        group.addTask {
          while !Task.isCancelled { _ = try await embedder.embed("short") }
        }
      }
      // Ends though short calls never do.
      let vectors = try await embedder.embed((0..<200).map { "long \($0)" })
      #expect(vectors.count == 200)
      group.cancelAll()
      while (try? await group.next()) != nil {}
    }
  }

  @Test func `a cancelled call leaves the queue`() async throws {
    let base = GatedEmbedder(isOpen: false)
    let embedder = BatchingEmbedder(base, limits: limits)
    async let first = embedder.embed("first")
    #expect(await eventually { base.batches.count == 1 })
    let second = Task { try await embedder.embed(["second", "too"]) }
    #expect(await eventually { embedder.waitingInputs == 2 })
    second.cancel()
    await #expect(throws: CancellationError.self) { try await second.value }
    #expect(embedder.waitingInputs == 0)
    base.open()
    _ = try await first
    _ = try await embedder.embed("third")
    #expect(base.batches == [["first"], ["third"]])
  }

  @Test func `a call that is cancelled before it begins never gets to the embedder`() async {
    let base = GatedEmbedder()
    let embedder = BatchingEmbedder(base, limits: limits)
    let task = Task {
      while !Task.isCancelled { await Task.yield() }
      return try await embedder.embed("late")
    }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(embedder.waitingInputs == 0)
    #expect(base.batches == [])
  }

  @Test func `a full queue refuses what comes, and is open again later`() async throws {
    let base = GatedEmbedder(isOpen: false)
    let embedder = BatchingEmbedder(base, limits: limits)
    async let first = embedder.embed("first")
    #expect(await eventually { base.batches.count == 1 })
    // Nothing waits: a call is taken, whatever its size.
    async let large = embedder.embed([String](repeating: "x", count: 30))
    #expect(await eventually { embedder.waitingInputs == 30 })
    let error = await #expect(throws: EmbedError.self) { try await embedder.embed("more") }
    #expect(error?.code == .overloaded)
    base.open()
    _ = try await (first, large)
    #expect(try await embedder.embed("more").vector == [4, 1])
  }

  @Test func `an input that is refused fails its own call, by its place in it`() async throws {
    let base = GatedEmbedder(isOpen: false)
    let embedder = BatchingEmbedder(base, limits: limits)
    async let first = embedder.embed("first")
    #expect(await eventually { base.batches.count == 1 })
    async let good = embedder.embed(["good", "fine"])
    #expect(await eventually { embedder.waitingInputs == 2 })
    let bad = Task { try await embedder.embed(["a", "b", "refused"]) }
    #expect(await eventually { embedder.waitingInputs == 5 })
    base.open()
    _ = try await first
    #expect(try await good.map(\.vector) == [[4, 1], [4, 1]])
    let error = await #expect(throws: EmbedError.self) { try await bad.value }
    #expect(error?.inputIndex == 2)
  }

  @Test func `when the embedder fails as a whole, so do the calls in work, and no others`()
    async throws
  {
    let base = GatedEmbedder()
    let embedder = BatchingEmbedder(base, limits: limits)
    let error = await #expect(throws: EmbedError.self) { try await embedder.embed("broken") }
    #expect(error?.code == .serviceFailed)
    #expect(try await embedder.embed("whole").vector == [5, 1])
    #expect(embedder.waitingInputs == 0)
  }
}
