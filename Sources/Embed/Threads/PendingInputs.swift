import EmbedCore
import Synchronization

/// Counts the inputs of unfinished calls, and turns calls away when there are too many.
final class PendingInputs: Sendable {
  private let limit: Int?
  private let count = Atomic<Int>(0)

  /// Makes a counter; nil is no limit.
  init(limit: Int?) { self.limit = limit }

  /// Adds the inputs of a call; the first one is taken whatever its size, for it would never fit better.
  ///
  /// - Throws: `EmbedError` with code `overloaded` when the limit would be passed.
  func enter(_ inputs: Int) throws(EmbedError) {
    var pending = count.load(ordering: .relaxed)
    while true {
      if let limit, pending > 0, pending + inputs > limit {
        throw EmbedError(
          .overloaded, "too many inputs wait", expected: "at most \(limit)",
          got: "\(pending) and \(inputs) more")
      }
      let (isDone, now) = count.weakCompareExchange(
        expected: pending, desired: pending + inputs, ordering: .relaxed)
      if isDone { return }
      pending = now
    }
  }

  /// Takes the inputs of a finished call off again.
  func leave(_ inputs: Int) { count.subtract(inputs, ordering: .relaxed) }
}
