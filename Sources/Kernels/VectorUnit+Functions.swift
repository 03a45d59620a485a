/// The non-linear functions between linear layers.
@usableFromInline
package enum ActivationFunction: Sendable, Hashable {
  /// `x * (1 + erf(x / √2)) / 2`, exact (Hendrycks and Gimpel, arXiv:1606.08415).
  case gelu
  /// The same with tanh in place of erf: `gelu_new`, `gelu_pytorch_tanh`.
  case geluTanh
  /// `max(0, x)`.
  case relu
  /// `x / (1 + exp(-x))`.
  case silu
  /// `tanh(x)`.
  case tanh
  /// `x`.
  case identity
}

// NaN in, NaN out: `maximum` and `minimum` keep a NaN that comes first, and all else is arithmetic on it.
extension VectorUnit {
  /// `exp(x)`; relative error at most 3e-7 for x from -87 to 88, 0 to 1.2e-38 below.
  ///
  /// `exp(x) = 2^n * exp(r)` with `n = round(x / ln 2)` (Cody and Waite 1980) and a minimax polynomial of degree 6.
  @inlinable @inline(__always)
  static func exponential(_ x: Floats) -> Floats {
    let x = minimum(maximum(x, Floats(repeating: -87.3)), Floats(repeating: 88.3))
    // Adding 1.5 * 2^23 rounds to a whole number and leaves it in the low bits; 127 more, and they are an exponent.
    let magic = Floats(repeating: 12_582_912 + 127)
    let shifted = multiplyAdd(x, Floats(repeating: 1.442_695_04), magic)
    let n = shifted - magic
    var r = multiplyAdd(n, Floats(repeating: -0.693_359_375), x)
    r = multiplyAdd(n, Floats(repeating: 2.121_944_4e-4), r)
    var p = Floats(repeating: 0.001_383_658_08)
    p = multiplyAdd(p, r, Floats(repeating: 0.008_374_814_31))
    p = multiplyAdd(p, r, Floats(repeating: 0.041_668_230_3))
    p = multiplyAdd(p, r, Floats(repeating: 0.166_664_202))
    p = multiplyAdd(p, r, Floats(repeating: 0.499_999_921))
    p = multiplyAdd(p, r, Floats(repeating: 1.000_000_04))
    p = multiplyAdd(p, r, Floats(repeating: 1))
    // A product, not a sum with the exponent's bits, which makes a number of a NaN.
    return p * powerOfTwo(biased: shifted)
  }

  /// `2^x` for x up to 0; relative error at most 3e-7 from -126 on, 1.2e-38 below.
  ///
  /// As `exponential`, with a minimax polynomial of degree 5 for the part behind the point.
  @inlinable @inline(__always)
  static func powerOfTwo(_ x: Floats) -> Floats {
    let x = maximum(x, Floats(repeating: -126))
    let magic = Floats(repeating: 12_582_912 + 127)
    let shifted = x + magic
    let r = x - (shifted - magic)
    var p = Floats(repeating: 0.001_327_647_217)
    p = multiplyAdd(p, r, Floats(repeating: 0.009_675_541_331))
    p = multiplyAdd(p, r, Floats(repeating: 0.055_507_132_73))
    p = multiplyAdd(p, r, Floats(repeating: 0.240_221_197_2))
    p = multiplyAdd(p, r, Floats(repeating: 0.693_146_967_1))
    p = multiplyAdd(p, r, Floats(repeating: 1.000_000_072))
    return p * powerOfTwo(biased: shifted)
  }

  /// `x * (1 + erf(x / √2)) / 2`; absolute error at most 4e-7 times the larger of 1 and |x|.
  ///
  /// `erf(x / √2) / 2` is `x` times a minimax rational function of `x²` of degrees 5 and 5 (error 2e-8). At 5.75 that
  /// passes 1/2 by more than rounding errors, so that it is cut at 1/2 and large negative numbers give 0.
  @inlinable @inline(__always)
  static func gelu(_ x: Floats) -> Floats {
    let bound = Floats(repeating: 5.75)
    let z = minimum(maximum(x, -bound), bound)
    let u = z * z
    var p = Floats(repeating: 2.261_510_82e-8)
    p = multiplyAdd(p, u, Floats(repeating: 6.290_540_28e-6))
    p = multiplyAdd(p, u, Floats(repeating: 1.664_368_94e-4))
    p = multiplyAdd(p, u, Floats(repeating: 4.662_395_78e-3))
    p = multiplyAdd(p, u, Floats(repeating: 0.033_666_195_6))
    p = multiplyAdd(p, u, Floats(repeating: 0.398_942_273))
    var q = Floats(repeating: 1.189_001_35e-6)
    q = multiplyAdd(q, u, Floats(repeating: 7.264_032_04e-5))
    q = multiplyAdd(q, u, Floats(repeating: 1.871_264_42e-3))
    q = multiplyAdd(q, u, Floats(repeating: 0.028_530_149_4))
    q = multiplyAdd(q, u, Floats(repeating: 0.251_055_017))
    q = multiplyAdd(q, u, Floats(repeating: 1))
    let half = Floats(repeating: 0.5)
    let erf = minimum(maximum(z * p / q, -half), half)
    return x * (half + erf)
  }

  /// `tanh(x)`; absolute error at most 3e-7.
  @inlinable @inline(__always)
  static func tanh(_ x: Floats) -> Floats {
    let one = Floats(repeating: 1)
    return one - Floats(repeating: 2) / (exponential(x + x) + one)
  }

  /// `x * (1 + tanh(√(2/π) * (x + 0.044715 x³))) / 2`; absolute error at most 4e-7 times the larger of 1 and |x|.
  @inlinable @inline(__always)
  static func geluTanh(_ x: Floats) -> Floats {
    let cubic = multiplyAdd(x * x * Floats(repeating: 0.044715), x, x)
    let half = Floats(repeating: 0.5)
    return x * multiplyAdd(half, tanh(cubic * Floats(repeating: 0.797_884_56)), half)
  }

  /// `x / (1 + exp(-x))`; absolute error at most 4e-7 times the larger of 1 and |x|.
  @inlinable @inline(__always)
  static func silu(_ x: Floats) -> Floats {
    let one = Floats(repeating: 1)
    return x / (one + exponential(-x))
  }

  /// `max(0, x)`, exact.
  @inlinable @inline(__always)
  static func relu(_ x: Floats) -> Floats { maximum(x, Floats(repeating: 0)) }
}

/// What `VectorUnit.activate` works on: `x = function(x)`.
@usableFromInline
package struct ActivationPass {
  /// `(rows, columns)` with `stride` floats from row to row.
  @usableFromInline let x: UnsafeMutablePointer<Float>
  @usableFromInline let rows: Int
  @usableFromInline let columns: Int
  @usableFromInline let stride: Int
  @usableFromInline let function: ActivationFunction

  @inlinable @inline(__always)
  init(
    x: UnsafeMutablePointer<Float>, rows: Int, columns: Int, stride: Int,
    function: ActivationFunction
  ) {
    self.x = x
    self.rows = rows
    self.columns = columns
    self.stride = stride
    self.function = function
  }
}

extension VectorUnit {
  @inlinable @inline(__always)
  static func activate(_ pass: ActivationPass) {
    switch pass.function {
    case .gelu: apply(pass) { gelu($0) }
    case .geluTanh: apply(pass) { geluTanh($0) }
    case .relu: apply(pass) { relu($0) }
    case .silu: apply(pass) { silu($0) }
    case .tanh: apply(pass) { tanh($0) }
    case .identity: break
    }
  }

  /// `activate` with a function that the compiler knows.
  @inlinable @inline(__always)
  static func apply(_ pass: ActivationPass, _ function: (Floats) -> Floats) {
    var row = pass.x
    for _ in 0..<pass.rows {
      forEachRegister(pass.columns) { offset, partial in
        store(function(load(UnsafePointer(row), offset, partial)), row, offset, partial)
      }
      row += pass.stride
    }
  }
}
