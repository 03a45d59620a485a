extension KernelSet {
  /// Sums rows with weights: `sum += Σ factor(i) * x[i]` over a range of rows.
  ///
  /// - `sum`: `(columns)`; `factor` gets the row's place within the range.
  package func addRows(
    of x: borrowing Activations, _ rows: Range<Int>, into sum: inout [Float],
    factor: (_ place: Int) -> Float
  ) {
    precondition(rows.upperBound <= x.rows && sum.count == x.columns, "rows of the matrix")
    let columns = x.columns
    let source = x.pointer
    sum.withUnsafeMutableBufferPointer { sum in
      guard let target = sum.baseAddress else { return }
      for row in rows {
        addScaledRow(target, source + row * columns, factor(row - rows.lowerBound), columns)
      }
    }
  }

  /// `largest = max(largest, x[i])` over a range of rows; `largest`: `(columns)`.
  package func takeMaximum(
    of x: borrowing Activations, _ rows: Range<Int>, into largest: inout [Float]
  ) {
    precondition(rows.upperBound <= x.rows && largest.count == x.columns, "rows of the matrix")
    let columns = x.columns
    let source = x.pointer
    largest.withUnsafeMutableBufferPointer { largest in
      guard let target = largest.baseAddress else { return }
      for row in rows { maximumRow(target, source + row * columns, columns) }
    }
  }
}
