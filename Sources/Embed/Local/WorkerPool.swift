import Foundation
import Kernels
import Transformer

/// A fixed number of threads that run jobs in the order they come, each with buffers of its own; idle ones help.
///
/// Threads, not tasks: a forward pass would hold up the cooperative pool that the rest of the program runs on.
final class WorkerPool: Sendable {
  /// What a thread keeps between jobs.
  struct Worker: ~Copyable {
    var workspace: Workspace
    var scratch = TokenizerScratch()
  }

  typealias Job = @Sendable (inout Worker) -> Void

  /// The number of threads.
  let count: Int
  private let queue = JobQueue()
  private let team = ThreadTeam()

  /// Starts the threads; they end when the pool is released.
  init(count: Int, makeWorkspace: @escaping @Sendable () -> Workspace) {
    precondition(count > 0, "a pool has workers")
    self.count = count
    for index in 0..<count {
      let thread = Thread { [queue, team] in
        var worker = Worker(workspace: makeWorkspace())
        while let work = queue.next() {
          switch work {
          case .job(let job):
            job(&worker)
          case .help:
            team.help { queue.hasJobs }
            queue.helperLeft()
          }
        }
      }
      thread.name = "embed-\(index)"
      thread.stackSize = 1 << 20
      thread.start()
    }
  }

  deinit { queue.close() }

  /// Runs a job on the next free thread and returns what it returns.
  func run<Result: Sendable>(
    _ body: @escaping @Sendable (inout Worker) -> Result
  ) async -> Result {
    await withCheckedContinuation { continuation in
      queue.append { continuation.resume(returning: body(&$0)) }
    }
  }

  /// As `run`, with the loops of the forward pass shared among the threads that have nothing else to do.
  func runWithHelp<Result: Sendable>(
    _ body: @escaping @Sendable (inout Worker) -> Result
  ) async -> Result {
    await run { [queue, team, count] worker in
      guard count > 1, queue.callForHelp() else { return body(&worker) }
      team.open()
      worker.workspace.loop = ParallelLoop(width: min(count, 1 + JobQueue.maximumHelpers)) {
        team.run($0, $1)
      }
      defer {
        worker.workspace.loop = .serial
        team.close()
        queue.endHelp()
      }
      return body(&worker)
    }
  }
}
