extension VectorUnit {
  /// Calls `body` on each register's worth of a row of `count` floats, the last one filled with zeros.
  ///
  /// `body` gets the offset, and how many lanes are in the row when that is not all of them.
  @inlinable @inline(__always)
  static func forEachRegister(_ count: Int, _ body: (_ offset: Int, _ partial: Int?) -> Void) {
    var offset = 0
    while offset &+ width <= count {
      body(offset, nil)
      offset &+= width
    }
    if offset < count { body(offset, count &- offset) }
  }

  @inlinable @inline(__always)
  static func load(_ source: UnsafePointer<Float>, _ offset: Int, _ partial: Int?) -> Floats {
    if let partial { return load(source + offset, count: partial, filler: 0) }
    return load(source + offset)
  }

  @inlinable @inline(__always)
  static func store(
    _ value: Floats, _ target: UnsafeMutablePointer<Float>, _ offset: Int, _ partial: Int?
  ) {
    if let partial {
      store(value, target + offset, count: partial)
    } else {
      store(value, target + offset)
    }
  }
}

/// The learned scale and shift of a layer normalization (Ba, Kiros, Hinton, arXiv:1607.06450).
package struct LayerNorm: Sendable {
  /// `(columns)`.
  package let scale: FloatStorage
  /// `(columns)`.
  package let shift: FloatStorage
  /// Added to the variance.
  package let epsilon: Float

  package init(scale: FloatStorage, shift: FloatStorage, epsilon: Float) {
    precondition(scale.count == shift.count, "scale and shift have the same columns")
    self.scale = scale
    self.shift = shift
    self.epsilon = epsilon
  }
}

/// What `VectorUnit.layerNorm` works on: `output = norm(a + b + c)`, or `norm(a)`, for one row.
///
/// All are `(columns)`; `output` may be any of the terms.
@usableFromInline
package struct LayerNormPass {
  @usableFromInline let output: UnsafeMutablePointer<Float>
  @usableFromInline let a: UnsafePointer<Float>
  /// What is added to `a`, if anything is.
  @usableFromInline let added: (b: UnsafePointer<Float>, c: UnsafePointer<Float>)?
  @usableFromInline let scale: UnsafePointer<Float>
  @usableFromInline let shift: UnsafePointer<Float>
  @usableFromInline let epsilon: Float
  @usableFromInline let columns: Int
}

extension VectorUnit {
  /// Mean and variance in two passes: the one-pass form E[x²] - E[x]² loses digits.
  @inlinable @inline(__always)
  static func layerNorm(_ pass: LayerNormPass) {
    let (output, columns) = (pass.output, pass.columns)
    var total = Floats(repeating: 0)
    if let (b, c) = pass.added {
      forEachRegister(columns) { offset, partial in
        let sum =
          load(pass.a, offset, partial) + load(b, offset, partial) + load(c, offset, partial)
        store(sum, output, offset, partial)
        total += sum
      }
    } else {
      forEachRegister(columns) { offset, partial in
        let value = load(pass.a, offset, partial)
        store(value, output, offset, partial)
        total += value
      }
    }
    let mean = Floats(repeating: sum(total) / Float(columns))
    var squares = Floats(repeating: 0)
    forEachRegister(columns) { offset, partial in
      var centered = load(UnsafePointer(output), offset, partial) - mean
      if let partial {
        // The lanes past the row hold -mean, not data.
        var lane = partial
        while lane < width {
          centered[lane] = 0
          lane &+= 1
        }
      }
      squares = multiplyAdd(centered, centered, squares)
    }
    let variance = sum(squares) / Float(columns)
    let inverse = Floats(repeating: 1 / (variance + pass.epsilon).squareRoot())
    forEachRegister(columns) { offset, partial in
      let normal = (load(UnsafePointer(output), offset, partial) - mean) * inverse
      store(
        multiplyAdd(normal, load(pass.scale, offset, partial), load(pass.shift, offset, partial)),
        output, offset, partial)
    }
  }

  /// `sum += factor * row`, both `(columns)`.
  @inlinable @inline(__always)
  static func addScaled(
    _ sum: UnsafeMutablePointer<Float>, _ row: UnsafePointer<Float>, factor: Float, columns: Int
  ) {
    let factor = Floats(repeating: factor)
    forEachRegister(columns) { offset, partial in
      let value = multiplyAdd(
        load(row, offset, partial), factor, load(UnsafePointer(sum), offset, partial))
      store(value, sum, offset, partial)
    }
  }

  /// `largest = max(largest, row)`, both `(columns)`; NaN where either is.
  @inlinable @inline(__always)
  static func takeMaximum(
    _ largest: UnsafeMutablePointer<Float>, _ row: UnsafePointer<Float>, columns: Int
  ) {
    forEachRegister(columns) { offset, partial in
      let value = maximumOrNaN(
        load(UnsafePointer(largest), offset, partial), load(row, offset, partial))
      store(value, largest, offset, partial)
    }
  }

  /// Replaces `count` scores by `exp(scale * (score - largest))` and returns their sum.
  ///
  /// Whole registers are worked on: what lies between `count` and the next multiple of `width` is overwritten.
  /// - `padding`: `(width)`, what is added to the last register: 0 for its scores, -infinity for what lies behind them.
  /// - Precondition: `count` and `scale` are positive.
  @inlinable @inline(__always)
  static func exponentials(
    _ scores: UnsafeMutablePointer<Float>, count: Int, scale: Float, padding: UnsafePointer<Float>
  ) -> Float {
    let last = (count &- 1) / width &* width
    var peak = load(scores + last) + load(padding)
    store(peak, scores + last)
    var offset = 0
    while offset < last {
      peak = maximum(peak, load(scores + offset))
      offset &+= width
    }
    let largest = Floats(repeating: Self.largest(peak))
    // exp(x) = 2^(x / ln 2).
    let factor = Floats(repeating: scale * 1.442_695_04)
    var total = Floats(repeating: 0)
    offset = 0
    while offset <= last {
      let value = powerOfTwo((load(scores + offset) - largest) * factor)
      store(value, scores + offset)
      total += value
      offset &+= width
    }
    return sum(total)
  }

  /// `row = factor * row`, `(columns)`.
  @inlinable @inline(__always)
  static func scale(_ row: UnsafeMutablePointer<Float>, by factor: Float, columns: Int) {
    let factor = Floats(repeating: factor)
    forEachRegister(columns) { offset, partial in
      store(load(UnsafePointer(row), offset, partial) * factor, row, offset, partial)
    }
  }
}
