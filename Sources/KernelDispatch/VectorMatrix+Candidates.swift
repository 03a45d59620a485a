import Kernels

extension VectorMatrix: CandidateMatrix {
  /// A row is a candidate because of its error, not instead of others.
  package static var oversampling: Int { 1 }

  package init(dimensions: Int) { self.init(dimensions: dimensions, kernels: .quickest) }

  package mutating func append(_ vector: [Float]) { append(vector[...]) }

  /// The rows that may be among the `count` nearest to each of some queries by the cosine, the nearest first.
  ///
  /// Cosines are in single precision. All rows are returned that may be among the nearest when the cosine is computed
  /// without error; most often these are hardly more than `count`. Rows whose cosine is NaN are not returned.
  ///
  /// - Parameters:
  ///   - queries: vectors of the matrix's dimensions; they are laid out anew in every call.
  ///   - rows: where is searched.
  ///   - count: the number of the nearest.
  ///   - allowed: whether a row may be returned, of all rows of the matrix; nil for all.
  /// - Complexity: O(n · q · `dimensions`) for n rows and q queries, if few are as near as the nearest.
  package func candidates(
    for queries: [[Float]], in rows: Range<Int>, count: Int, allowed: [Bool]?
  ) -> [[Neighbor]] {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= self.count, "rows of the matrix")
    precondition(allowed.map { $0.count == self.count } ?? true, "every row is allowed or not")
    var columns = VectorMatrix(dimensions: dimensions, kernels: kernels)
    for query in queries { columns.append(query) }
    let comparison = Comparison(self, columns, .cosine)
    var selections = [CandidateSelection](
      repeating: CandidateSelection(count: count, margin: margin), count: queries.count)
    if queries.count == 1 {
      comparison.forEachBlock(of: rows, with: 0) { rows, values in
        selections[0].offer(values, stride: 1, rows, allowed: allowed)
      }
    } else {
      comparison.forEachBlock(of: rows) { rows, columns, values, stride in
        for column in columns {
          selections[column].offer(
            values + (column - columns.lowerBound), stride: stride, rows, allowed: allowed)
        }
      }
    }
    return selections.indices.map { selections[$0].finish() }
  }

  /// More than twice the error of a cosine: each of its sums, of a fourth of the dimensions at most, may lose the half of
  /// the last of 24 bits in each step.
  private var margin: Float { 5e-6 + 6e-8 * Float(dimensions) / 4 }
}
