import Kernels

extension Activations {
  /// Makes a matrix of its values, `(rows, columns)`.
  init(_ values: [Float], columns: Int) {
    self.init(columns: columns)
    resize(rows: values.count / columns)
    for row in 0..<rows { setRow(row, Array(values[row * columns..<(row + 1) * columns])) }
  }

  /// All values, `(rows, columns)`.
  var values: [Float] {
    var values: [Float] = []
    for row in 0..<rows { values += self.row(row) }
    return values
  }
}

/// Repeatable numbers between -1 and 1 (SplitMix64).
struct Numbers {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> Float {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return Float((bits ^ (bits >> 31)) >> 40) / Float(1 << 23) - 1
  }

  mutating func array(_ count: Int) -> [Float] { (0..<count).map { _ in next() } }
}
