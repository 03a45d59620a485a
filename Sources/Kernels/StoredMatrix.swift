/// A matrix as a model file has it: floats, or bytes with scales.
package enum StoredMatrix: Sendable {
  case floats(WeightMatrix)
  case bytes(QuantizedMatrix)

  package var rows: Int {
    switch self {
    case .floats(let matrix): matrix.rows
    case .bytes(let matrix): matrix.rows
    }
  }

  package var columns: Int {
    switch self {
    case .floats(let matrix): matrix.columns
    case .bytes(let matrix): matrix.columns
    }
  }

  /// Its floats, or its scales: all are numbers where these are.
  package var numbers: FloatStorage {
    switch self {
    case .floats(let matrix): matrix.storage
    case .bytes(let matrix): matrix.scales
    }
  }

  /// Gives the memory back that it takes until it is read again; nil where it has memory of its own.
  fileprivate var releasePages: (() -> Void)? {
    switch self {
    case .floats(let matrix): matrix.storage.releasePages
    case .bytes(let matrix): matrix.codes.releasePages
    }
  }

  /// A row in single precision, in place or written to `(columns)` floats.
  func row(_ index: Int, orAt target: UnsafeMutablePointer<Float>) -> UnsafePointer<Float> {
    switch self {
    case .floats(let matrix): return matrix.row(index)
    case .bytes(let matrix):
      matrix.copyRow(index, to: target)
      return UnsafePointer(target)
    }
  }
}

/// Matrices of equal width on top of one another, which are multiplied by as one: `(sum of rows, columns)`.
package struct StackedMatrix: Sendable {
  package let rows: Int
  package let columns: Int
  private let parts: [StoredMatrix]

  /// - Precondition: there are matrices, all of the same number of columns.
  package init(_ parts: [StoredMatrix]) {
    precondition(!parts.isEmpty, "a matrix has parts")
    columns = parts[0].columns
    rows = parts.reduce(0) { $0 + $1.rows }
    self.parts = parts
    precondition(parts.allSatisfy { $0.columns == columns }, "matrices of equal width are stacked")
  }

  package init(_ matrix: WeightMatrix) { self.init([.floats(matrix)]) }

  /// Whether all of it is in files that are mapped.
  package var isInFiles: Bool { parts.allSatisfy { $0.releasePages != nil } }

  /// Gives the memory back that what is in files takes until it is read again.
  package func releasePages() { for part in parts { part.releasePages?() } }

  /// All weights in single precision, in place if they stand one behind the other.
  ///
  /// - Complexity: O(`rows * columns`), or O(1) in place.
  package var floats: WeightMatrix {
    if parts.count == 1, case .floats(let matrix) = parts[0] { return matrix }
    let storage = FloatStorage(count: rows * columns) { copyRows(0..<rows, to: $0) }
    return WeightMatrix(rows: rows, columns: columns, storage: storage)
  }

  /// A range of rows, `(range.count, columns)`, in place if they stand one behind the other, or written to `target`.
  func rows(
    _ range: Range<Int>, orAt target: UnsafeMutablePointer<Float>
  ) -> UnsafePointer<Float> {
    var start = 0
    for part in parts {
      if case .floats(let matrix) = part, range.lowerBound >= start,
        range.upperBound <= start + part.rows
      {
        return matrix.row(range.lowerBound - start)
      }
      start += part.rows
    }
    copyRows(range, to: target)
    return UnsafePointer(target)
  }

  private func copyRows(_ range: Range<Int>, to target: UnsafeMutablePointer<Float>) {
    var start = 0
    for part in parts {
      for index in range.clamped(to: start..<start + part.rows) {
        let place = target + (index - range.lowerBound) * columns
        let row = part.row(index - start, orAt: place)
        if row != UnsafePointer(place) { place.update(from: row, count: columns) }
      }
      start += part.rows
    }
  }
}
