import CIntrinsics
import Foundation
import Synchronization

/// Runs the iterations of one thread's loops on every thread that is there to help.
///
/// One thread leads: it opens the team, runs its loops, and closes the team again. Others come and go as they like, and
/// the leader never waits for a thread that has not begun an iteration. Helpers spin between loops, for a loop is often
/// shorter than waking a thread takes; so a team is open only for the length of a forward pass.
final class ThreadTeam: @unchecked Sendable {
  /// The loop that is open: its number (32 bits), its iterations (16 bits), and the next one to begin (16 bits).
  ///
  /// The number lets an exchange fail that was prepared during an earlier loop.
  private let state = Atomic<UInt64>(0)
  /// The iterations of the open loop that are done.
  private let finished = Atomic<Int>(0)
  private let isOpen = Atomic<Bool>(false)
  /// The body of the open loop: written by the leader before `state`, read by whoever has begun an iteration.
  private var body: UnsafePointer<(Int) -> Void>?

  /// Makes the calling thread the leader.
  ///
  /// - Precondition: no other thread leads.
  func open() {
    precondition(!isOpen.exchange(true, ordering: .acquiringAndReleasing), "one thread leads")
  }

  /// Lets the helpers go.
  func close() { isOpen.store(false, ordering: .releasing) }

  /// Calls `body` once for each iteration and returns when all calls have; the leader's call.
  func run(_ iterations: Int, _ body: (Int) -> Void) {
    precondition(iterations < 1 << 16, "iterations are counted in 16 bits")
    withoutActuallyEscaping(body) { body in
      withUnsafePointer(to: body) { body in
        self.body = body
        finished.store(0, ordering: .relaxed)
        let number = (state.load(ordering: .relaxed) >> 32) &+ 1
        state.store(number << 32 | UInt64(iterations) << 16, ordering: .releasing)
        while runOne() {}
        var wait = SpinWait()
        while finished.load(ordering: .acquiring) < iterations { wait.pause() }
      }
    }
  }

  /// Runs iterations of the leader's loops until it closes the team or `isWanted` elsewhere.
  func help(unless isWanted: () -> Bool) {
    var wait = SpinWait()
    while isOpen.load(ordering: .acquiring), !isWanted() {
      if runOne() { wait = SpinWait() } else { wait.pause() }
    }
  }

  /// Runs the next iteration, or returns false when all have begun.
  private func runOne() -> Bool {
    var seen = state.load(ordering: .acquiring)
    while true {
      let (iterations, next) = (seen >> 16 & 0xffff, seen & 0xffff)
      guard next < iterations else { return false }
      let (isMine, now) = state.weakCompareExchange(
        expected: seen, desired: seen + 1, ordering: .acquiringAndReleasing)
      if isMine {
        call(Int(next))
        finished.add(1, ordering: .releasing)
        return true
      }
      seen = now
    }
  }

  /// Calls the body; out of line, so that no reference to it is held once this returns and the leader may go on.
  @inline(never)
  private func call(_ iteration: Int) { body?.pointee(iteration) }
}

/// Waits by spinning, and lets other threads run when that takes long.
private struct SpinWait {
  private var count = 0

  mutating func pause() {
    count += 1
    if count.isMultiple(of: 1024) { sched_yield() } else { spin_loop_hint() }
  }
}
