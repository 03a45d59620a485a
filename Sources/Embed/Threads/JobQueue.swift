import Foundation
import Synchronization

/// The jobs that wait for a thread, first in, first out; one may also leave from the middle.
final class JobQueue: @unchecked Sendable {
  /// What a thread is to do.
  struct Job: Sendable {
    let run: @Sendable (inout WorkerPool.Worker) -> Void
    /// Called instead of `run`.
    let cancel: @Sendable () -> Void
  }

  /// The number of a job; none has the number 0.
  typealias Ticket = UInt64

  /// Guards the properties below; unlike `Mutex`, one that the thread sanitizer knows.
  private let lock = NSLock()
  /// The jobs that wait, by their tickets: removing one is as cheap in the middle as at the front.
  private var jobs: [Ticket: Job] = [:]
  /// No waiting job has a lower ticket.
  private var first: Ticket = 1
  private var end: Ticket = 1
  /// The number of `jobs`, for those who do not have the lock.
  private let waiting = Atomic<Int>(0)

  /// The number of jobs that wait.
  var count: Int { waiting.load(ordering: .sequentiallyConsistent) }

  /// Adds a job.
  ///
  /// - Complexity: O(1), amortized.
  func append(_ job: Job) -> Ticket {
    lock.withLock {
      defer { end += 1 }
      jobs[end] = job
      waiting.add(1, ordering: .sequentiallyConsistent)
      return end
    }
  }

  /// Takes the job that has waited longest.
  ///
  /// - Complexity: O(1), amortized over all jobs.
  func popFirst() -> Job? {
    guard count > 0 else { return nil }
    return lock.withLock {
      while first < end {
        defer { first += 1 }
        if let job = take(first) { return job }
      }
      return nil
    }
  }

  /// Takes a job if it still waits.
  ///
  /// - Complexity: O(1).
  func remove(_ ticket: Ticket) -> Job? { lock.withLock { take(ticket) } }

  /// As `remove`, with the lock held.
  private func take(_ ticket: Ticket) -> Job? {
    guard let job = jobs.removeValue(forKey: ticket) else { return nil }
    waiting.subtract(1, ordering: .relaxed)
    // After a rush the memory is given back.
    if jobs.isEmpty, jobs.capacity > 1024 { jobs = [:] }
    return job
  }
}
