import Synchronization

/// The threads of this process that compute, over all embedders: as many helpers as leave every job a processor.
///
/// A job always runs. Threads that would only help another one stay away when the processors are busy, for on a machine
/// with more threads than processors everyone waits for those that were interrupted.
final class HelperBudget: Sendable {
  /// The budget of this process.
  static let shared = HelperBudget(processors: AvailableProcessors.count)

  /// The processors that there are.
  let processors: Int
  private let busy = Atomic<Int>(0)

  init(processors: Int) { self.processors = processors }

  /// The helpers that may begin.
  var free: Int { processors - busy.load(ordering: .relaxed) }

  /// Runs a job.
  func job<Output>(_ body: () -> Output) -> Output {
    busy.add(1, ordering: .relaxed)
    defer { busy.subtract(1, ordering: .relaxed) }
    return body()
  }

  /// Lets a thread help if a processor is free; returns what `body` returns, else false.
  func help(_ body: () -> Bool) -> Bool {
    guard busy.add(1, ordering: .relaxed).newValue <= processors else {
      busy.subtract(1, ordering: .relaxed)
      return false
    }
    defer { busy.subtract(1, ordering: .relaxed) }
    return body()
  }
}
