extension VectorUnit {
  /// Turns the components of a head's queries or keys by their position's angles.
  ///
  /// - `x`: `(2 * pairs)`; `angles`: `(2, pairs)`, cosines, then sines.
  @inlinable @inline(__always)
  static func rotate(
    _ x: UnsafeMutablePointer<Float>, _ angles: UnsafePointer<Float>, pairs: Int
  ) {
    forEachRegister(pairs) { offset, partial in
      let first = load(UnsafePointer(x), offset, partial)
      let second = load(UnsafePointer(x + pairs), offset, partial)
      let cosine = load(angles, offset, partial)
      let sine = load(angles + pairs, offset, partial)
      store(first * cosine - second * sine, x, offset, partial)
      store(multiplyAdd(second, cosine, first * sine), x + pairs, offset, partial)
    }
  }

  /// `output = activation(x) * gate`; all `(columns)`.
  @inlinable @inline(__always)
  static func gate(
    _ x: UnsafePointer<Float>, _ gate: UnsafePointer<Float>, _ activation: ActivationFunction,
    into output: UnsafeMutablePointer<Float>, columns: Int
  ) {
    @inline(__always)
    func apply(_ function: (Floats) -> Floats) {
      forEachRegister(columns) { offset, partial in
        let value = function(load(x, offset, partial)) * load(gate, offset, partial)
        store(value, output, offset, partial)
      }
    }
    switch activation {
    case .gelu: apply { gelu($0) }
    case .geluTanh: apply { geluTanh($0) }
    case .relu: apply { relu($0) }
    case .silu: apply { silu($0) }
    case .tanh: apply { tanh($0) }
    case .identity: apply { $0 }
    }
  }

  /// `output = a + b + c`; all `(columns)`.
  @inlinable @inline(__always)
  static func add(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ c: UnsafePointer<Float>,
    into output: UnsafeMutablePointer<Float>, columns: Int
  ) {
    forEachRegister(columns) { offset, partial in
      let sum = load(a, offset, partial) + load(b, offset, partial) + load(c, offset, partial)
      store(sum, output, offset, partial)
    }
  }

  /// Adds `factor * bias` to a row of scores, and leaves out the keys that are not near.
  ///
  /// - `scores`: `(count)`, worked on in whole registers; `bias`: the values for its keys.
  /// - `near`: the keys that count; the scores of the others become -∞.
  @inlinable @inline(__always)
  static func adjustScores(
    _ scores: UnsafeMutablePointer<Float>, count: Int, bias: UnsafePointer<Float>?, factor: Float,
    near: Range<Int>
  ) {
    if let bias {
      let factor = Floats(repeating: factor)
      var offset = 0
      while offset < count {
        store(multiplyAdd(load(bias + offset), factor, load(scores + offset)), scores + offset)
        offset &+= width
      }
    }
    for key in 0..<near.lowerBound { scores[key] = -.infinity }
    var key = near.upperBound
    while key < count {
      scores[key] = -.infinity
      key &+= 1
    }
  }
}
