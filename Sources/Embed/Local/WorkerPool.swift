import Foundation
import Transformer

/// A fixed number of threads that run jobs in the order they come, each with buffers of its own.
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

  /// Starts the threads; they end when the pool is released.
  init(count: Int, configuration: EncoderConfiguration) {
    precondition(count > 0, "a pool has workers")
    self.count = count
    for index in 0..<count {
      let thread = Thread { [queue] in
        var worker = Worker(workspace: Workspace(configuration))
        while let job = queue.next() { job(&worker) }
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
}
