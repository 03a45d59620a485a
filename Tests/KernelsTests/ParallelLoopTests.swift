import Kernels
import Testing

@Suite struct ParallelLoopTests {
  @Test(arguments: [1, 2, 3, 8], [1, 2, 5, 12, 100])
  func `ranges cover a loop without gaps or overlaps`(_ width: Int, _ count: Int) {
    let loop = ParallelLoop(width: width) { iterations, body in
      for iteration in (0..<iterations).reversed() { body(iteration) }
    }
    var ranges: [Int: Range<Int>] = [:]
    loop.forEachRange(of: count) { ranges[$0] = $1 }
    #expect(ranges.count == loop.rangeCount(count))
    let sorted = ranges.sorted { $0.key < $1.key }
    #expect(sorted.map(\.key) == Array(0..<ranges.count))
    #expect(sorted.flatMap { Array($0.value) } == Array(0..<count))
    #expect(sorted.allSatisfy { !$0.value.isEmpty })
  }

  @Test func `a serial loop is one range`() {
    var ranges: [Range<Int>] = []
    ParallelLoop.serial.forEachRange(of: 9) { ranges.append($1) }
    #expect(ranges == [0..<9])
  }
}
