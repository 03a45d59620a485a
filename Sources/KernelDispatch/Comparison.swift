import Kernels

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
    complete(target, rows, columns, stride)
  }

  /// Compares a range of rows with all columns, block by block: `body` gets the rows and columns of a block, and its
  /// values with the floats from row to row.
  func forEachBlock(
    of rows: Range<Int>,
    _ body: (_ rows: Range<Int>, _ columns: Range<Int>, UnsafePointer<Float>, _ stride: Int) -> Void
  ) {
    let panels = stride(from: 0, to: b.count, by: panelWidth).map {
      $0..<min(b.count, $0 + panelWidth)
    }
    // The columns, `(panels, dimensions, panelWidth)`, and the values of a block, `(blockSize, panelWidth)`.
    var columnMemory = ScratchMemory()
    var valueMemory = ScratchMemory()
    let packed = columnMemory.floats(panels.count * panelSize)
    let values = valueMemory.floats(Self.blockSize * panelWidth)
    for (number, columns) in panels.enumerated() {
      pack(columns, into: packed + number * panelSize)
    }
    for first in stride(from: rows.lowerBound, to: rows.upperBound, by: Self.blockSize) {
      let block = first..<min(rows.upperBound, first + Self.blockSize)
      for (number, columns) in panels.enumerated() {
        compare(
          block, columns, panel: packed + number * panelSize, columnCount: panelWidth, into: values,
          stride: panelWidth)
        body(block, columns, values, panelWidth)
      }
    }
  }

  /// The rows that are compared with all columns while they are in the cache.
  private static let blockSize = 256

  /// Makes metrics of products, those of extreme vectors in double precision.
  private func complete(
    _ target: UnsafeMutablePointer<Float>, _ rows: Range<Int>, _ columns: Range<Int>, _ stride: Int
  ) {
    finish(target, rows, columns, stride)
    for column in b.extremes(in: columns) {
      for (row, place) in zip(rows, 0...) {
        target[place * stride + column - columns.lowerBound] = exact(row, column)
      }
    }
    for row in a.extremes(in: rows) {
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
    let lengths = a.squaredLength(row).squareRoot() * b.squaredLength(column).squareRoot()
    let cosine = lengths == 0 ? 0 : sum / lengths
    return Float(cosine > 1 ? 1 : cosine < -1 ? -1 : cosine)
  }
}
