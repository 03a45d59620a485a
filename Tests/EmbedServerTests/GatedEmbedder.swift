import EmbedCore
import Synchronization

/// An embedder that keeps what it is given, and waits at a gate when that is closed.
///
/// A text's vector is its number of bytes and 1. The text `refused` is refused, and a call with the text `broken` fails
/// as a whole.
final class GatedEmbedder: Embedder {
  private struct State {
    var batches: [[String]] = []
    var isOpen: Bool
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  let info = EmbedderInfo(
    modelID: "gated", dimensions: 2, maximumTokens: 16, preferredBatchSize: 8)
  private let state: Mutex<State>

  init(isOpen: Bool = true) { state = Mutex(State(isOpen: isOpen)) }

  /// The texts of each call so far.
  var batches: [[String]] { state.withLock { $0.batches } }

  /// Lets all calls through, from now on.
  func open() {
    let waiting = state.withLock { state in
      state.isOpen = true
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume() }
  }

  @concurrent
  func embed(_ inputs: [EmbeddingInput], options: EmbedOptions) async throws -> [Embedding] {
    let texts = inputs.map { input in
      if case .text(let text) = input { text } else { "tokens" }
    }
    await withCheckedContinuation { continuation in
      let isOpen = state.withLock { state in
        state.batches.append(texts)
        if !state.isOpen { state.waiting.append(continuation) }
        return state.isOpen
      }
      if isOpen { continuation.resume() }
    }
    if let index = texts.firstIndex(of: "refused") {
      throw EmbedError(.invalidInput, "refused", input: index)
    }
    if texts.contains("broken") { throw EmbedError(.serviceFailed, "broken") }
    return texts.map { Embedding([Float($0.utf8.count), 1], tokenCount: 1) }
  }
}

/// Waits until something holds, at most ten seconds.
func eventually(_ condition: @Sendable () async -> Bool) async -> Bool {
  for _ in 0..<1000 {
    if await condition() { return true }
    try? await Task.sleep(for: .milliseconds(10))
  }
  return false
}
