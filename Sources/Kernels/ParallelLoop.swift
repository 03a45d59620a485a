/// Runs the iterations of a loop, side by side where threads are free to help.
///
/// The kernels know no threads: whoever owns them passes a loop in.
package struct ParallelLoop: Sendable {
  /// Calls the body once for each iteration, from several threads at once, and returns when all calls have.
  package typealias Run = @Sendable (_ iterations: Int, _ body: (Int) -> Void) -> Void

  /// The iterations that run at once at best.
  package let width: Int
  private let run: Run

  package init(width: Int, run: @escaping Run) {
    precondition(width > 0, "a loop has a thread")
    self.width = width
    self.run = run
  }

  /// Runs on the calling thread alone.
  package static let serial = ParallelLoop(width: 1) { iterations, body in
    for iteration in 0..<iterations { body(iteration) }
  }

  /// The number of ranges that `forEachRange` cuts a loop into: two for each thread, so that one that comes late still
  /// finds work.
  package func rangeCount(_ count: Int) -> Int { width == 1 ? 1 : min(count, 2 * width) }

  /// Cuts `0..<count` into ranges of about the same length and calls `body` with the number and bounds of each.
  ///
  /// The calls must not write to the same memory.
  package func forEachRange(of count: Int, _ body: (_ number: Int, _ range: Range<Int>) -> Void) {
    let ranges = rangeCount(count)
    guard ranges > 1 else { return body(0, 0..<count) }
    run(ranges) { number in
      body(number, number * count / ranges..<(number + 1) * count / ranges)
    }
  }
}
