import Foundation

/// Work on the rows of a matrix, block by block, on all cores.
enum RowBlocks {
  /// What is made of each block, in the order of the blocks.
  ///
  /// Blocks are the same whatever the number of cores, and so is all that is made of their results one after the other.
  /// They are begun in their order.
  ///
  /// - Throws: what `body` throws; `CancellationError` between blocks.
  static func map<Result: Sendable>(
    _ count: Int, size: Int, _ body: @escaping @Sendable (Range<Int>) throws -> Result
  ) async throws -> [Result] {
    let blocks = stride(from: 0, to: count, by: size).map { $0..<min(count, $0 + size) }
    let cores = max(1, ProcessInfo.processInfo.activeProcessorCount)
    return try await withThrowingTaskGroup(of: (number: Int, result: Result).self) { group in
      var results = [Result?](repeating: nil, count: blocks.count)
      var waiting = blocks.enumerated().makeIterator()
      func begin() {
        guard let (number, block) = waiting.next() else { return }
        group.addTask {
          try Task.checkCancellation()
          return (number, try body(block))
        }
      }
      for _ in 0..<cores { begin() }
      while let (number, result) = try await group.next() {
        results[number] = result
        begin()
      }
      return results.compactMap(\.self)
    }
  }
}
