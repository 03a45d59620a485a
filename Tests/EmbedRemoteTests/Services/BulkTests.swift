import EmbedCore
import JSON
import NIOHTTP1
import RemoteTestSupport
import Synchronization
import Testing

@testable import EmbedRemote

/// Many texts through a service that fails now and then.
@Suite struct BulkTests {
  /// Answers every tenth call with a failure that passes.
  private final class Unsteady: Sendable {
    let services = StandInServices()
    private let calls = Atomic(0)
    /// How often each text was taken, and how many calls failed.
    let taken = Mutex<(texts: [String: Int], failures: Int)>(([:], 0))

    @Sendable func respond(_ request: StandInRequest) async -> StandInResponse {
      let number = calls.add(1, ordering: .relaxed).newValue
      guard !number.isMultiple(of: 10) else {
        taken.withLock { $0.failures += 1 }
        return number.isMultiple(of: 20)
          ? StandInResponse(429, headers: ["retry-after-ms": "2"])
          : StandInResponse(503, headers: ["retry-after-ms": "2"])
      }
      if case .array(let inputs)? = request.json?["input"] {
        taken.withLock { taken in
          for text in inputs.compactMap(\.stringValue) { taken.texts[text, default: 0] += 1 }
        }
      }
      return await services.respond(to: request)
    }
  }

  @Test func `10,000 texts come back in order from a service that fails one call in ten`()
    async throws
  {
    let unsteady = Unsteady()
    try await StandInServer.run(unsteady.respond) { server in
      let embedder = try RemoteAddress.all[0].embedder(server, "batch=32")
      let texts = (0..<10_000).map { "text \($0)" }
      let vectors = try await embedder.embed(texts)
      let expected = try await TestEmbedder().embed(texts)
      #expect(vectors.count == 10_000)
      #expect(
        zip(vectors, expected).allSatisfy { own, other in
          zip(own.vector, other.vector).allSatisfy { abs($0 - $1) < 1e-6 }
        })
      let (counts, failures) = unsteady.taken.withLock { ($0.texts, $0.failures) }
      #expect(failures > 30)
      #expect(counts.count == 10_000 && counts.values.allSatisfy { $0 == 1 })
    }
  }

  @Test func `a sequence of texts is read no further than it is embedded`() async throws {
    let services = StandInServices()
    try await StandInServer.run(services.respond) { server in
      let embedder = try RemoteAddress.all[0].embedder(server, "batch=8&concurrency=2")
      let read = Atomic(0)
      let (texts, continuation) = AsyncStream<String>.makeStream()
      for number in 0..<200 { continuation.yield("text \(number)") }
      continuation.finish()
      var count = 0
      let counted = texts.map { text in
        read.add(1, ordering: .relaxed)
        return text
      }
      for try await _ in embedder.embeddings(of: counted) {
        count += 1
        #expect(read.load(ordering: .relaxed) <= count + 16)
      }
      #expect(count == 200)
    }
  }

  @Test func `never has more requests under way than it may`() async throws {
    let services = StandInServices()
    let atOnce = Mutex((now: 0, most: 0))
    try await StandInServer.run { request in
      atOnce.withLock { counts in
        counts.now += 1
        counts.most = max(counts.most, counts.now)
      }
      try? await Task.sleep(for: .milliseconds(2))
      let response = await services.respond(to: request)
      atOnce.withLock { $0.now -= 1 }
      return response
    } body: { server in
      let embedder = try RemoteAddress.all[0].embedder(server, "batch=2&concurrency=3")
      _ = try await embedder.embed((0..<100).map { "text \($0)" })
      // How many there are depends on the machine, but for the limit.
      #expect((2...3).contains(atOnce.withLock { $0.most }))
      #expect(server.requests.count == 50)
    }
  }
}
