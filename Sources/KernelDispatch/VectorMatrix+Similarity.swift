import Kernels

extension VectorMatrix {
  /// Compares some rows with all of another matrix, `(rows.count, others.count)` values at the start of `target`.
  ///
  /// The error is at most 1e-6 for up to about 1,000 dimensions and 2e-6 for 4,000: of a cosine itself, of a dot product
  /// as a share of the product of the lengths, of a distance as a share of itself. Components that differ by less than
  /// 1e-19 add nothing to the distance of vectors longer than 1e-12. A vector that holds a NaN or an infinity gives what
  /// double precision gives, which mostly is NaN. Compare many rows at a time: each call lays the other vectors out anew.
  ///
  /// - Precondition: both matrices have the same dimensions; `target` has room for all values.
  /// - Complexity: O(`rows.count * others.count * dimensions`).
  package func similarities(
    of rows: Range<Int>, to others: VectorMatrix, by metric: Metric, into target: inout [Float]
  ) {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= count, "rows of the matrix")
    precondition(target.count >= rows.count * others.count, "room for all values")
    let comparison = Comparison(self, others, metric)
    var scratch = ScratchMemory()
    let panel = scratch.floats(comparison.panelSize)
    target.withUnsafeMutableBufferPointer { target in
      guard let target = target.baseAddress else { return }
      for first in stride(from: 0, to: others.count, by: comparison.panelWidth) {
        let columns = first..<min(others.count, first + comparison.panelWidth)
        comparison.pack(columns, into: panel)
        comparison.compare(
          rows, columns, panel: panel, columnCount: columns.count, into: target + first,
          stride: others.count)
      }
    }
  }
}

extension ScratchMemory {
  /// Memory for so many floats, valid until the next call.
  mutating func floats(_ count: Int) -> UnsafeMutablePointer<Float> {
    reserve(byteCount: 4 * count).assumingMemoryBound(to: Float.self)
  }
}

/// Compares rows of one matrix with panels of another's, which are the columns of the result.
struct Comparison {
  private let a: VectorMatrix
  private let b: VectorMatrix
  private let metric: VectorMatrix.Metric
  private let products: MatrixProducts

  init(_ a: VectorMatrix, _ b: VectorMatrix, _ metric: VectorMatrix.Metric) {
    precondition(a.dimensions == b.dimensions, "vectors of the same dimensions are compared")
    self.a = a
    self.b = b
    self.metric = metric
    products = metric == .euclidean ? a.kernels.squaredDistances : a.kernels.products
  }

  /// The columns of a panel.
  var panelWidth: Int { products.panelWidth }

  /// The floats of a panel.
  var panelSize: Int { panelWidth * a.dimensions }

  /// Lays out at most a panel's worth of columns, filled up with zeros.
  func pack(_ columns: Range<Int>, into panel: UnsafeMutablePointer<Float>) {
    b.components.withUnsafeBufferPointer { components in
      guard let start = components.baseAddress else { return }
      products.pack(
        start + columns.lowerBound * a.dimensions, rows: columns.count, columns: a.dimensions,
        into: panel)
    }
  }

  /// Compares rows with the columns of a panel: `(rows.count, columns.count)` with `stride` floats from row to row.
  ///
  /// - Parameter columnCount: how many floats of each row of `target` may be written to, at least the columns. A whole
  ///   panel is quicker.
  func compare(
    _ rows: Range<Int>, _ columns: Range<Int>, panel: UnsafePointer<Float>, columnCount: Int,
    into target: UnsafeMutablePointer<Float>, stride: Int
  ) {
    a.components.withUnsafeBufferPointer { components in
      guard let start = components.baseAddress else { return }
      products.multiply(
        start + rows.lowerBound * a.dimensions, rows: rows.count, depth: a.dimensions, by: panel,
        columns: columnCount, into: target, stride: stride)
    }
    finish(target, rows, columns, stride)
    let extremeColumns = b.extremes.filter(columns.contains)
    for column in extremeColumns {
      for (row, place) in zip(rows, 0...) {
        target[place * stride + column - columns.lowerBound] = exact(row, column)
      }
    }
    for row in a.extremes.filter(rows.contains) {
      for column in columns {
        target[(row - rows.lowerBound) * stride + column - columns.lowerBound] = exact(row, column)
      }
    }
  }

  /// Makes values of dot products, or of squared distances.
  private func finish(
    _ target: UnsafeMutablePointer<Float>, _ rows: Range<Int>, _ columns: Range<Int>, _ stride: Int
  ) {
    switch metric {
    case .cosine:
      a.inverseLengths.withUnsafeBufferPointer { rowInverses in
        b.inverseLengths.withUnsafeBufferPointer { columnInverses in
          var target = target
          for row in rows {
            let inverse = rowInverses[row]
            for column in columns {
              let place = column &- columns.lowerBound
              let cosine = target[place] * inverse * columnInverses[column]
              target[place] = cosine > 1 ? 1 : cosine < -1 ? -1 : cosine
            }
            target += stride
          }
        }
      }
    case .dot:
      break
    case .euclidean:
      for row in 0..<rows.count {
        let target = target + row * stride
        for place in 0..<columns.count { target[place] = target[place].squareRoot() }
      }
    }
  }

  /// The value of two vectors in double precision.
  private func exact(_ row: Int, _ column: Int) -> Float {
    let x = a.components[row * a.dimensions..<(row + 1) * a.dimensions]
    let y = b.components[column * b.dimensions..<(column + 1) * b.dimensions]
    var sum = 0.0
    if metric == .euclidean {
      for (x, y) in zip(x, y) { sum += (Double(x) - Double(y)) * (Double(x) - Double(y)) }
      return Float(sum.squareRoot())
    }
    for (x, y) in zip(x, y) { sum += Double(x) * Double(y) }
    guard metric == .cosine else { return Float(sum) }
    let lengths = a.lengths[row] * b.lengths[column]
    let cosine = lengths == 0 ? 0 : sum / lengths
    return Float(cosine > 1 ? 1 : cosine < -1 ? -1 : cosine)
  }
}
