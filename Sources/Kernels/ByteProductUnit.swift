/// Factors of eight bits in groups, each group with a scale of its own: unsigned ones of the input, signed ones of the
/// weights.
///
/// A group takes 18 lanes. Sixteen hold 64 factors, four a lane. The other two are floats: of the input, what a step is
/// worth and what 0 stands for; of the weights, what a step is worth and the sum of all 64. For an input `x = lowest +
/// step · q` the product with weights `w` is then `step · Σ q w + lowest · Σ w`.
@usableFromInline
package protocol ByteProductUnit: ProductUnit where Lane == UInt32, Sums == Unit.Integers {
  /// The sums as floats.
  static func floats(_ sums: Unit.Integers) -> Unit.Floats

  /// Stores lanes, from -128 to 255 and rounded to even, as the low byte of each.
  static func storeBytes(_ values: Unit.Floats, _ target: UnsafeMutablePointer<UInt8>)
}

/// The factors of a group: few enough that one large factor does not cost the others their digits.
@usableFromInline let byteGroupSize = 64
/// The lanes of the factors of a group.
@usableFromInline let byteGroupDepth = 16
/// The lanes of a group.
@usableFromInline let byteGroupLanes = 18

extension ByteProductUnit {
  /// Twelve registers of sums and as many of the floats that they are added to, of 32.
  @inlinable @inline(__always)
  package static var productRows: Int { 6 }

  @inlinable @inline(__always)
  package static func multiplyPanel(
    _ a: UnsafePointer<UInt32>, aStride: Int, rows: Int, panel: UnsafePointer<UInt32>, depth: Int,
    depthBlock: Int, bias: UnsafePointer<Float>?, output: UnsafeMutablePointer<Float>,
    outputStride: Int
  ) {
    // One by one, as in `sumConstantRows`.
    let zero = Unit.Floats(repeating: 0)
    var f00 = zero, f01 = zero, f10 = zero, f11 = zero, f20 = zero, f21 = zero
    var f30 = zero, f31 = zero, f40 = zero, f41 = zero, f50 = zero, f51 = zero
    var start = 0
    while start < depth {
      let (input, weights) = (a + start, panel + start &* panelWidth)
      let scales = weights + byteGroupDepth &* panelWidth
      let sums = scales + panelWidth
      let (scale0, scale1) = (loadFloats(scales), loadFloats(scales + Unit.width))
      let (sum0, sum1) = (loadFloats(sums), loadFloats(sums + Unit.width))
      sumRows(rows, input, aStride, weights, byteGroupDepth) { row, left, right in
        let factors = input + (row &* aStride &+ byteGroupDepth)
        let step = Unit.Floats(repeating: Float(bitPattern: factors[0]))
        let lowest = Unit.Floats(repeating: Float(bitPattern: factors[1]))
        @inline(__always)
        func add(_ x: inout Unit.Floats, _ y: inout Unit.Floats) {
          x = Unit.multiplyAdd(step, floats(left) * scale0, Unit.multiplyAdd(lowest, sum0, x))
          y = Unit.multiplyAdd(step, floats(right) * scale1, Unit.multiplyAdd(lowest, sum1, y))
        }
        switch row {
        case 0: add(&f00, &f01)
        case 1: add(&f10, &f11)
        case 2: add(&f20, &f21)
        case 3: add(&f30, &f31)
        case 4: add(&f40, &f41)
        default: add(&f50, &f51)
        }
      }
      start &+= byteGroupLanes
    }
    let left = bias.map { Unit.load($0) } ?? zero
    let right = bias.map { Unit.load($0 + Unit.width) } ?? zero
    @inline(__always)
    func store(_ row: Int, _ x: Unit.Floats, _ y: Unit.Floats) {
      guard row < rows else { return }
      Unit.store(x + left, output + row &* outputStride)
      Unit.store(y + right, output + (row &* outputStride &+ Unit.width))
    }
    store(0, f00, f01)
    store(1, f10, f11)
    store(2, f20, f21)
    store(3, f30, f31)
    store(4, f40, f41)
    store(5, f50, f51)
  }

  @inlinable @inline(__always)
  static func loadFloats(_ source: UnsafePointer<UInt32>) -> Unit.Floats {
    UnsafeRawPointer(source).loadUnaligned(as: Unit.Floats.self)
  }

  /// Rounds `(count)` floats of the input to `(groups, 18)` lanes.
  ///
  /// A row with what is no number, or infinite, becomes one whose products are no numbers.
  @inlinable @inline(__always)
  static func round(
    _ source: UnsafePointer<Float>, count: Int, into target: UnsafeMutablePointer<UInt32>
  ) {
    // 0, or no number.
    var zero = Unit.Floats(repeating: 0)
    // A group that is not full is filled up with a number that it has, which costs the others nothing.
    forEachGroup(source, count, into: target, filler: { source[$0] }) { group, lanes in
      roundInput(group, into: lanes, &zero)
    }
    if !(Unit.sum(zero) == 0) { target[byteGroupDepth &+ 1] = Float.nan.bitPattern }
  }

  /// Rounds `(count)` weights, which are finite, to `(groups, 18)` lanes; groups are filled up with zeros.
  @inlinable @inline(__always)
  static func roundWeights(
    _ source: UnsafePointer<Float>, count: Int, into target: UnsafeMutablePointer<UInt32>
  ) {
    forEachGroup(source, count, into: target, filler: { _ in 0 }) { group, lanes in
      roundWeights(group, into: lanes)
    }
  }

  /// Calls a function with each group of 64 floats and the place for its 18 lanes.
  @inlinable @inline(__always)
  static func forEachGroup(
    _ source: UnsafePointer<Float>, _ count: Int, into target: UnsafeMutablePointer<UInt32>,
    filler: (_ start: Int) -> Float,
    _ body: (UnsafePointer<Float>, UnsafeMutablePointer<UInt32>) -> Void
  ) {
    var (start, lanes) = (0, target)
    while start &+ byteGroupSize <= count {
      body(source + start, lanes)
      start &+= byteGroupSize
      lanes += byteGroupLanes
    }
    guard start < count else { return }
    withUnsafeTemporaryAllocation(of: Float.self, capacity: byteGroupSize) { group in
      guard let group = group.baseAddress else { return }
      group.update(repeating: filler(start), count: byteGroupSize)
      group.update(from: source + start, count: count &- start)
      body(group, lanes)
    }
  }

  /// Rounds a group of the input to steps from its lowest number.
  @inlinable @inline(__always)
  static func roundInput(
    _ source: UnsafePointer<Float>, into lanes: UnsafeMutablePointer<UInt32>,
    _ zero: inout Unit.Floats
  ) {
    var highest = Unit.load(source)
    var (lowest, sum) = (highest, highest)
    var offset = Unit.width
    while offset < byteGroupSize {
      let values = Unit.load(source + offset)
      highest = Unit.maximum(highest, values)
      lowest = Unit.minimum(lowest, values)
      sum += values
      offset &+= Unit.width
    }
    // The functions above may pass over what is no number.
    zero = Unit.multiplyAdd(sum, Unit.Floats(repeating: 0), zero)
    let least = -Unit.largest(-lowest)
    let range = Unit.largest(highest) - least
    storeSteps(source, above: least, range > 0 ? 255 / range : 0, into: lanes)
    lanes[byteGroupDepth] = (range / 255).bitPattern
    lanes[byteGroupDepth &+ 1] = least.bitPattern
  }

  /// Rounds a group of weights to steps from zero.
  @inlinable @inline(__always)
  static func roundWeights(
    _ source: UnsafePointer<Float>, into lanes: UnsafeMutablePointer<UInt32>
  ) {
    var magnitudes = Unit.Floats(repeating: 0)
    var offset = 0
    while offset < byteGroupSize {
      let values = Unit.load(source + offset)
      magnitudes = Unit.maximum(magnitudes, Unit.maximum(values, -values))
      offset &+= Unit.width
    }
    let largest = Unit.largest(magnitudes)
    storeSteps(source, above: 0, largest > 0 ? 127 / largest : 0, into: lanes)
    let ones = Lanes(repeating: 0x0101_0101)
    var (sums, lane) = (Unit.Integers(), 0)
    while lane < byteGroupDepth {
      sums = multiplyAdd(ones, load(lanes + lane), sums)
      lane &+= Unit.width
    }
    let step = largest / 127
    lanes[byteGroupDepth] = step.bitPattern
    lanes[byteGroupDepth &+ 1] = (step * Float(sums.wrappedSum())).bitPattern
  }

  /// Stores the low bytes of `(value - lowest) * stepsPerUnit` of 64 values, rounded to even.
  @inlinable @inline(__always)
  static func storeSteps(
    _ source: UnsafePointer<Float>, above lowest: Float, _ stepsPerUnit: Float,
    into lanes: UnsafeMutablePointer<UInt32>
  ) {
    let lowest = Unit.Floats(repeating: lowest)
    let stepsPerUnit = Unit.Floats(repeating: stepsPerUnit)
    let bytes = UnsafeMutableRawPointer(lanes).assumingMemoryBound(to: UInt8.self)
    var offset = 0
    while offset < byteGroupSize {
      storeBytes((Unit.load(source + offset) - lowest) * stepsPerUnit, bytes + offset)
      offset &+= Unit.width
    }
  }
}
