import CIntrinsics
import Foundation
import Synchronization

/// A place where threads wait until another has changed something: spinning for a while, then asleep.
///
/// A change costs the one who makes it no system call as long as nobody sleeps (event counts: Reed and Kanodia,
/// "Synchronization with Eventcounts and Sequencers", 1979). No change is missed when it is made before `wake` and read
/// by `isReady`, both with sequentially consistent ordering.
final class EventCount: @unchecked Sendable {
  /// Guards `wakeups`, and `sleepers` against other changes.
  private let condition = NSCondition()
  /// The threads that sleep and that nobody has woken yet.
  private let sleepers = Atomic<Int>(0)
  /// The threads that were woken and have not noticed yet.
  private var wakeups = 0
  /// The threads that spin.
  private let spinners = Atomic<Int>(0)

  /// Returns when `isReady` does, which is called for at most `time` without a pause; or, after that, when it is woken.
  func wait(spinning time: Duration, until isReady: () -> Bool) {
    if spin(time, until: isReady) { return }
    condition.withLock {
      sleepers.add(1, ordering: .sequentiallyConsistent)
      guard !isReady() else {
        sleepers.subtract(1, ordering: .relaxed)
        return
      }
      while wakeups == 0 { condition.wait() }
      wakeups -= 1
    }
  }

  /// Wakes as many threads as sleep, `count` at most.
  func wake(_ count: Int) {
    guard count > 0, sleepers.load(ordering: .sequentiallyConsistent) > 0 else { return }
    let woken = condition.withLock {
      let woken = min(count, sleepers.load(ordering: .relaxed))
      sleepers.subtract(woken, ordering: .relaxed)
      wakeups += woken
      return woken
    }
    // Outside the lock: they would only wait for it.
    for _ in 0..<woken { condition.signal() }
  }

  /// As `wake`, where those that spin will do as well.
  func wakeUnlessSpinning(_ count: Int) {
    wake(count - spinners.load(ordering: .sequentiallyConsistent))
  }

  private func spin(_ time: Duration, until isReady: () -> Bool) -> Bool {
    guard time > .zero else { return isReady() }
    spinners.add(1, ordering: .relaxed)
    // Whatever changes from here on is seen before the thread sleeps.
    defer { spinners.subtract(1, ordering: .sequentiallyConsistent) }
    let end = ContinuousClock.now + time
    repeat {
      for _ in 0..<32 {
        if isReady() { return true }
        spin_loop_hint()
      }
    } while ContinuousClock.now < end
    return false
  }
}
