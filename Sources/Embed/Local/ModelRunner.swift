import EmbedCore
import Transformer

/// The worker threads of a loaded model, and how the inputs of its calls are spread over them.
///
/// Inputs are taken a window at a time, sorted by length, run in batches of a bounded number of tokens, and put back in
/// order; memory beyond the results does not grow with their number.
struct ModelRunner: Sendable {
  /// The inputs that are sorted together.
  static let windowSize = 1024
  /// The inputs that one job tokenizes.
  private static let sliceSize = 64
  /// The tokens of a batch: enough for the products to be efficient, few enough for the buffers to stay in the cache.
  static let batchTokens = 512
  /// The bytes of text that are tokenized in about the time that it takes to hand them to a worker.
  private static let inlineBytes = 2048

  let pool: WorkerPool
  private let pending: PendingInputs

  /// Starts the threads.
  ///
  /// - Throws: `EmbedError` with code `resourceExhausted` when not one thread starts.
  init(
    _ configuration: LocalEmbedder.Configuration,
    makeWorkspace: @escaping @Sendable () -> Workspace
  ) throws(EmbedError) {
    pool = try WorkerPool(count: configuration.resolvedThreads, makeWorkspace: makeWorkspace)
    pending = PendingInputs(limit: configuration.maximumPendingInputs)
  }

  /// Runs a call's inputs through the model: an output each, in order.
  ///
  /// - Throws: `EmbedError` of the call, and with code `overloaded` when more inputs wait than the configuration allows;
  ///   `CancellationError` once the task is cancelled, after the batch that is in the model.
  /// - Complexity: O(number of tokens), each costing a pass through the model.
  func run<Call: ModelCall>(
    _ inputs: [Call.Input], _ call: Call
  ) async throws -> [Call.Output] {
    let share = min(inputs.count, Self.windowSize)
    try pending.enter(share)
    defer { pending.leave(share) }
    var outputs: [Call.Output] = []
    outputs.reserveCapacity(inputs.count)
    var window = try await tokenize(inputs, from: 0, call)
    while outputs.count + window.count < inputs.count {
      // The next window is tokenized while this one is in the model.
      let end = outputs.count + window.count
      async let upcoming = tokenize(inputs, from: end, call)
      outputs += try await run(window, from: outputs.count, call)
      window = try await upcoming
    }
    return outputs + (try await run(window, from: outputs.count, call))
  }

  // MARK: - Tokens

  /// Tokenizes a window of inputs on the workers.
  private func tokenize<Call: ModelCall>(
    _ inputs: [Call.Input], from start: Int, _ call: Call
  ) async throws -> [InputTokens] {
    let window = start..<min(inputs.count, start + Self.windowSize)
    if Self.isQuickToTokenize(inputs[window], call) {
      var scratch = TokenizerScratch()
      return try Self.tokenize(inputs, window, call, &scratch)
    }
    let slices = stride(from: window.lowerBound, to: window.upperBound, by: Self.sliceSize).map {
      $0..<min(window.upperBound, $0 + Self.sliceSize)
    }
    return try await withThrowingTaskGroup(of: (Int, [InputTokens]).self) { group in
      for slice in slices {
        group.addTask {
          try Task.checkCancellation()
          let result = try await pool.run { worker in
            Result { () throws(EmbedError) in
              try Self.tokenize(inputs, slice, call, &worker.scratch)
            }
          }
          return (slice.lowerBound, try result.get())
        }
      }
      var parts: [Int: [InputTokens]] = [:]
      for try await (start, tokens) in group { parts[start] = tokens }
      return slices.flatMap { parts[$0.lowerBound] ?? [] }
    }
  }

  /// Whether inputs are tokenized sooner by this thread than handed to a worker.
  private static func isQuickToTokenize<Call: ModelCall>(
    _ inputs: ArraySlice<Call.Input>, _ call: Call
  ) -> Bool {
    // Beginning a text takes as long as tokenizing 400 bytes of it; so more than five are never quick.
    inputs.prefix(6).reduce(0) { $0 + 400 + call.byteCount(of: $1) } <= inlineBytes
  }

  private static func tokenize<Call: ModelCall>(
    _ inputs: [Call.Input], _ slice: Range<Int>, _ call: Call, _ scratch: inout TokenizerScratch
  ) throws(EmbedError) -> [InputTokens] {
    var tokens: [InputTokens] = []
    tokens.reserveCapacity(slice.count)
    for index in slice { tokens.append(try call.tokens(of: inputs[index], at: index, &scratch)) }
    return tokens
  }

  // MARK: - Batches

  /// Runs sequences through the model in batches, as many at once as there are workers.
  ///
  /// - Parameter start: the index of the first one's input.
  private func run<Call: ModelCall>(
    _ tokens: [InputTokens], from start: Int, _ call: Call
  ) async throws -> [Call.Output] {
    let plan = BatchPlan(
      lengths: tokens.map(\.sequence.ids.count), budget: Self.batchTokens, workers: pool.count)
    var values = [Call.Values?](repeating: nil, count: tokens.count)
    if plan.batches.count == 1 {
      try Task.checkCancellation()
      for (place, result) in zip(plan.batches[0], try await run(tokens, plan.batches[0], call)) {
        values[place] = result
      }
    } else {
      try await withThrowingTaskGroup(of: (places: [Int], values: [Call.Values]).self) { group in
        var waiting = plan.batches[...]
        func submit() {
          guard let places = waiting.popFirst() else { return }
          group.addTask {
            try Task.checkCancellation()
            return (places, try await run(tokens, places, call))
          }
        }
        // One more than there are workers, so that none waits while results are put in their places.
        for _ in 0...pool.count { submit() }
        for try await result in group {
          for (place, result) in zip(result.places, result.values) { values[place] = result }
          submit()
        }
      }
    }
    var outputs: [Call.Output] = []
    outputs.reserveCapacity(tokens.count)
    for (place, result) in values.enumerated() {
      guard let result else { preconditionFailure("a plan has every sequence in a batch") }
      outputs.append(try call.output(result, of: tokens[place], at: start + place))
    }
    return outputs
  }

  /// Runs the sequences at some places through the model as one batch.
  private func run<Call: ModelCall>(
    _ tokens: [InputTokens], _ places: [Int], _ call: Call
  ) async throws -> [Call.Values] {
    var batch = TokenBatch()
    for place in places { batch.append(tokens[place].sequence.ids, typeIDs: tokens[place].typeIDs) }
    return try await pool.runWithHelp { [batch] worker in
      defer { worker.workspace.releaseAfterLongPass() }
      return call.run(batch, &worker.workspace)
    }
  }
}
