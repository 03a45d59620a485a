import Synchronization
import Testing

@testable import EmbedCore

@Suite struct FallbackEmbedderTests {
  /// An embedder that fails as a test says.
  private final class Fallible: Embedder {
    let info: EmbedderInfo
    let failure = Mutex<EmbedError?>(nil)
    let calls = Atomic(0)
    private let base: TestEmbedder

    init(_ model: String, dimensions: Int = 8, tells: Bool = true) {
      base = TestEmbedder(dimensions: dimensions)
      info = EmbedderInfo(
        modelID: model, dimensions: tells ? dimensions : nil, maximumTokens: nil,
        preferredBatchSize: 4)
    }

    func fail(_ code: EmbedError.Code?) {
      failure.withLock { $0 = code.map { EmbedError($0, "no") } }
    }

    @concurrent
    func embed(_ inputs: [EmbeddingInput], options: EmbedOptions) async throws -> [Embedding] {
      calls.add(1, ordering: .relaxed)
      if let error = failure.withLock({ $0 }) { throw error }
      return try await base.embed(inputs, options: options)
    }
  }

  @Test(arguments: [
    EmbedError.Code.unreachable, .timedOut, .overloaded, .serviceFailed, .unauthorized,
  ])
  func `takes the next embedder when one is out`(_ code: EmbedError.Code) async throws {
    let (first, second) = (Fallible("m"), Fallible("org/M"))
    let embedder = try FallbackEmbedder([first, second])
    #expect(try await embedder.embed(["a"]).count == 1)
    #expect(second.calls.load(ordering: .relaxed) == 0)
    first.fail(code)
    #expect(try await embedder.embed(["a"]).count == 1)
    #expect(second.calls.load(ordering: .relaxed) == 1)
    // The one that failed is left alone for a while.
    first.fail(nil)
    #expect(try await embedder.embed(["a"]).count == 1)
    #expect(first.calls.load(ordering: .relaxed) == 2)
  }

  @Test func `tells what the first said when all are out`() async throws {
    let (first, second) = (Fallible("m"), Fallible("m"))
    first.fail(.unreachable)
    second.fail(.timedOut)
    let embedder = try FallbackEmbedder([first, second])
    for _ in 0..<2 {
      let error = await #expect(throws: EmbedError.self) { try await embedder.embed(["a"]) }
      #expect(error?.code == .unreachable || error?.code == .timedOut)
    }
  }

  @Test func `an input that is refused is no reason to ask another`() async throws {
    let (first, second) = (Fallible("m"), Fallible("m"))
    first.fail(.invalidInput)
    let embedder = try FallbackEmbedder([first, second])
    await #expect(throws: EmbedError.self) { try await embedder.embed(["a"]) }
    #expect(second.calls.load(ordering: .relaxed) == 0)
  }

  @Test func `refuses different models unless asked`() async throws {
    for other in [Fallible("n"), Fallible("m", dimensions: 4)] {
      let error = #expect(throws: EmbedError.self) { try FallbackEmbedder([Fallible("m"), other]) }
      #expect(error?.code == .invalidOption)
      #expect(error?.description.contains("mixed=yes") == true)
      #expect(try FallbackEmbedder([Fallible("m"), other], mayMix: true).info.dimensions == nil)
    }
  }

  @Test func `refuses vectors of other dimensions, found out late`() async throws {
    let (first, second) = (Fallible("m", tells: false), Fallible("m", dimensions: 4, tells: false))
    let embedder = try FallbackEmbedder([first, second])
    _ = try await embedder.embed(["a"])
    first.fail(.unreachable)
    let error = await #expect(throws: EmbedError.self) { try await embedder.embed(["a"]) }
    #expect(error?.code == .invalidReply)
  }

  @Test func `is made of the addresses of a URI`() async throws {
    let registry = EmbedderRegistry()
    let embedder = try await registry.embedder("first:test:?dimensions=4,test:?dimensions=4")
    #expect(try await embedder.embed("a").dimensions == 4)
    await #expect(throws: EmbedError.self) {
      try await registry.embedder("first:test:?dimensions=4,test:?dimensions=5")
    }
    _ = try await registry.embedder("first:test:?dimensions=4,test:?dimensions=5,mixed=yes")
    await #expect(throws: EmbedError.self) { try await registry.embedder("first:") }
    await #expect(throws: EmbedError.self) { try await registry.embedder("first:nowhere:x") }
  }
}
