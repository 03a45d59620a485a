import EmbedCore
import Foundation
import Kernels
import Testing
import Transformer

@testable import Embed

@Suite(.timeLimit(.minutes(2))) struct WorkerPoolTests {
  private static func makeWorkspace() -> Workspace {
    Workspace(
      EncoderConfiguration(
        vocabularySize: 8, hiddenSize: 4, layerCount: 1, headCount: 1, intermediateSize: 8,
        tokenTypeCount: 2, layerNormEpsilon: 1e-12, positions: PositionEncoding(maximumLength: 8),
        feedForward: .init(activation: .gelu)))
  }

  private func pool(
    _ count: Int, processors: Int = 8,
    startThread: WorkerPool.ThreadStarter = WorkerThread.start
  ) throws -> WorkerPool {
    try WorkerPool(
      count: count, makeWorkspace: Self.makeWorkspace,
      budget: HelperBudget(processors: processors), startThread: startThread)
  }

  @Test(arguments: [1, 2, 5])
  func `jobs that ask for help at once all finish, every range done once`(
    _ threads: Int
  ) async throws {
    let pool = try pool(threads)
    let total = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<200 {
        group.addTask {
          try await pool.runWithHelp { worker in
            let sum = Locked(0)
            for _ in 0..<5 {
              worker.workspace.loop.forEachRange(of: 100) { _, range in
                sum.withLock { $0 += range.reduce(0, +) }
              }
            }
            return sum.withLock { $0 }
          }
        }
      }
      return try await group.reduce(0, +)
    }
    #expect(total == 200 * 5 * 4950)
  }

  @Test func `a job without help has a serial loop`() async throws {
    let pool = try pool(3)
    _ = try await pool.runWithHelp { $0.workspace.loop.width }
    #expect(try await pool.run { $0.workspace.loop.width } == 1)
  }

  // MARK: - Cancellation

  @Test func `jobs of cancelled calls leave the queue, at once and without being run`() async throws
  {
    let pool = try pool(1)
    let gate = DispatchSemaphore(value: 0)
    async let first: Void = pool.run { _ in _ = gate.wait(timeout: .now() + 30) }
    let runs = Gauge()
    let calls = (0..<300).map { _ in Task { try await pool.run { _ in runs.enter() } } }
    while pool.waitingJobs < 300 { await Task.yield() }
    for call in calls { call.cancel() }
    #expect(pool.waitingJobs == 0)
    gate.signal()
    try await first
    for call in calls {
      await #expect(throws: CancellationError.self) { try await call.value }
    }
    #expect(runs.most == 0)
  }

  @Test func `a call that is cancelled beforehand runs nothing`() async throws {
    let pool = try pool(1)
    let gate = DispatchSemaphore(value: 0)
    async let first: Void = pool.run { _ in _ = gate.wait(timeout: .now() + 30) }
    let call = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await pool.run { _ in true }
    }
    await #expect(throws: CancellationError.self) { try await call.value }
    gate.signal()
    try await first
  }

  @Test func `calls that are cancelled while they run or wait end once each`() async throws {
    let pool = try pool(2)
    for _ in 0..<200 {
      let calls = (0..<8).map { number in Task { try await pool.run { _ in number } } }
      for call in calls.shuffled() { call.cancel() }
      for (number, call) in calls.enumerated() {
        if let result = try? await call.value { #expect(result == number) }
      }
    }
    #expect(pool.waitingJobs == 0)
  }

  // MARK: - Threads

  @Test func `says so when no thread starts`() throws {
    let error = #expect(throws: EmbedError.self) {
      try pool(4) { _, _ throws(EmbedError) in
        throw EmbedError(.resourceExhausted, "a thread", got: "none")
      }
    }
    #expect(error?.code == .resourceExhausted)
  }

  @Test func `goes on with as many threads as start`() async throws {
    var started = 0
    let pool = try pool(8) { name, body throws(EmbedError) in
      guard started < 3 else { throw EmbedError(.resourceExhausted, "a thread", got: "none") }
      started += 1
      try WorkerThread.start(named: name, body)
    }
    #expect(pool.count == 3)
    let sum = try await withThrowingTaskGroup(of: Int.self) { group in
      for number in 0..<100 { group.addTask { try await pool.run { _ in number } } }
      return try await group.reduce(0, +)
    }
    #expect(sum == 4950)
  }

  @Test func `threads have names`() async throws {
    let name = try await pool(1).run { _ in Thread.current.name }
    #expect(name == "embed-0")
  }

  @Test func `helpers are as few as leave every job a processor, over all pools`() async throws {
    let budget = HelperBudget(processors: 2)
    let pools = try (0..<3).map { _ in
      try WorkerPool(count: 4, makeWorkspace: Self.makeWorkspace, budget: budget)
    }
    let threads = Gauge()
    @Sendable func work(_ pool: WorkerPool) async throws {
      try await pool.runWithHelp { worker in
        for _ in 0..<50 {
          worker.workspace.loop.forEachRange(of: 8) { _, _ in
            threads.enter()
            Thread.sleep(forTimeInterval: 0.0002)
            threads.leave()
          }
        }
      }
    }
    try await work(pools[0])
    #expect(threads.most <= 2)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for pool in pools { group.addTask { try await work(pool) } }
      try await group.waitForAll()
    }
    // Each job has its thread, and a helper that was there before leaves when its iteration is done.
    #expect(threads.most <= 4)
  }
}

/// Counts those who are inside, and how many there were at most.
private final class Gauge: Sendable {
  private let state = Locked((inside: 0, most: 0))

  var most: Int { state.withLock { $0.most } }

  func enter() {
    state.withLock {
      $0.inside += 1
      $0.most = max($0.most, $0.inside)
    }
  }

  func leave() { state.withLock { $0.inside -= 1 } }
}
