import Foundation

/// Jobs that wait for a thread, first in, first out.
final class JobQueue: @unchecked Sendable {
  /// Guards the properties below.
  private let condition = NSCondition()
  private var jobs: [WorkerPool.Job] = []
  private var isClosed = false

  /// Adds a job and wakes one thread.
  func append(_ job: @escaping WorkerPool.Job) {
    condition.withLock {
      precondition(!isClosed, "a closed queue takes no jobs")
      jobs.append(job)
      condition.signal()
    }
  }

  /// The next job, waited for; nil when the queue is closed and empty.
  func next() -> WorkerPool.Job? {
    condition.withLock {
      while jobs.isEmpty {
        if isClosed { return nil }
        condition.wait()
      }
      return jobs.removeFirst()
    }
  }

  /// Lets the threads finish the jobs that are there, then end.
  func close() {
    condition.withLock {
      isClosed = true
      condition.broadcast()
    }
  }
}
