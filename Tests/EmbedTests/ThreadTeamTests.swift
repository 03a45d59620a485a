import Foundation
import Synchronization
import Testing

@testable import Embed

@Suite struct ThreadTeamTests {
  /// How often each iteration of some loops ran: `(loops * iterations)`.
  private func counts(loops: Int, iterations: Int, helpers: Int) -> [Int] {
    let team = ThreadTeam()
    let isOver = Atomic<Bool>(false)
    let group = DispatchGroup()
    team.open()
    for _ in 0..<helpers {
      DispatchQueue.global().async(group: group) {
        while !isOver.load(ordering: .acquiring) { team.help { false } }
      }
    }
    let counts = Mutex([Int](repeating: 0, count: loops * iterations))
    for loop in 0..<loops {
      team.run(iterations) { iteration in
        counts.withLock { $0[loop * iterations + iteration] += 1 }
      }
      // All calls have returned: this loop's counts do not change any more.
      let done = counts.withLock { $0[loop * iterations..<(loop + 1) * iterations].reduce(0, +) }
      #expect(done == iterations)
    }
    team.close()
    isOver.store(true, ordering: .releasing)
    group.wait()
    return counts.withLock { $0 }
  }

  @Test(arguments: [0, 1, 3])
  func `every iteration runs once, with any number of helpers`(_ helpers: Int) {
    let counts = counts(loops: 2000, iterations: 7, helpers: helpers)
    #expect(counts.allSatisfy { $0 == 1 })
  }

  @Test func `a helper goes when it is wanted elsewhere or the team closes`() {
    let team = ThreadTeam()
    team.help { false }
    team.open()
    team.help { true }
    team.close()
    team.help { false }
  }

  @Test func `a team opens again after it was closed`() {
    let team = ThreadTeam()
    for _ in 0..<3 {
      team.open()
      var sum = 0
      team.run(4) { sum += $0 }
      team.close()
      #expect(sum == 6)
    }
  }
}
