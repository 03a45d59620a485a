public import CoreMetrics
public import EmbedCore
public import Logging
import Metrics

/// An embedder that reports each call of another one to swift-log and swift-metrics.
///
/// ```swift
/// let embedder = ObservedEmbedder(try await LocalEmbedder.load("all-MiniLM-L6-v2"), logger: logger)
/// ```
///
/// It goes around any embedder, so that one without it pays nothing. A call that succeeds is logged at `debug`, one
/// that fails at `error`, one that is cancelled at `debug`; texts and vectors are never logged. The metrics, each with
/// the dimension `model`:
///
/// | label | kind | counts |
/// |---|---|---|
/// | `embed_calls_total` | counter | calls, by the dimension `outcome`: `success`, `cancelled`, or the error's code |
/// | `embed_inputs_total` | counter | inputs that got a vector |
/// | `embed_tokens_total` | counter | tokens that the model saw |
/// | `embed_truncated_total` | counter | inputs that were cut |
/// | `embed_duration` | timer | how long calls took |
public struct ObservedEmbedder: Embedder {
  private let base: any Embedder
  private let logger: Logger
  private let factory: any MetricsFactory

  /// Observes an embedder.
  ///
  /// - Parameters:
  ///   - base: The embedder that does the work.
  ///   - logger: Where calls are logged.
  ///   - metrics: What makes the metrics; nil for the factory that the program has set up.
  public init(_ base: any Embedder, logger: Logger, metrics: (any MetricsFactory)? = nil) {
    self.base = base
    self.logger = logger
    factory = metrics ?? MetricsSystem.factory
  }

  /// What the other embedder tells of itself.
  public var info: EmbedderInfo { base.info }

  /// What the other embedder's vectors depend on.
  ///
  /// - Throws: what the other embedder throws.
  @concurrent
  public func fingerprint(for options: EmbedOptions) async throws -> [String: String] {
    try await base.fingerprint(for: options)
  }

  /// Embeds inputs with the other embedder.
  ///
  /// - Throws: what the other embedder throws.
  @concurrent
  public func embed(_ inputs: [EmbeddingInput], options: EmbedOptions) async throws -> [Embedding] {
    try await observed(inputs.count) {
      try await base.embed(inputs, options: options)
    } vectors: {
      $0
    }
  }

  /// Embeds inputs with the other embedder, a result each; inputs that are refused count in no metric but the call.
  ///
  /// - Throws: what the other embedder throws.
  @concurrent
  public func embedEach(
    _ inputs: [EmbeddingInput], options: EmbedOptions
  ) async throws -> [Result<Embedding, EmbedError>] {
    try await observed(inputs.count) {
      try await base.embedEach(inputs, options: options)
    } vectors: { results in
      results.compactMap { try? $0.get() }
    }
  }

  private func observed<Value: Sendable>(
    _ inputCount: Int, _ call: () async throws -> Value, vectors: (Value) -> [Embedding]
  ) async throws -> Value {
    let clock = ContinuousClock()
    let start = clock.now
    do {
      let value = try await call()
      report(vectors(value), duration: clock.now - start)
      return value
    } catch {
      report(error, inputs: inputCount, duration: clock.now - start)
      throw error
    }
  }

  private func report(_ embeddings: [Embedding], duration: Duration) {
    let tokens = embeddings.reduce(0) { $0 + $1.tokenCount }
    let truncated = embeddings.count { $0.isTruncated }
    count("embed_inputs_total", embeddings.count)
    count("embed_tokens_total", tokens)
    count("embed_truncated_total", truncated)
    finish(outcome: "success", duration)
    logger.debug(
      "embedded",
      metadata: [
        "model": "\(info.modelID)", "inputs": "\(embeddings.count)", "tokens": "\(tokens)",
        "truncated": "\(truncated)", "duration": "\(duration)",
      ])
  }

  private func report(_ error: any Error, inputs: Int, duration: Duration) {
    let isCancelled = error is CancellationError
    let code = (error as? EmbedError)?.code.rawValue ?? "other"
    finish(outcome: isCancelled ? "cancelled" : code, duration)
    logger.log(
      level: isCancelled ? .debug : .error,
      isCancelled ? "embedding cancelled" : "embedding failed",
      metadata: [
        "model": "\(info.modelID)", "inputs": "\(inputs)", "duration": "\(duration)",
        "error": "\(error)",
      ])
  }

  private func finish(outcome: String, _ duration: Duration) {
    Counter(
      label: "embed_calls_total", dimensions: [("model", info.modelID), ("outcome", outcome)],
      factory: factory
    ).increment()
    Timer(label: "embed_duration", dimensions: [("model", info.modelID)], factory: factory)
      .record(duration: duration)
  }

  private func count(_ label: String, _ amount: Int) {
    Counter(label: label, dimensions: [("model", info.modelID)], factory: factory)
      .increment(by: amount)
  }
}
