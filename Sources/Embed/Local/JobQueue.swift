import Synchronization

/// The jobs that wait for a thread, first in, first out; one may also leave from the middle.
final class JobQueue: Sendable {
  /// What a thread is to do.
  struct Job: Sendable {
    let run: @Sendable (inout WorkerPool.Worker) -> Void
    /// Called instead of `run`.
    let cancel: @Sendable () -> Void
  }

  /// The number of a job; none has the number 0.
  typealias Ticket = UInt64

  private struct State {
    /// The jobs that wait, by their tickets: removing one is as cheap in the middle as at the front.
    var jobs: [Ticket: Job] = [:]
    /// No waiting job has a lower ticket.
    var first: Ticket = 1
    var end: Ticket = 1
  }

  private let state = Mutex(State())
  private let waiting = Atomic<Int>(0)

  /// The number of jobs that wait.
  var count: Int { waiting.load(ordering: .sequentiallyConsistent) }

  /// Adds a job.
  ///
  /// - Complexity: O(1), amortized.
  func append(_ job: Job) -> Ticket {
    state.withLock { state in
      defer { state.end += 1 }
      state.jobs[state.end] = job
      waiting.add(1, ordering: .sequentiallyConsistent)
      return state.end
    }
  }

  /// Takes the job that has waited longest.
  ///
  /// - Complexity: O(1), amortized over all jobs.
  func popFirst() -> Job? {
    guard count > 0 else { return nil }
    return state.withLock { state in
      while state.first < state.end {
        defer { state.first += 1 }
        if let job = remove(state.first, from: &state) { return job }
      }
      return nil
    }
  }

  /// Takes a job if it still waits.
  ///
  /// - Complexity: O(1).
  func remove(_ ticket: Ticket) -> Job? {
    state.withLock { remove(ticket, from: &$0) }
  }

  private func remove(_ ticket: Ticket, from state: inout State) -> Job? {
    guard let job = state.jobs.removeValue(forKey: ticket) else { return nil }
    waiting.subtract(1, ordering: .relaxed)
    // After a rush the memory is given back.
    if state.jobs.isEmpty, state.jobs.capacity > 1024 { state.jobs = [:] }
    return job
  }
}
