import EmbedCore
import Kernels
import Synchronization
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

  /// Starts a thread, or throws an `EmbedError` with code `resourceExhausted`.
  typealias ThreadStarter = (
    _ name: String, _ body: @escaping @Sendable () -> Void
  ) throws(EmbedError) -> Void

  /// The number of threads.
  let count: Int
  private let crew: Crew

  /// Starts the threads, or as many as the system grants; they end when the pool is released.
  ///
  /// - Throws: `EmbedError` with code `resourceExhausted` when not one thread starts.
  init(
    count: Int, makeWorkspace: @escaping @Sendable () -> Workspace, budget: HelperBudget = .shared,
    startThread: ThreadStarter = WorkerThread.start
  ) throws(EmbedError) {
    precondition(count > 0, "a pool has workers")
    let crew = Crew(budget)
    self.crew = crew
    var started = 0
    while started < count {
      do throws(EmbedError) {
        try startThread("embed-\(started)") {
          crew.work(Worker(workspace: makeWorkspace()))
        }
      } catch {
        guard started > 0 else { throw error }
        break
      }
      started += 1
    }
    self.count = started
  }

  deinit { crew.close() }

  /// The number of jobs that wait for a thread.
  var waitingJobs: Int { crew.queue.count }

  /// Runs a job on the next free thread and returns what it returns.
  ///
  /// - Throws: `CancellationError` at once when the task is cancelled before a thread has taken the job.
  func run<Output: Sendable>(
    _ body: @escaping @Sendable (inout Worker) -> Output
  ) async throws(CancellationError) -> Output {
    let ticket = Atomic<JobQueue.Ticket>(0)
    @Sendable func cancel() { crew.queue.remove(ticket.load(ordering: .acquiring))?.cancel() }
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation {
        (continuation: CheckedContinuation<Result<Output, CancellationError>, Never>) in
        let job = JobQueue.Job(
          run: { continuation.resume(returning: .success(body(&$0))) },
          cancel: { continuation.resume(returning: .failure(CancellationError())) })
        ticket.store(crew.append(job), ordering: .releasing)
        // The handler may have come before the ticket.
        if Task.isCancelled { cancel() }
      }
    } onCancel: {
      cancel()
    }
    return try result.get()
  }

  /// As `run`, with the loops of the forward pass shared among the threads that have nothing else to do.
  func runWithHelp<Output: Sendable>(
    _ body: @escaping @Sendable (inout Worker) -> Output
  ) async throws(CancellationError) -> Output {
    let width = min(count, crew.budget.processors, 1 + ThreadTeam.maximumHelpers)
    return try await run { [team = crew.team] worker in
      guard width > 1, team.becomeLeader() else { return body(&worker) }
      worker.workspace.loop = ParallelLoop(width: width) { team.run($0, $1) }
      defer {
        worker.workspace.loop = .serial
        team.stopLeading()
      }
      return body(&worker)
    }
  }
}

/// What the threads of a pool share, which may outlive it.
private final class Crew: Sendable {
  /// How long a thread without work spins, for a pass's next loop or the next text, before it sleeps.
  private static let spinTime = Duration.microseconds(100)

  let queue = JobQueue()
  let team: ThreadTeam
  let budget: HelperBudget
  /// Where threads without work wait.
  private let idle: EventCount
  private let isClosed = Atomic<Bool>(false)

  init(_ budget: HelperBudget) {
    let idle = EventCount()
    self.idle = idle
    self.budget = budget
    team = ThreadTeam { idle.wakeUnlessSpinning(min($0, budget.free)) }
  }

  func append(_ job: JobQueue.Job) -> JobQueue.Ticket {
    defer { idle.wake(1) }
    return queue.append(job)
  }

  /// Lets the threads finish the jobs that are there, then end.
  func close() {
    isClosed.store(true, ordering: .sequentiallyConsistent)
    idle.wake(.max)
  }

  /// Runs jobs, and helps others with theirs, until the pool is closed and no job waits.
  func work(_ worker: consuming WorkerPool.Worker) {
    // On one processor, whoever spins is in the way.
    let spinTime = budget.processors > 1 ? Self.spinTime : .zero
    while true {
      // In this order: no job comes after the closing.
      let isLast = isClosed.load(ordering: .sequentiallyConsistent)
      if let job = queue.popFirst() {
        budget.job { job.run(&worker) }
      } else if isLast {
        return
      } else if !help() {
        idle.wait(spinning: spinTime) {
          queue.count > 0 || isClosed.load(ordering: .sequentiallyConsistent)
            || team.wantsHelp && budget.free > 0
        }
      }
    }
  }

  private func help() -> Bool {
    guard team.wantsHelp else { return false }
    return budget.help { team.help { queue.count > 0 || budget.free < 0 } }
  }
}
