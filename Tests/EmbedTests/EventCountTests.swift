import Foundation
import Synchronization
import Testing

@testable import Embed

@Suite(.timeLimit(.minutes(2))) struct EventCountTests {
  @Test(arguments: [0, 1, 50])
  func `no change is missed, however long threads spin`(_ microseconds: Int) {
    let spinTime = Duration.microseconds(microseconds)
    let turn = Atomic<Int>(0)
    let events = [EventCount(), EventCount()]
    let group = DispatchGroup()
    for player in 0..<2 {
      DispatchQueue.global().async(group: group) {
        for round in 0..<5000 {
          let mine = 2 * round + player
          while turn.load(ordering: .sequentiallyConsistent) != mine {
            events[player].wait(spinning: spinTime) {
              turn.load(ordering: .sequentiallyConsistent) == mine
            }
          }
          turn.store(mine + 1, ordering: .sequentiallyConsistent)
          events[1 - player].wake(1)
        }
      }
    }
    group.wait()
    #expect(turn.load(ordering: .relaxed) == 10_000)
  }

  @Test func `wakes as many as are asked for, and each once`() async throws {
    let events = EventCount()
    let woken = Atomic<Int>(0)
    let group = DispatchGroup()
    for _ in 0..<5 {
      Thread.detachNewThread {
        group.enter()
        events.wait(spinning: .zero) { false }
        woken.add(1, ordering: .relaxed)
        group.leave()
      }
    }
    var total = 0
    for count in [2, 1, 9] {
      // Those that do not sleep yet are not woken: it takes some calls.
      let goal = min(5, total + count)
      while total < goal {
        events.wake(goal - total)
        try await Task.sleep(for: .milliseconds(20))
        total = woken.load(ordering: .relaxed)
        #expect(total <= goal)
      }
    }
    #expect(total == 5)
  }

  @Test func `does not wait for what is there already`() {
    EventCount().wait(spinning: .zero) { true }
    EventCount().wait(spinning: .seconds(1)) { true }
  }
}
