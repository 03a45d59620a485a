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
