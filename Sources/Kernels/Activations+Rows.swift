extension Activations {
  /// A copy of one row, `(columns)`.
  ///
  /// - Complexity: O(`columns`).
  package borrowing func row(_ index: Int) -> [Float] {
    precondition(index >= 0 && index < rows, "a row of the matrix")
    return Array(UnsafeBufferPointer(start: pointer + index * columns, count: columns))
  }

  /// Replaces one row.
  ///
  /// - Complexity: O(`columns`).
  package mutating func setRow(_ index: Int, _ values: [Float]) {
    precondition(index >= 0 && index < rows && values.count == columns, "a row of the matrix")
    let target = mutablePointer + index * columns
    for column in 0..<columns { target[column] = values[column] }
  }

  /// Becomes a copy of a matrix with as many columns.
  ///
  /// - Complexity: O(`rows * columns`).
  package mutating func copy(_ other: borrowing Activations) {
    precondition(other.columns == columns, "a copy has the same columns")
    resize(rows: other.rows)
    mutablePointer.update(from: other.pointer, count: rows * columns)
  }

  /// Adds a matrix of the same shape.
  ///
  /// - Complexity: O(`rows * columns`).
  package mutating func add(_ other: borrowing Activations) {
    precondition(
      other.rows == rows && other.columns == columns, "operands of a sum have the same shape")
    let target = mutablePointer
    let source = other.pointer
    for index in 0..<rows * columns { target[index] += source[index] }
  }
}
