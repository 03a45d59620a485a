extension FloatStorage {
  /// A copy of all floats.
  ///
  /// - Complexity: O(`count`).
  package var values: [Float] {
    withExtendedLifetime(self) { Array(UnsafeBufferPointer(start: pointer, count: count)) }
  }

  /// Copies an array.
  ///
  /// - Complexity: O(`values.count`).
  package convenience init(_ values: [Float]) {
    self.init(count: values.count) { target in
      for index in values.indices { target[index] = values[index] }
    }
  }

  /// Stacks matrices of equal width on top of one another: `(sum of rows, columns)`.
  ///
  /// - Complexity: O(number of weights).
  package convenience init(stacking matrices: [WeightMatrix]) {
    self.init(count: matrices.reduce(0) { $0 + $1.storage.count }) { target in
      var end = target
      for matrix in matrices {
        end.update(from: matrix.storage.pointer, count: matrix.storage.count)
        end += matrix.storage.count
      }
    }
  }
}
