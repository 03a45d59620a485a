import Embed
import Foundation

/// Measures an embedder on texts.
struct Benchmark {
  let texts: [String]
  /// Passes over all texts.
  let rounds: Int
  /// Single texts, one after another.
  let queries: Int

  /// The text whose latency is taken.
  static let query = "How do I keep the receipts from my trip to Oslo?"

  /// Runs the benchmark on an embedder that took `loading` to load.
  ///
  /// - Throws: what the embedder throws.
  func run(
    _ embedder: any Embedder, loading: Duration
  ) async throws -> BenchmarkReport {
    let clock = ContinuousClock()
    let first = try await clock.measure { _ = try await embedder.embed(Self.query) }
    var latencies: [Double] = []
    for query in -queries / 10..<queries {
      let time = try await clock.measure { _ = try await embedder.embed(Self.query) }
      if query >= 0 { latencies.append(time.inSeconds) }
    }
    var seconds: [Double] = []
    var tokens = 0
    for _ in 0..<rounds {
      let time = try await clock.measure {
        tokens = try await embedder.embed(texts).reduce(0) { $0 + $1.tokenCount }
      }
      seconds.append(time.inSeconds)
    }
    let profile = try await (embedder as? LocalEmbedder)?.profile(Array(texts.prefix(1024)))
    return BenchmarkReport(
      embedder, texts: texts.count, tokens: tokens, loading: loading.inSeconds,
      first: first.inSeconds, latencies: latencies.sorted(), rounds: seconds.sorted(),
      profile: profile)
  }
}

extension Duration {
  fileprivate var inSeconds: Double {
    Double(components.seconds) + 1e-18 * Double(components.attoseconds)
  }
}
