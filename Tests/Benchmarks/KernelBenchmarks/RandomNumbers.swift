import Kernels

/// Repeatable numbers between -1 and 1 (SplitMix64).
struct RandomNumbers {
  private var state: UInt64 = 1

  mutating func next() -> Float {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return Float((bits ^ (bits >> 31)) >> 40) / Float(1 << 23) - 1
  }

  mutating func array(_ count: Int) -> [Float] { (0..<count).map { _ in next() } }

  mutating func storage(_ count: Int) -> FloatStorage { FloatStorage(array(count)) }

  mutating func activations(rows: Int, columns: Int) -> Activations {
    var result = Activations(columns: columns)
    result.resize(rows: rows)
    for row in 0..<rows { result.setRow(row, array(columns)) }
    return result
  }
}
