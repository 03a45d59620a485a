import Kernels

/// Vectors of the same dimensions, one after the other in memory.
package protocol VectorContainer: Sendable {
  /// Makes a matrix without vectors.
  init(dimensions: Int)

  /// The components of each vector.
  var dimensions: Int { get }

  /// The number of vectors.
  var count: Int { get }

  /// Makes room for so many vectors.
  mutating func reserveCapacity(_ count: Int)

  /// Adds a vector of `dimensions` components at the end.
  mutating func append(_ vector: [Float])
}

/// Vectors among which those that may be nearest to a query are found quickly; others then compare these exactly.
package protocol CandidateMatrix: VectorContainer {
  /// How many candidates there must be for each that is wanted, so that the nearest are among them.
  static var oversampling: Int { get }

  /// The rows that may be the `count` nearest to each of some queries by the cosine, the nearest first; where cosines
  /// are nearly exact, these are all that their error may hide.
  ///
  /// - Parameter allowed: whether a row may be returned, of all rows of the matrix; nil for all.
  func candidates(
    for queries: [[Float]], in rows: Range<Int>, count: Int, allowed: [Bool]?
  ) -> [[VectorMatrix.Neighbor]]
}

extension CandidateMatrix {
  /// Compares rows with some queries, block by block, so that all queries find a block in the cache.
  ///
  /// - Parameters:
  ///   - margin: twice the error of a score; nil when scores are final.
  ///   - score: computes the scores of a query with a range of rows, `(rows.count)`.
  func select(
    _ rows: Range<Int>, for queryCount: Int, count: Int, margin: Float?, allowed: [Bool]?,
    score: (_ query: Int, _ rows: Range<Int>, _ scores: UnsafeMutablePointer<Float>) -> Void
  ) -> [[VectorMatrix.Neighbor]] {
    checkSearch(rows, allowed)
    let blockSize = 1024
    var memory = ScratchMemory()
    let scores = memory.floats(blockSize)
    var selections = [CandidateSelection](
      repeating: CandidateSelection(count: count, margin: margin), count: queryCount)
    for first in stride(from: rows.lowerBound, to: rows.upperBound, by: blockSize) {
      let block = first..<min(rows.upperBound, first + blockSize)
      for query in 0..<queryCount {
        score(query, block, scores)
        selections[query].offer(scores, stride: 1, block, allowed: allowed)
      }
    }
    return selections.indices.map { selections[$0].finish() }
  }

  /// Traps when a search is not of this matrix.
  func checkSearch(_ rows: Range<Int>, _ allowed: [Bool]?) {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= count, "rows of the matrix")
    precondition(allowed.map { $0.count == count } ?? true, "every row is allowed or not")
  }
}
