import KernelDispatch
import Kernels
import Testing

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

extension MatrixProducts {
  /// `function(x · wᵀ + bias)`: `x` is `(rows, inputs)`, `w` is `(outputs, inputs)`, the result `(rows, outputs)`.
  func product(
    _ x: [Float], _ w: [Float], inputs: Int, bias: FloatStorage? = nil,
    _ function: ActivationFunction = .identity, loop: ParallelLoop = .serial
  ) -> [Float] {
    let (rows, outputs) = (x.count / inputs, w.count / inputs)
    let packed = pack(
      StackedMatrix(WeightMatrix(rows: outputs, columns: inputs, storage: FloatStorage(w))))
    var output = Activations([Float](repeating: .nan, count: rows * outputs), columns: outputs)
    var scratch = ScratchMemory()
    multiply(
      Activations(x, columns: inputs), by: packed, bias: bias, function, into: &output,
      scratch: &scratch, loop: loop)
    return output.values
  }
}

extension ParallelLoop {
  /// Runs a loop's iterations backwards, as threads might.
  static let backwards = ParallelLoop(width: 3) { iterations, body in
    for iteration in (0..<iterations).reversed() { body(iteration) }
  }
}

extension Float {
  /// NaN of all kinds: quiet and signalling, of both signs, with low and high bits of the payload set.
  static let notANumber = [
    0x7FC0_0000, 0x7FC0_0001, 0x7FC0_007F, 0x7FC0_0081, 0x7FFF_FFFF, 0x7F80_0001, 0xFFC0_0000,
    0xFFC0_0001, 0xFFC0_00FF, 0xFFFF_FFFF,
  ].map { Float(bitPattern: $0) }

  /// The nearest bfloat16, ties to even (IEEE 754, section 4.3.1); for finite numbers.
  var bfloat16: Float {
    Float(bitPattern: (bitPattern &+ 0x7FFF &+ (bitPattern >> 16 & 1)) & 0xFFFF_0000)
  }
}

/// Kernels with attention in one precision.
struct AttentionKernels: Sendable, CustomTestStringConvertible {
  let kernels: KernelSet
  let isBFloat16: Bool

  static let available =
    KernelSet.available.map { AttentionKernels(kernels: $0, isBFloat16: false) }
    + KernelSet.available.compactMap(\.attendingInBFloat16).map {
      AttentionKernels(kernels: $0, isBFloat16: true)
    }

  /// A number that attention does not round.
  func exact(_ x: Float) -> Float { isBFloat16 ? x.bfloat16 : x }

  /// How far attention to exact numbers up to `largest` may be off: each weight by half a unit of its last place.
  func error(_ largest: Double) -> Double { isBFloat16 ? largest / 512 : 5e-6 }

  var testDescription: String { "\(kernels)\(isBFloat16 ? ", bfloat16" : "")" }
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
