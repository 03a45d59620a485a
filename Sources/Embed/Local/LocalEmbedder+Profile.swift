import EmbedCore
import Kernels
import Transformer

extension LocalEmbedder {
  /// Where the time of one thread goes.
  package struct Profile: Sendable, Hashable {
    /// The tokens that the model saw.
    package let tokenCount: Int
    /// The stages in the order of a pass, with the seconds that each took.
    package let stages: [Stage]
    /// Floating-point operations a second in the products with the weights.
    package let productRate: Double
    /// Floating-point operations a second in registers alone, the most that the instruction set in use could reach.
    package let peakRate: Double

    /// A stage of the work.
    package struct Stage: Sendable, Hashable {
      /// The stage, for people.
      package let name: String
      /// What it took, in seconds.
      package let seconds: Double
    }
  }

  /// Tokenizes texts and runs them through the model on one thread, a stopwatch in hand.
  ///
  /// - Throws: as `embed(_:options:)`.
  /// - Complexity: O(number of tokens), each costing a pass through the model.
  @concurrent
  package func profile(_ texts: [String]) async throws -> Profile {
    let result = try await runtime.runner.pool.run { worker in self.profile(texts, &worker) }
    return try result.get()
  }

  private func profile(
    _ texts: [String], _ worker: inout WorkerPool.Worker
  ) -> Result<Profile, EmbedError> {
    let clock = ContinuousClock()
    let start = clock.now
    @Sendable func nanoseconds() -> Int64 { (clock.now - start).nanoseconds }

    // The best of several short loops, before and after: one alone tells as much of what else the machine does.
    func peakRate() -> Double {
      (0..<5).map { _ in
        let start = nanoseconds()
        let (operations, result) = runtime.kernels.multiplyInRegisters(rounds: 1_000_000)
        precondition(result.isFinite)
        return Double(operations) / Double(nanoseconds() - start) * 1e9
      }.reduce(0, max)
    }
    let peakBefore = peakRate()

    let tokenizerStart = nanoseconds()
    var sequences: [TokenSequence] = []
    for (index, text) in texts.enumerated() {
      do {
        sequences.append(
          try tokenizer.sequence(
            for: .text(text), at: index, options: EmbedOptions(), scratch: &worker.scratch))
      } catch {
        return .failure(error)
      }
    }
    let tokenizing = nanoseconds() - tokenizerStart

    worker.workspace.stopwatch = Stopwatch(now: nanoseconds)
    let plan = BatchPlan(
      lengths: sequences.map(\.ids.count), budget: ModelRunner.batchTokens, workers: 1)
    for places in plan.batches {
      var batch = TokenBatch()
      for place in places { batch.append(sequences[place].ids) }
      _ = runtime.model.embed(
        batch, promptLength: 0, OutputOptions(normalization: .unit, dimensions: nil),
        &worker.workspace)
    }
    let stopwatch = worker.workspace.stopwatch
    worker.workspace.stopwatch = nil
    return .success(
      Profile(
        sequences, tokenizing: tokenizing, stopwatch: stopwatch,
        peakRate: max(peakBefore, peakRate()),
        operationsPerToken: runtime.model.operationsPerToken))
  }
}

extension LocalEmbedder.Profile {
  fileprivate init(
    _ sequences: [TokenSequence], tokenizing: Int64, stopwatch: Stopwatch?, peakRate: Double,
    operationsPerToken: Int
  ) {
    tokenCount = sequences.reduce(0) { $0 + $1.ids.count }
    func seconds(_ stage: Stopwatch.Stage) -> Double { Double(stopwatch?[stage] ?? 0) / 1e9 }
    stages =
      [Stage(name: "tokenizer", seconds: Double(tokenizing) / 1e9)]
      + Stopwatch.Stage.allCases.map { Stage(name: $0.name, seconds: seconds($0)) }
    productRate = Double(tokenCount * operationsPerToken) / max(seconds(.products), 1e-9)
    self.peakRate = peakRate
  }
}

extension Stopwatch.Stage {
  fileprivate var name: String {
    switch self {
    case .embeddings: "embeddings"
    case .products: "matrix products"
    case .attention: "attention"
    case .layerNorm: "layer norms"
    case .pooling: "pooling"
    }
  }
}

extension Duration {
  /// Whole nanoseconds.
  fileprivate var nanoseconds: Int64 {
    components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
  }
}
