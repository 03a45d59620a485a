import Foundation
import Synchronization

/// What the threads of a pool wait for: jobs, first in, first out, and calls for help with one.
final class JobQueue: @unchecked Sendable {
  /// What a thread is to do next.
  enum Work {
    case job(WorkerPool.Job)
    /// Help the thread that leads the team.
    case help
  }

  /// The most threads that help at once: more spend longer meeting than they save.
  static let maximumHelpers = 7

  /// Guards the properties below, but the atomic one.
  private let condition = NSCondition()
  private var jobs: [WorkerPool.Job] = []
  private var isClosed = false
  private var isHelpWanted = false
  private var helperCount = 0
  /// The number of jobs that wait.
  private let waiting = Atomic<Int>(0)

  /// Whether a job waits for a thread.
  var hasJobs: Bool { waiting.load(ordering: .relaxed) > 0 }

  /// Adds a job and wakes one thread.
  func append(_ job: @escaping WorkerPool.Job) {
    condition.withLock {
      precondition(!isClosed, "a closed queue takes no jobs")
      jobs.append(job)
      waiting.add(1, ordering: .relaxed)
      condition.signal()
    }
  }

  /// The next thing to do, waited for; nil when the queue is closed and empty.
  func next() -> Work? {
    condition.withLock {
      while jobs.isEmpty {
        if isClosed { return nil }
        if isHelpWanted, helperCount < Self.maximumHelpers {
          helperCount += 1
          return .help
        }
        condition.wait()
      }
      waiting.subtract(1, ordering: .relaxed)
      return .job(jobs.removeFirst())
    }
  }

  /// Calls threads that have nothing to do, or soon will, for help; false when another thread has called.
  func callForHelp() -> Bool {
    condition.withLock {
      guard !isHelpWanted else { return false }
      isHelpWanted = true
      condition.broadcast()
      return true
    }
  }

  /// Ends the call for help.
  func endHelp() { condition.withLock { isHelpWanted = false } }

  /// A thread has stopped helping.
  func helperLeft() { condition.withLock { helperCount -= 1 } }

  /// Lets the threads finish the jobs that are there, then end.
  func close() {
    condition.withLock {
      isClosed = true
      condition.broadcast()
    }
  }
}
