import Testing

@testable import Embed

@Suite struct JobQueueTests {
  /// Records the jobs that were told to cancel.
  private final class Cancelled: Sendable {
    private let numbers = Locked<[Int]>([])
    var all: [Int] { numbers.withLock { $0 } }

    func job(_ number: Int) -> JobQueue.Job {
      JobQueue.Job(run: { _ in }, cancel: { self.numbers.withLock { $0.append(number) } })
    }
  }

  @Test func `jobs leave in the order they came, but those that were removed`() {
    let (queue, cancelled) = (JobQueue(), Cancelled())
    let tickets = (0..<6).map { queue.append(cancelled.job($0)) }
    #expect(queue.count == 6)
    for place in [0, 3, 5] { #expect(queue.remove(tickets[place]) != nil) }
    #expect(queue.count == 3)
    while let job = queue.popFirst() { job.cancel() }
    #expect(cancelled.all == [1, 2, 4])
    #expect(queue.count == 0)
  }

  @Test func `a job is taken once, by whoever comes first`() {
    let (queue, cancelled) = (JobQueue(), Cancelled())
    let first = queue.append(cancelled.job(1))
    #expect(queue.popFirst() != nil)
    #expect(queue.remove(first) == nil)
    let second = queue.append(cancelled.job(2))
    #expect(queue.remove(second) != nil)
    #expect(queue.remove(second) == nil)
    #expect(queue.popFirst() == nil)
    #expect(queue.remove(0) == nil)
  }

  /// Were removing from the front to move all others, this would take minutes.
  @Test(.timeLimit(.minutes(2)))
  func `a million jobs are queued and drained`() {
    let (queue, cancelled) = (JobQueue(), Cancelled())
    for number in 0..<1_000_000 { _ = queue.append(cancelled.job(number)) }
    var count = 0
    while queue.popFirst() != nil { count += 1 }
    #expect(count == 1_000_000)
  }
}
