import Embed
import Foundation
import JSON

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

/// What a benchmark found.
struct BenchmarkReport: Report {
  let model: String
  let engine: String?
  let threads: Int?
  let texts: Int
  let tokens: Int
  /// Seconds to load the model, and then to its first vector.
  let loading: Double
  let first: Double
  /// Seconds for one text after another, sorted.
  let latencies: [Double]
  /// Seconds for all texts, sorted.
  let rounds: [Double]
  let peakMemory: Int?
  let profile: LocalEmbedder.Profile?

  init(
    _ embedder: any Embedder, texts: Int, tokens: Int, loading: Double, first: Double,
    latencies: [Double], rounds: [Double], profile: LocalEmbedder.Profile?
  ) {
    let local = embedder as? LocalEmbedder
    model = embedder.info.modelID
    engine = local?.engineName
    threads = local?.threadCount
    self.texts = texts
    self.tokens = tokens
    self.loading = loading
    self.first = first
    self.latencies = latencies
    self.rounds = rounds
    peakMemory = ThisProcess.peakMemory
    self.profile = profile
  }

  private var median: Double { rounds.percentile(50) }

  /// The report for people, whole lines.
  var text: String {
    var table = TextTable()
    func row(_ name: String, _ value: String) { table.append([name, value]) }
    row("model", model)
    if let engine { row("engine", engine) }
    if let threads { row("threads", "\(threads)") }
    row("texts", "\(texts), \(tokens) tokens")
    row("loading", Self.milliseconds(loading))
    row("first vector", Self.milliseconds(first))
    row(
      "one text",
      [50, 90, 99].map { "p\($0) \(Self.milliseconds(latencies.percentile($0)))" }
        .joined(separator: ", "))
    row("texts a second", "\(Int(Double(texts) / median))")
    row("tokens a second", "\(Int(Double(tokens) / median))")
    if let peakMemory { row("peak memory", "\(peakMemory >> 20) MiB") }
    return table.text + (profile?.table ?? "")
  }

  private static func milliseconds(_ seconds: Double) -> String {
    String(format: "%.2f ms", seconds * 1000)
  }

  /// The report for programs; times in seconds, memory in bytes.
  var json: JSONValue {
    func number(_ value: Double) -> JSONValue { .number("\(value)") }
    var members: [(key: String, value: JSONValue)] = [("model", .string(model))]
    if let engine { members.append(("engine", .string(engine))) }
    if let threads { members.append(("threads", .number("\(threads)"))) }
    members += [
      ("texts", .number("\(texts)")), ("tokens", .number("\(tokens)")),
      ("loading", number(loading)), ("first_vector", number(first)),
      ("p50", number(latencies.percentile(50))),
      ("p90", number(latencies.percentile(90))),
      ("p99", number(latencies.percentile(99))),
      ("texts_per_second", number(Double(texts) / median)),
      ("tokens_per_second", number(Double(tokens) / median)),
    ]
    if let peakMemory { members.append(("peak_memory", .number("\(peakMemory)"))) }
    if let profile {
      members += [
        ("profiled_tokens", .number("\(profile.tokenCount)")),
        ("stages", .object(profile.stages.map { ($0.name, number($0.seconds)) })),
        ("product_rate", number(profile.productRate)), ("peak_rate", number(profile.peakRate)),
      ]
    }
    return .object(members)
  }
}

extension LocalEmbedder.Profile {
  fileprivate var table: String {
    let total = stages.reduce(0) { $0 + $1.seconds }
    var table = TextTable(["", "share", "us a token"])
    for stage in stages {
      table.append([
        stage.name, String(format: "%5.1f %%", 100 * stage.seconds / total),
        String(format: "%.2f", 1e6 * stage.seconds / Double(tokenCount)),
      ])
    }
    let rates = String(
      format: "products: %.1f GFLOP/s, %.0f %% of the %.1f that this thread could do at f32\n",
      productRate / 1e9, 100 * productRate / peakRate, peakRate / 1e9)
    return "\none thread, \(tokenCount) tokens:\n" + table.text + rates
  }
}
