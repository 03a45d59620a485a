import Synchronization

/// Runs the iterations of one thread's loops on every thread that is there to help.
///
/// One thread leads and runs loops. Others come and go as they like, and the leader never waits for a thread that has
/// not begun an iteration.
final class ThreadTeam: @unchecked Sendable {
  /// The most threads that help at once: more spend longer meeting than they save.
  static let maximumHelpers = 7
  /// How long the leader spins until the last iterations are done: longer, and the one it waits for may well be waiting
  /// for its processor.
  private static let spinTime = Duration.microseconds(20)

  /// The loop that is open: its number (32 bits), its iterations (16 bits), and the next one to begin (16 bits).
  ///
  /// The number lets an exchange fail that was prepared during an earlier loop.
  private let state = OwnCacheLine(Atomic<UInt64>(0))
  /// The iterations of the open loop that are done.
  private let finished = OwnCacheLine(Atomic<Int>(0))
  /// The threads that help.
  private let helpers = OwnCacheLine(Atomic<Int>(0))
  private let hasLeader = Atomic<Bool>(false)
  /// The body of the open loop: written by the leader before `state`, read by whoever has begun an iteration.
  private var body: UnsafePointer<(Int) -> Void>?
  /// Where the leader waits for the last iterations.
  private let lastIterations = EventCount()
  private let callHelpers: @Sendable (_ count: Int) -> Void

  /// Makes a team whose leader calls for a number of helpers by `callHelpers`, whether or not they come.
  init(callHelpers: @escaping @Sendable (_ count: Int) -> Void) { self.callHelpers = callHelpers }

  /// Makes the calling thread the leader unless there is one.
  func becomeLeader() -> Bool {
    !hasLeader.exchange(true, ordering: .acquiringAndReleasing)
  }

  /// Lets another thread lead.
  func stopLeading() { hasLeader.store(false, ordering: .releasing) }

  /// Whether the open loop has an iteration to begin and there are not too many helpers.
  var wantsHelp: Bool {
    let state = state.value.load(ordering: .sequentiallyConsistent)
    return state & 0xffff < state >> 16 & 0xffff
      && helpers.value.load(ordering: .relaxed) < Self.maximumHelpers
  }

  /// Calls `body` once for each iteration and returns when all calls have; the leader's call.
  func run(_ iterations: Int, _ body: (Int) -> Void) {
    precondition(iterations < 1 << 16, "iterations are counted in 16 bits")
    withoutActuallyEscaping(body) { body in
      withUnsafePointer(to: body) { body in
        self.body = body
        finished.value.store(0, ordering: .relaxed)
        let number = (state.value.load(ordering: .relaxed) >> 32) &+ 1
        state.value.store(
          number << 32 | UInt64(iterations) << 16, ordering: .sequentiallyConsistent)
        callHelpers(min(iterations - 1, Self.maximumHelpers))
        while runOne() {}
        while !isFinished(iterations) {
          lastIterations.wait(spinning: Self.spinTime) { isFinished(iterations) }
        }
      }
    }
  }

  private func isFinished(_ iterations: Int) -> Bool {
    finished.value.load(ordering: .sequentiallyConsistent) == iterations
  }

  /// Runs iterations of the leader's loop as long as there are some to begin and `isWanted` elsewhere is false.
  ///
  /// Returns whether it has run any.
  func help(unless isWanted: () -> Bool) -> Bool {
    defer { helpers.value.subtract(1, ordering: .relaxed) }
    guard helpers.value.add(1, ordering: .relaxed).newValue <= Self.maximumHelpers else {
      return false
    }
    var hasHelped = false
    while !isWanted(), runOne() { hasHelped = true }
    return hasHelped
  }

  /// Runs the next iteration, or returns false when all have begun.
  private func runOne() -> Bool {
    var seen = state.value.load(ordering: .acquiring)
    while true {
      let (iterations, next) = (Int(seen >> 16 & 0xffff), Int(seen & 0xffff))
      guard next < iterations else { return false }
      let (isMine, now) = state.value.weakCompareExchange(
        expected: seen, desired: seen + 1, ordering: .acquiringAndReleasing)
      if isMine {
        call(next)
        let done = finished.value.add(1, ordering: .sequentiallyConsistent).newValue
        if done == iterations { lastIterations.wake(1) }
        return true
      }
      seen = now
    }
  }

  /// Calls the body; out of line, so that no reference to it is held once this returns and the leader may go on.
  @inline(never)
  private func call(_ iteration: Int) { body?.pointee(iteration) }
}

/// A value that shares no cache line with others beside it, so that threads that use those do not slow each other.
///
/// Two lines of 64 bytes: processors fetch lines in pairs, and Apple's have lines of 128.
private struct OwnCacheLine<Value: ~Copyable>: ~Copyable {
  let value: Value
  private let padding: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (
    0, 0, 0, 0, 0, 0, 0, 0
  )
  private let morePadding: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (
    0, 0, 0, 0, 0, 0, 0
  )

  init(_ value: consuming Value) { self.value = value }
}
