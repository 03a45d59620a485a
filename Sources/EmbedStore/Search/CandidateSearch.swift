import Dispatch
import Foundation
import KernelDispatch
import Synchronization

/// Finds the rows of a matrix that may be nearest to vectors, on all cores.
struct CandidateSearch: Sendable {
  let matrix: any CandidateMatrix
  /// The number of the nearest.
  let count: Int
  /// The rows that may be found; nil for all.
  let allowed: [Bool]?

  /// Asked once: it takes a tenth of a millisecond.
  private static let cores = max(1, ProcessInfo.processInfo.activeProcessorCount)

  /// The least rows that are worth a thread of their own.
  private static let partSize = 4096

  /// The candidates of each vector: all rows that may be among the nearest, or those that most likely are.
  ///
  /// - Complexity: O(n · q · dimensions) for n rows and q vectors.
  func candidates(for queries: [[Float]]) -> [[Int]] {
    let oversampling = type(of: matrix).oversampling
    // No more than there are, before the product, which might overflow.
    let wanted = min(matrix.count, min(matrix.count, count) * oversampling)
    guard wanted > 0, !queries.isEmpty else { return queries.map { _ in [] } }
    let parts = parts
    let found = Mutex([[VectorMatrix.Neighbor]](repeating: [], count: queries.count))
    DispatchQueue.concurrentPerform(iterations: parts.count) { number in
      let part = matrix.candidates(
        for: queries, in: parts[number], count: wanted, allowed: allowed)
      found.withLock { found in
        for index in queries.indices { found[index] += part[index] }
      }
    }
    return found.withLock { $0 }.map { candidates in
      guard oversampling > 1 else { return candidates.map(\.index) }
      // Whatever the number of parts, the same ones.
      return candidates.sorted {
        $0.value == $1.value ? $0.index < $1.index : $0.value > $1.value
      }.prefix(wanted).map(\.index)
    }
  }

  private var parts: [Range<Int>] {
    let number = max(1, min(Self.cores, matrix.count / Self.partSize))
    let size = (matrix.count + number - 1) / number
    return stride(from: 0, to: matrix.count, by: size).map { $0..<min(matrix.count, $0 + size) }
  }
}
