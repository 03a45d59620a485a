/// Weights of eight bits in row-major order, in groups of 64 along each row that share a scale.
///
/// A weight is its code times the scale of its group; the largest of a group has the code 127 or -127.
package struct QuantizedMatrix: Sendable {
  /// The weights that share a scale; a row's last group may have fewer.
  package static let groupSize = byteGroupSize

  package let rows: Int
  package let columns: Int
  /// `(rows, columns)`.
  let codes: NumberStorage<Int8>
  /// `(rows, groupCount(columns))`.
  package let scales: FloatStorage

  /// - Precondition: `codes` has `rows * columns` bytes, `scales` a float for each group.
  package init(rows: Int, columns: Int, codes: NumberStorage<Int8>, scales: FloatStorage) {
    precondition(
      codes.count == rows * columns && scales.count == rows * Self.groupCount(columns),
      "a matrix has rows * columns codes, and a scale for each group")
    self.rows = rows
    self.columns = columns
    self.codes = codes
    self.scales = scales
  }

  /// The groups of a row.
  package static func groupCount(_ columns: Int) -> Int { (columns + groupSize - 1) / groupSize }

  /// All weights in single precision.
  ///
  /// - Complexity: O(`rows * columns`).
  package var floats: WeightMatrix {
    let storage = FloatStorage(count: rows * columns) { target in
      for row in 0..<rows { copyRow(row, to: target + row * columns) }
    }
    return WeightMatrix(rows: rows, columns: columns, storage: storage)
  }

  /// Writes a row in single precision; `target`: `(columns)`.
  func copyRow(_ index: Int, to target: UnsafeMutablePointer<Float>) {
    precondition(index >= 0 && index < rows, "a row of the matrix")
    let row = codes.pointer + index * columns
    var scale = scales.pointer + index * Self.groupCount(columns)
    var start = 0
    while start < columns {
      let end = min(columns, start + Self.groupSize)
      let factor = scale.pointee
      for column in start..<end { target[column] = Float(row[column]) * factor }
      start = end
      scale += 1
    }
  }

  /// Rounds a matrix: its codes `(rows, columns)`, and its scales `(rows, groupCount(columns))`.
  ///
  /// - Complexity: O(`rows * columns`).
  package static func quantize(_ matrix: WeightMatrix) -> (codes: [Int8], scales: [Float]) {
    var codes: [Int8] = []
    var scales: [Float] = []
    codes.reserveCapacity(matrix.rows * matrix.columns)
    scales.reserveCapacity(matrix.rows * groupCount(matrix.columns))
    for index in 0..<matrix.rows {
      let row = UnsafeBufferPointer(start: matrix.row(index), count: matrix.columns)
      for start in stride(from: 0, to: matrix.columns, by: groupSize) {
        let group = row[start..<min(matrix.columns, start + groupSize)]
        let largest = group.reduce(0) { max($0, $1.magnitude) }
        let stepsPerUnit = largest > 0 ? 127 / largest : 0
        for weight in group {
          let steps = (weight * stepsPerUnit).rounded(.toNearestOrEven)
          codes.append(Int8(max(-127, min(127, steps))))
        }
        scales.append(largest / 127)
      }
    }
    return (codes, scales)
  }
}
