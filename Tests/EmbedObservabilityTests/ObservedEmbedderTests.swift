import EmbedCore
import EmbedObservability
import EmbedTesting
import InMemoryLogging
import Logging
import MetricsTestKit
import Testing

@Suite struct ObservedEmbedderTests {
  private let log = InMemoryLogHandler()
  private let metrics = TestMetrics()

  private func observed(_ embedder: any Embedder) -> ObservedEmbedder {
    var logger = Logger(label: "test") { _ in log }
    logger.logLevel = .debug
    return ObservedEmbedder(embedder, logger: logger, metrics: metrics)
  }

  @Test func `an observed embedder keeps the protocol's requirements`() async {
    #expect(await EmbedderConformance(observed(TestEmbedder())).violations() == [])
  }

  @Test func `calls, inputs and tokens are counted, and a call is logged without its texts`()
    async throws
  {
    let embedder = observed(TestEmbedder())
    _ = try await embedder.embed(["one secret", "two"])
    let model = [("model", "test")]
    #expect(try metrics.expectCounter("embed_inputs_total", model).totalValue == 2)
    #expect(try metrics.expectCounter("embed_tokens_total", model).totalValue == 3)
    #expect(try metrics.expectCounter("embed_truncated_total", model).totalValue == 0)
    let calls = try metrics.expectCounter("embed_calls_total", model + [("outcome", "success")])
    #expect(calls.totalValue == 1)
    #expect(try metrics.expectTimer("embed_duration", model).values.count == 1)
    let entry = try #require(log.entries.first)
    #expect(log.entries.count == 1 && entry.level == .debug)
    #expect(entry.metadata["inputs"] == "2" && entry.metadata["tokens"] == "3")
    #expect(!"\(log.entries)".contains("secret"))
  }

  @Test func `an error is counted by its code, logged, and thrown on`() async throws {
    let embedder = observed(TestEmbedder())
    let error = await #expect(throws: EmbedError.self) {
      try await embedder.embed("x", options: EmbedOptions(dimensions: 0))
    }
    #expect(error?.code == .invalidOption)
    let dimensions = [("model", "test"), ("outcome", "invalid-option")]
    #expect(try metrics.expectCounter("embed_calls_total", dimensions).totalValue == 1)
    #expect(log.entries.map(\.level) == [.error])
  }
}
