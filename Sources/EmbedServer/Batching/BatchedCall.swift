import EmbedCore
import Synchronization

/// A call whose inputs are embedded in parts, each in a batch with parts of other calls.
final class BatchedCall: Sendable {
  typealias Results = [Result<Embedding, EmbedError>]

  /// Some of the inputs, one after the other.
  struct Part {
    /// Where they stand in the call.
    let places: Range<Int>
    let inputs: ArraySlice<EmbeddingInput>
    /// Their tokens, as they are estimated.
    let tokens: Int
  }

  private struct State {
    var inputs: [EmbeddingInput]
    /// The inputs that are in a batch or have been.
    var taken = 0
    var results: [Result<Embedding, EmbedError>?]
    var missing: Int
    /// nil before the call begins and after it ends.
    var continuation: CheckedContinuation<Results, any Error>?
    /// Whether the inputs that are in no batch wait in the queue.
    var isQueued = false
    /// Why the call ended before it began.
    var earlyError: (any Error)?
  }

  let options: EmbedOptions
  let inputCount: Int
  private let state: Mutex<State>

  init(_ inputs: [EmbeddingInput], options: EmbedOptions) {
    self.options = options
    inputCount = inputs.count
    state = Mutex(
      State(
        inputs: inputs, results: Array(repeating: nil, count: inputs.count), missing: inputs.count))
  }

  /// The inputs that are in no batch yet.
  var waitingCount: Int { state.withLock { $0.inputs.count - $0.taken } }

  /// Tells that the inputs wait in the queue from now on.
  func enterQueue() { state.withLock { $0.isQueued = true } }

  /// Tells whom to give the results.
  func begin(_ continuation: CheckedContinuation<Results, any Error>) {
    let error = state.withLock { state in
      if state.earlyError == nil { state.continuation = continuation }
      return state.earlyError
    }
    if let error { continuation.resume(throwing: error) }
  }

  /// Takes the next inputs, at least one, until their tokens reach a number; none when none is left.
  func take(tokens limit: Int, maximumTokens: Int?) -> Part {
    state.withLock { state in
      let start = state.taken
      var tokens = 0
      while state.taken < state.inputs.count, tokens < limit {
        tokens += state.inputs[state.taken].estimatedTokens(atMost: maximumTokens ?? 512)
        state.taken += 1
      }
      return Part(
        places: start..<state.taken, inputs: state.inputs[start..<state.taken], tokens: tokens)
    }
  }

  /// Takes all inputs that are in no batch yet, to throw them away.
  ///
  /// - Returns: how many of them waited in the queue.
  func takeAll() -> Int {
    state.withLock { state in
      let count = state.isQueued ? state.inputs.count - state.taken : 0
      state.inputs = []
      state.taken = 0
      return count
    }
  }

  /// Takes the results of a part; with the last one the call ends.
  func receive(_ results: ArraySlice<Result<Embedding, EmbedError>>, at places: Range<Int>) {
    let ended = state.withLock { state -> (CheckedContinuation<Results, any Error>, Results)? in
      for (place, result) in zip(places, results) {
        // Of an error, the index in the batch means nothing to the call.
        state.results[place] = result.mapError { $0.about(input: place) }
      }
      state.missing -= places.count
      guard state.missing == 0, let continuation = state.continuation else { return nil }
      state.continuation = nil
      return (continuation, state.results.compactMap { $0 })
    }
    if let (continuation, results) = ended { continuation.resume(returning: results) }
  }

  /// Ends the call with an error, unless it has ended.
  func finish(throwing error: any Error) {
    let continuation = state.withLock { state in
      defer { state.continuation = nil }
      if state.earlyError == nil { state.earlyError = error }
      return state.continuation
    }
    continuation?.resume(throwing: error)
  }
}

extension EmbeddingInput {
  /// About as many tokens as the model will see.
  fileprivate func estimatedTokens(atMost maximum: Int) -> Int {
    switch self {
    // English has about four bytes a token; two more tokens stand around a text.
    case .text(let text): min(maximum, text.utf8.count / 4 + 3)
    case .tokens(let ids): min(maximum, max(1, ids.count))
    case .image: maximum
    }
  }
}
