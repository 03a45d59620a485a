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
  /// The inputs that one job tokenizes and runs, where that takes no longer.
  private static let lookupSliceSize = 256
  /// The tokens of a batch: enough for the products to be efficient, few enough for the buffers to stay in the cache.
  static let batchTokens = 256
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
    if call.isLookup { return try await lookUp(inputs, call) }
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
    outputs += try await run(window, from: outputs.count, call)
    return outputs
  }

  /// Tokenizes inputs and runs them in the same jobs: what takes no time is not worth sorting.
  private func lookUp<Call: ModelCall>(
    _ inputs: [Call.Input], _ call: Call
  ) async throws -> [Call.Output] {
    var slices = Self.slices(of: inputs.indices, size: Self.lookupSliceSize)[...]
    var parts: [Int: [Call.Output]] = [:]
    var outputs: [Call.Output] = []
    outputs.reserveCapacity(inputs.count)
    try await withThrowingTaskGroup(of: (Int, [Call.Output]).self) { group in
      func submit() {
        guard let slice = slices.popFirst() else { return }
        group.addTask {
          try Task.checkCancellation()
          let result = try await pool.run { worker in
            Result { () throws(EmbedError) in
              let tokens = try Self.tokenize(inputs, slice, call, &worker.scratch)
              return try Self.run(
                tokens, Array(tokens.indices), from: slice.lowerBound, call, &worker)
            }
          }
          return (slice.lowerBound, try result.get().map { $0.output })
        }
      }
      for _ in 0...pool.count { submit() }
      for try await (start, part) in group {
        parts[start] = part
        submit()
        while let next = parts.removeValue(forKey: outputs.count) { outputs += next }
      }
    }
    return outputs
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
    let slices = Self.slices(of: window, size: Self.sliceSize)
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

  private static func slices(of indices: Range<Int>, size: Int) -> [Range<Int>] {
    stride(from: indices.lowerBound, to: indices.upperBound, by: size).map {
      $0..<min(indices.upperBound, $0 + size)
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
      lengths: tokens.map { $0.sequence.ids.count }, budget: Self.batchTokens, workers: pool.count)
    if plan.batches.count == 1 {
      try Task.checkCancellation()
      return try await run(tokens, plan.batches[0], from: start, call)
        .sorted { $0.place < $1.place }.map { $0.output }
    }
    var outputs = [Call.Output?](repeating: nil, count: tokens.count)
    try await withThrowingTaskGroup(of: [(place: Int, output: Call.Output)].self) { group in
      var waiting = plan.batches[...]
      func submit() {
        guard let places = waiting.popFirst() else { return }
        group.addTask {
          try Task.checkCancellation()
          return try await run(tokens, places, from: start, call)
        }
      }
      // One more than there are workers, so that none waits while results are put in their places.
      for _ in 0...pool.count { submit() }
      for try await batch in group {
        for (place, output) in batch { outputs[place] = output }
        submit()
      }
    }
    return outputs.map { output in
      guard let output else { preconditionFailure("a plan has every sequence in a batch") }
      return output
    }
  }

  /// Runs the sequences at some places through the model as one batch.
  private func run<Call: ModelCall>(
    _ tokens: [InputTokens], _ places: [Int], from start: Int, _ call: Call
  ) async throws -> [(place: Int, output: Call.Output)] {
    let result = try await pool.runWithHelp { worker in
      Result { () throws(EmbedError) in
        try Self.run(tokens, places, from: start, call, &worker)
      }
    }
    return try result.get()
  }

  private static func run<Call: ModelCall>(
    _ tokens: [InputTokens], _ places: [Int], from start: Int, _ call: Call,
    _ worker: inout WorkerPool.Worker
  ) throws(EmbedError) -> [(place: Int, output: Call.Output)] {
    defer { worker.workspace.releaseAfterLongPass() }
    var batch = TokenBatch()
    for place in places { batch.append(tokens[place].sequence.ids, typeIDs: tokens[place].typeIDs) }
    var outputs: [(place: Int, output: Call.Output)] = []
    outputs.reserveCapacity(places.count)
    // Looked at here, while the values are in the cache.
    for (place, values) in zip(places, call.run(batch, &worker.workspace)) {
      outputs.append((place, try call.output(values, of: tokens[place], at: start + place)))
    }
    return outputs
  }
}
