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

  /// `x = function(x + bias)` on `(rows, columns)` with `stride` floats from row to row; `bias`: `(columns)`.
  @inlinable @inline(__always)
  static func addBias(
    _ x: UnsafeMutablePointer<Float>, rows: Int, columns: Int, stride: Int,
    bias: UnsafePointer<Float>, then function: (Floats) -> Floats
  ) {
    var row = x
    for _ in 0..<rows {
      forEachRegister(columns) { offset, partial in
        let value = load(UnsafePointer(row), offset, partial) + load(bias, offset, partial)
        store(function(value), row, offset, partial)
      }
      row += stride
    }
  }

  /// `addBias` with the function that an activation names.
  @inlinable @inline(__always)
  static func activate(
    _ x: UnsafeMutablePointer<Float>, rows: Int, columns: Int, stride: Int,
    bias: UnsafePointer<Float>, _ activation: Activation
  ) {
    @inline(__always)
    func apply(_ function: (Floats) -> Floats) {
      addBias(x, rows: rows, columns: columns, stride: stride, bias: bias, then: function)
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

  /// `output = layerNorm(a + b + c)` for one row; all `(columns)`, `output` may be any of them.
  ///
  /// Mean and variance in two passes: the one-pass form E[x²] - E[x]² loses digits.
  @inlinable @inline(__always)
  static func addLayerNorm(
    _ output: UnsafeMutablePointer<Float>, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
    _ c: UnsafePointer<Float>, scale: UnsafePointer<Float>, shift: UnsafePointer<Float>,
    epsilon: Float, columns: Int
  ) {
    var total = Floats(repeating: 0)
    forEachRegister(columns) { offset, partial in
      let sum = load(a, offset, partial) + load(b, offset, partial) + load(c, offset, partial)
      store(sum, output, offset, partial)
      total += sum
    }
    normalize(
      output, total: total.sum(), scale: scale, shift: shift, epsilon: epsilon, columns: columns)
  }

  /// `x = layerNorm(x)` for one row, `(columns)`.
  @inlinable @inline(__always)
  static func layerNorm(
    _ x: UnsafeMutablePointer<Float>, scale: UnsafePointer<Float>, shift: UnsafePointer<Float>,
    epsilon: Float, columns: Int
  ) {
    var total = Floats(repeating: 0)
    forEachRegister(columns) { offset, partial in
      total += load(UnsafePointer(x), offset, partial)
    }
    normalize(
      x, total: total.sum(), scale: scale, shift: shift, epsilon: epsilon, columns: columns)
  }

  /// The second pass of a layer norm, over a row whose sum is known.
  @inlinable @inline(__always)
  static func normalize(
    _ output: UnsafeMutablePointer<Float>, total: Float, scale: UnsafePointer<Float>,
    shift: UnsafePointer<Float>, epsilon: Float, columns: Int
  ) {
    let mean = Floats(repeating: total / Float(columns))
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
    let variance = squares.sum() / Float(columns)
    let inverse = Floats(repeating: 1 / (variance + epsilon).squareRoot())
    forEachRegister(columns) { offset, partial in
      let normal = (load(UnsafePointer(output), offset, partial) - mean) * inverse
      store(
        multiplyAdd(normal, load(scale, offset, partial), load(shift, offset, partial)),
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

  /// `largest = max(largest, row)`, both `(columns)`.
  @inlinable @inline(__always)
  static func takeMaximum(
    _ largest: UnsafeMutablePointer<Float>, _ row: UnsafePointer<Float>, columns: Int
  ) {
    forEachRegister(columns) { offset, partial in
      let value = maximum(load(UnsafePointer(largest), offset, partial), load(row, offset, partial))
      store(value, largest, offset, partial)
    }
  }

  /// Replaces `count` scores by `exp(scale * (score - largest))` and returns their sum.
  ///
  /// Whole registers are worked on: what lies between `count` and the next multiple of `width` is overwritten.
  /// - Precondition: `count` and `scale` are positive.
  @inlinable @inline(__always)
  static func exponentials(
    _ scores: UnsafeMutablePointer<Float>, count: Int, scale: Float
  ) -> Float {
    let end = (count &+ width &- 1) / width &* width
    // What exp makes of it is nothing beside a sum of at least 1.
    for lane in count..<end { scores[lane] = -.infinity }
    var peak = load(scores)
    var offset = width
    while offset < end {
      peak = maximum(peak, load(scores + offset))
      offset &+= width
    }
    let largest = Floats(repeating: Self.largest(peak))
    let scale = Floats(repeating: scale)
    var total = Floats(repeating: 0)
    offset = 0
    while offset < end {
      let value = exponential((load(scores + offset) - largest) * scale)
      store(value, scores + offset)
      total += value
      offset &+= width
    }
    return total.sum()
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
