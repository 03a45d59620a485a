import Foundation
import Synchronization
import Testing

@testable import Embed

@Suite(.timeLimit(.minutes(2))) struct ThreadTeamTests {
  /// Runs `body` with a team that a number of other threads help, whenever there is something to do.
  private func withTeam(helpers: Int, _ body: (ThreadTeam) -> Void) {
    // Helpers go first, as often as they will, so that they depend on what the leader wrote and on nobody else.
    let team = ThreadTeam { _ in for _ in 0..<5 { sched_yield() } }
    let isOver = Atomic<Bool>(false)
    let group = DispatchGroup()
    for _ in 0..<helpers {
      DispatchQueue.global().async(group: group) {
        while !isOver.load(ordering: .acquiring) {
          if !team.help(unless: { false }) { sched_yield() }
        }
      }
    }
    body(team)
    isOver.store(true, ordering: .releasing)
    group.wait()
  }

  @Test(arguments: [0, 1, 3, 9])
  func `every iteration runs once, with any number of helpers`(_ helpers: Int) {
    let (loops, iterations) = (2000, 7)
    let counts = Locked([Int](repeating: 0, count: loops * iterations))
    withTeam(helpers: helpers) { team in
      for loop in 0..<loops {
        team.run(iterations) { iteration in
          counts.withLock { $0[loop * iterations + iteration] += 1 }
        }
        // All calls have returned: this loop's counts do not change any more.
        let done = counts.withLock { $0[loop * iterations..<(loop + 1) * iterations].reduce(0, +) }
        #expect(done == iterations)
      }
    }
    #expect(counts.withLock { $0.allSatisfy { $0 == 1 } })
  }

  /// Without locks or atomics of its own, so that the thread sanitizer sees what the team alone orders.
  @Test func `iterations see what the leader wrote before, and the leader what they wrote`() {
    let iterations = 8
    nonisolated(unsafe) let input = UnsafeMutablePointer<Int>.allocate(capacity: 1)
    nonisolated(unsafe) let output = UnsafeMutablePointer<Int>.allocate(capacity: iterations)
    output.initialize(repeating: 0, count: iterations)
    defer {
      input.deallocate()
      output.deallocate()
    }
    var wrong = 0
    withTeam(helpers: 2) { team in
      for loop in 0..<5000 {
        input.pointee = loop
        team.run(iterations) { output[$0] = input.pointee + $0 }
        for iteration in 0..<iterations where output[iteration] != loop + iteration { wrong += 1 }
      }
    }
    #expect(wrong == 0)
  }

  @Test func `the leader sleeps while the last iteration takes long, and is woken`() {
    withTeam(helpers: 1) { team in
      for _ in 0..<20 {
        let leader = Thread.current
        team.run(2) { _ in
          // Whoever helps is slow; the leader is done long before.
          if Thread.current !== leader { Thread.sleep(forTimeInterval: 0.002) }
        }
      }
    }
  }

  @Test func `a helper goes when it is wanted elsewhere or there is nothing to do`() {
    let team = ThreadTeam { _ in }
    #expect(!team.help { false })
    #expect(!team.wantsHelp)
    team.run(2) { iteration in
      guard iteration == 0 else { return }
      #expect(team.wantsHelp)
      #expect(!team.help { true })
      #expect(team.wantsHelp)
      #expect(team.help { false })
      #expect(!team.wantsHelp)
    }
  }

  @Test func `one thread leads at a time`() {
    let team = ThreadTeam { _ in }
    for _ in 0..<3 {
      #expect(team.becomeLeader())
      #expect(!team.becomeLeader())
      team.stopLeading()
    }
  }

  @Test func `calls as many helpers as have an iteration to run, and no more than are of use`() {
    let calls = Locked<[Int]>([])
    let team = ThreadTeam { count in calls.withLock { $0.append(count) } }
    for iterations in [1, 4, 100] { team.run(iterations) { _ in } }
    #expect(calls.withLock { $0 } == [0, 3, ThreadTeam.maximumHelpers])
  }
}
