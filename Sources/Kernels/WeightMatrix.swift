/// Weights in row-major order, as a model file has them: `(rows, columns)` = (outputs, inputs) for a linear layer.
package struct WeightMatrix: Sendable {
  package let rows: Int
  package let columns: Int
  /// `(rows, columns)`, row-major, starting at the storage's first float.
  package let storage: FloatStorage

  /// - Precondition: `storage` holds `rows * columns` floats.
  package init(rows: Int, columns: Int, storage: FloatStorage) {
    precondition(rows * columns == storage.count, "a matrix has rows * columns weights")
    self.rows = rows
    self.columns = columns
    self.storage = storage
  }

  /// The first float of a row.
  func row(_ index: Int) -> UnsafePointer<Float> {
    precondition(index >= 0 && index < rows, "a row of the matrix")
    return storage.pointer + index * columns
  }
}
