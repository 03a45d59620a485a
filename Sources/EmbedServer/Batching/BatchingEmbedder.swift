public import EmbedCore
import Synchronization

/// An embedder that gives the inputs of many calls to another one together.
///
/// ```swift
/// let embedder = BatchingEmbedder(try await LocalEmbedder.load("all-MiniLM-L6-v2"))
/// ```
///
/// For a server, whose requests are many and small. A call that comes while nothing is in work goes through at once.
/// While batches are in work, calls wait, and the next batch takes from all of them, as many inputs as its tokens allow;
/// long calls take turns with short ones. Calls with other options are never in the same batch.
///
/// An input that is refused fails its own call alone. A cancelled call leaves the queue.
public final class BatchingEmbedder: Embedder {
  /// How much is in work and how much may wait.
  public struct Limits: Sendable, Hashable {
    /// The tokens of a batch, as they are estimated: a batch ends with the input that reaches them.
    public var batchTokens: Int
    /// The batches that are in work at a time.
    public var concurrentBatches: Int
    /// The inputs of all calls that may wait; a call that comes while nothing waits is always taken.
    public var waitingInputs: Int

    /// Makes limits; the default ones suit a model on this machine with two threads.
    public init(batchTokens: Int = 512, concurrentBatches: Int = 3, waitingInputs: Int = 8192) {
      self.batchTokens = batchTokens
      self.concurrentBatches = concurrentBatches
      self.waitingInputs = waitingInputs
    }
  }

  private struct State {
    var queue = FairQueue<BatchedCall>()
    /// The inputs in the queue.
    var waiting = 0
    /// The batches in work.
    var running = 0
  }

  private let base: any Embedder
  private let limits: Limits
  private let state = Mutex(State())

  /// Batches the calls of an embedder.
  ///
  /// - Precondition: all limits are positive.
  public init(_ base: any Embedder, limits: Limits = Limits()) {
    precondition(
      limits.batchTokens > 0 && limits.concurrentBatches > 0 && limits.waitingInputs > 0,
      "limits are positive")
    self.base = base
    self.limits = limits
  }

  /// What the other embedder tells of itself.
  public var info: EmbedderInfo { base.info }

  /// The inputs that wait.
  public var waitingInputs: Int { state.withLock { $0.waiting } }

  /// What the other embedder's vectors depend on.
  ///
  /// - Throws: what the other embedder throws.
  @concurrent
  public func fingerprint(for options: EmbedOptions) async throws -> [String: String] {
    try await base.fingerprint(for: options)
  }

  /// Embeds inputs, one vector each, in order.
  ///
  /// - Throws: what the other embedder throws; `EmbedError` with code `overloaded` when too many inputs wait;
  ///   `CancellationError` as soon as the task is cancelled.
  @concurrent
  public func embed(_ inputs: [EmbeddingInput], options: EmbedOptions) async throws -> [Embedding] {
    try await embedEach(inputs, options: options).map { try $0.get() }
  }

  /// Embeds inputs, a result each, in order.
  ///
  /// - Throws: as `embed(_:options:)`, when no single input is to blame.
  @concurrent
  public func embedEach(
    _ inputs: [EmbeddingInput], options: EmbedOptions
  ) async throws -> [Result<Embedding, EmbedError>] {
    if inputs.isEmpty { return try await base.embedEach(inputs, options: options) }
    let call = BatchedCall(inputs, options: options)
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        call.begin(continuation)
        enqueue(call)
      }
    } onCancel: {
      withdraw(call, CancellationError())
    }
  }

  private func enqueue(_ call: BatchedCall) {
    let isTaken = state.withLock { state in
      // A call that was cancelled before this has no inputs left.
      let count = call.waitingCount
      guard state.waiting == 0 || state.waiting + count <= limits.waitingInputs else {
        return false
      }
      if count > 0 {
        state.waiting += count
        call.enterQueue()
        state.queue.append(call)
      }
      return true
    }
    guard isTaken else {
      call.finish(
        throwing: EmbedError(
          .overloaded, "too many inputs wait",
          expected: "at most \(limits.waitingInputs), these included",
          got: "\(waitingInputs) before \(call.inputCount) more", at: info.modelID))
      return
    }
    start()
  }

  /// Ends a call early; its inputs no longer wait.
  private func withdraw(_ call: BatchedCall, _ error: any Error) {
    state.withLock { $0.waiting -= call.takeAll() }
    call.finish(throwing: error)
  }

  /// Begins as many batches as may be in work.
  private func start() {
    while let batch = state.withLock({ nextBatch(&$0) }) {
      Task { await run(batch) }
    }
  }

  /// A batch of the inputs whose turn it is; nil when enough are in work or nothing waits.
  private func nextBatch(_ state: inout State) -> Batch? {
    guard state.running < limits.concurrentBatches else { return nil }
    var batch: Batch?
    var rest = limits.batchTokens
    // Calls with other options keep their places.
    var others: [FairQueue<BatchedCall>.Turn] = []
    while rest > 0, others.count < 64, let turn = state.queue.next() {
      let call = turn.element
      if let batch, batch.options != call.options {
        others.append(turn)
        continue
      }
      let part = call.take(tokens: rest, maximumTokens: info.maximumTokens)
      guard !part.places.isEmpty else { continue }
      state.waiting -= part.places.count
      rest -= part.tokens
      batch = batch ?? Batch(options: call.options)
      batch?.parts.append((call, part))
      if call.waitingCount > 0 { state.queue.putBack(turn, cost: part.tokens) }
    }
    for turn in others { state.queue.putBack(turn, cost: 0) }
    if batch != nil { state.running += 1 }
    return batch
  }

  private func run(_ batch: Batch) async {
    do {
      let inputs = batch.parts.flatMap { $0.part.inputs }
      let results = try await base.embedEach(inputs, options: batch.options)
      guard results.count == inputs.count else {
        throw EmbedError(
          .invalidReply, "wrong number of embeddings", expected: "\(inputs.count)",
          got: "\(results.count)", at: info.modelID)
      }
      var next = 0
      for (call, part) in batch.parts {
        call.receive(results[next..<next + part.places.count], at: part.places)
        next += part.places.count
      }
    } catch {
      for (call, _) in batch.parts { withdraw(call, error) }
    }
    state.withLock { $0.running -= 1 }
    start()
  }
}

/// Inputs of some calls that go to the embedder together.
private struct Batch {
  let options: EmbedOptions
  var parts: [(call: BatchedCall, part: BatchedCall.Part)] = []
}
