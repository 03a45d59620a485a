import EmbedCore
import Synchronization

/// Counts the inputs of unfinished calls, and turns calls away when there are too many.
final class PendingInputs: Sendable {
  private let limit: Int?
  private let count = Mutex(0)

  /// Makes a counter; nil is no limit.
  init(limit: Int?) { self.limit = limit }

  /// Adds the inputs of a call; the first one is taken whatever its size, for it would never fit better.
  ///
  /// - Throws: `EmbedError` with code `overloaded` when the limit would be passed.
  func enter(_ inputs: Int) throws(EmbedError) {
    try count.withLock { (count) throws(EmbedError) in
      if let limit, count > 0, count + inputs > limit {
        throw EmbedError(
          .overloaded, "too many inputs wait", expected: "at most \(limit)",
          got: "\(count) and \(inputs) more")
      }
      count += inputs
    }
  }

  /// Takes the inputs of a finished call off again.
  func leave(_ inputs: Int) { count.withLock { $0 -= inputs } }
}
