/// How a matrix product multiplies: the factors that a register holds, and how they are summed.
///
/// The loops over rows, columns and depth are written once, as always-inlined extensions of this protocol. A lane of 32
/// bits holds one factor, or several in a row whose products go into the same sum.
@usableFromInline
package protocol ProductUnit: SendableMetatype {
  /// The registers of the output.
  associatedtype Unit: VectorUnit
  /// What a lane holds, 32 bits.
  associatedtype Lane: ExpressibleByIntegerLiteral
  /// A register of factors, with as many lanes as `Unit` has.
  associatedtype Lanes: SIMD where Lanes.Scalar == Lane
  /// A register of sums, with as many lanes.
  associatedtype Sums: SIMD

  /// The rows whose sums are held in registers, two registers a row: 1 to 14.
  static var productRows: Int { get }

  /// `sum + a * b`, of all factors in each lane.
  static func multiplyAdd(_ a: Lanes, _ b: Lanes, _ sum: Sums) -> Sums

  /// `output = a · panel + bias`: up to `productRows` rows by one panel.
  ///
  /// - `a`: `(rows, depth)` with `aStride` lanes from row to row.
  /// - `panel`: `(depth, panelWidth)`; `bias`: `(panelWidth)`.
  /// - `output`: `(rows, panelWidth)` with `outputStride` floats from row to row.
  static func multiplyPanel(
    _ a: UnsafePointer<Lane>, aStride: Int, rows: Int, panel: UnsafePointer<Lane>, depth: Int,
    depthBlock: Int, bias: UnsafePointer<Float>?, output: UnsafeMutablePointer<Float>,
    outputStride: Int)
}

extension ProductUnit {
  @inlinable @inline(__always)
  package static var productRows: Int { Unit.productRows }
}

/// Factors in single precision.
@usableFromInline
enum SinglePrecision<Unit: VectorUnit>: ProductUnit {
  @usableFromInline typealias Lane = Float
  @usableFromInline typealias Lanes = Unit.Floats
  @usableFromInline typealias Sums = Unit.Floats

  @inlinable @inline(__always)
  static func multiplyAdd(_ a: Unit.Floats, _ b: Unit.Floats, _ sum: Unit.Floats) -> Unit.Floats {
    Unit.multiplyAdd(a, b, sum)
  }
}

/// Squared differences in place of products: a row's "product" with another is their distance, squared.
@usableFromInline
enum SquaredDifferences<Unit: VectorUnit>: ProductUnit {
  @usableFromInline typealias Lane = Float
  @usableFromInline typealias Lanes = Unit.Floats
  @usableFromInline typealias Sums = Unit.Floats

  @inlinable @inline(__always)
  static func multiplyAdd(_ a: Unit.Floats, _ b: Unit.Floats, _ sum: Unit.Floats) -> Unit.Floats {
    // In this order, for an instruction that reads `a`, one number for all lanes, from memory.
    let difference = b - a
    return Unit.multiplyAdd(difference, difference, sum)
  }
}

/// Factors in bfloat16: a lane holds a pair, the first in the low half.
@usableFromInline
package protocol BFloat16ProductUnit: AttentionUnit where Lane == UInt32 {
  /// Rounds two registers of floats to one of pairs, in their order, ties to even.
  static func pairs(_ first: Unit.Floats, _ second: Unit.Floats) -> Lanes

  /// The same, a pair of the two registers' floats in each lane.
  static func pairsOfLanes(_ first: Unit.Floats, _ second: Unit.Floats) -> Lanes
}

extension BFloat16ProductUnit {
  /// Rounds `(count)` floats to `(ceil(count / 2))` pairs; the half of a pair that is missing is zero.
  @inlinable @inline(__always)
  static func round(
    _ source: UnsafePointer<Float>, count: Int, into target: UnsafeMutablePointer<UInt32>
  ) {
    let (width, all) = (Unit.width, panelWidth)
    var offset = 0
    while offset &+ all <= count {
      let rounded = pairs(Unit.load(source + offset), Unit.load(source + (offset &+ width)))
      UnsafeMutableRawPointer(target + offset / 2).storeBytes(of: rounded, as: Lanes.self)
      offset &+= all
    }
    guard offset < count else { return }
    let left = count &- offset
    let first = Unit.load(source + offset, count: left < width ? left : width, filler: 0)
    let second =
      left > width
      ? Unit.load(source + (offset &+ width), count: left &- width, filler: 0)
      : Unit.Floats(repeating: 0)
    let rounded = pairs(first, second)
    for lane in 0..<(left &+ 1) / 2 { target[offset / 2 &+ lane] = rounded[lane] }
  }
}

/// What `ProductUnit.multiply` works on: `output = function(input · weightsᵀ + bias)`, or the product alone.
@usableFromInline
package struct ProductPass {
  /// `(rows, depth)` lanes with `inputStride` lanes from row to row.
  @usableFromInline let input: UnsafeRawPointer
  @usableFromInline let rows: Int
  @usableFromInline let depth: Int
  @usableFromInline let inputStride: Int
  /// `(panels, depth, panelWidth)` lanes.
  @usableFromInline let panels: UnsafeRawPointer
  /// The panels to multiply by.
  @usableFromInline let range: Range<Int>
  /// `(rows, columns)` with `stride` floats from row to row.
  @usableFromInline let output: UnsafeMutablePointer<Float>
  @usableFromInline let columns: Int
  @usableFromInline let stride: Int
  /// The lanes that are summed in a register before the sum is added to the output: a long sum loses digits.
  @usableFromInline let depthBlock: Int
  /// `(columns)`.
  @usableFromInline let bias: UnsafePointer<Float>?
  @usableFromInline let function: ActivationFunction
}

/// What `ProductUnit.packTransposed` works on.
@usableFromInline
package struct PackingPass {
  /// `(rows, columns)` lanes with `stride` lanes from row to row.
  @usableFromInline let source: UnsafeRawPointer
  @usableFromInline let rows: Int
  @usableFromInline let columns: Int
  @usableFromInline let stride: Int
  /// `(rows / panelWidth, columns, panelWidth)` lanes, rounded up.
  @usableFromInline let panels: UnsafeMutableRawPointer

  @inlinable @inline(__always)
  init(
    source: UnsafeRawPointer, rows: Int, columns: Int, stride: Int, panels: UnsafeMutableRawPointer
  ) {
    self.source = source
    self.rows = rows
    self.columns = columns
    self.stride = stride
    self.panels = panels
  }
}

/// The lanes that are summed at once in the products of a model.
///
/// Shorter sums are more exact, and cost a pass over the output each.
@usableFromInline let defaultDepthBlock = 512

/// How far ahead of the product weights are asked for, in lanes: what comes from memory takes as long as 4 KiB.
@usableFromInline let prefetchDistance = 1024

extension ProductUnit {
  @inlinable @inline(__always)
  static var panelWidth: Int { Unit.panelWidth }

  /// Multiplies by a range of panels; `activate` is given each part of the output while it is in the cache.
  @inlinable @inline(__always)
  static func multiply(_ pass: ProductPass, then activate: (ActivationPass) -> Void) {
    let input = pass.input.assumingMemoryBound(to: Lane.self)
    let panels = pass.panels.assumingMemoryBound(to: Lane.self)
    // A panel stays in the second-level cache while all rows pass over it.
    for panel in pass.range {
      let column = panel &* panelWidth
      let left = pass.columns &- column
      let columns = left < panelWidth ? left : panelWidth
      forEachRowBlock(pass.rows) { row, height in
        let tile = pass.output + (row &* pass.stride &+ column)
        prefetch(tile, rows: height, stride: pass.stride)
        multiplyPanel(
          input + row &* pass.inputStride, aStride: pass.inputStride, rows: height,
          panel: panels + column &* pass.depth, depth: pass.depth, depthBlock: pass.depthBlock,
          bias: pass.bias.map { $0 + column }, output: tile, outputStride: pass.stride,
          columns: columns)
        guard pass.function != .identity else { return }
        activate(
          ActivationPass(
            x: tile, rows: height, columns: columns, stride: pass.stride, function: pass.function))
      }
    }
  }

  /// Cuts rows into blocks of `productRows`, the last two of about the same height.
  ///
  /// The loop for one row leaves most of the multipliers idle, and where heights change, the CPU foresees less.
  @inlinable @inline(__always)
  static func forEachRowBlock(_ rows: Int, _ body: (_ first: Int, _ count: Int) -> Void) {
    var first = 0
    while first < rows {
      let left = rows &- first
      let count =
        left <= productRows
        ? left : left < 2 &* productRows ? (left &+ 1) / 2 : productRows
      body(first, count)
      first &+= count
    }
  }

  /// Asks for the lines of the output before they are stored: from a cache far away they come one after the other.
  @inlinable @inline(__always)
  static func prefetch(_ tile: UnsafePointer<Float>, rows: Int, stride: Int) {
    for row in 0..<rows {
      Unit.prefetch(tile + row &* stride)
      Unit.prefetch(tile + (row &* stride &+ Unit.width))
    }
  }

  /// `output = a · panels` for up to `productRows` rows and all panels; columns past `columns` are not stored.
  ///
  /// - `a`: `(rows, depth)`, `panels`: `(panels, depth, panelWidth)` with `panelStride` lanes from panel to panel,
  ///   `output`: `(rows, columns)`, strides as given.
  @inlinable @inline(__always)
  static func multiplyPanels(
    _ a: UnsafePointer<Lane>, aStride: Int, rows: Int, panels: UnsafePointer<Lane>,
    panelStride: Int, depth: Int, output: UnsafeMutablePointer<Float>, outputStride: Int,
    columns: Int
  ) {
    var panel = panels
    var column = 0
    while column < columns {
      multiplyPanel(
        a, aStride: aStride, rows: rows, panel: panel, depth: depth, depthBlock: defaultDepthBlock,
        bias: nil, output: output + column, outputStride: outputStride, columns: columns &- column)
      panel += panelStride
      column &+= panelWidth
    }
  }

  /// `output = a · panel + bias` for up to `productRows` rows, the first `columns` columns, or all if those are more.
  @inlinable @inline(__always)
  static func multiplyPanel(
    _ a: UnsafePointer<Lane>, aStride: Int, rows: Int, panel: UnsafePointer<Lane>, depth: Int,
    depthBlock: Int, bias: UnsafePointer<Float>?, output: UnsafeMutablePointer<Float>,
    outputStride: Int, columns: Int
  ) {
    guard columns < panelWidth else {
      multiplyPanel(
        a, aStride: aStride, rows: rows, panel: panel, depth: depth, depthBlock: depthBlock,
        bias: bias, output: output, outputStride: outputStride)
      return
    }
    // Row by row, so that the buffer is small enough for the stack.
    withUnsafeTemporaryAllocation(of: Float.self, capacity: panelWidth) { buffer in
      guard let buffer = buffer.baseAddress else { return }
      for row in 0..<rows {
        multiplyPanel(
          a + row &* aStride, aStride: aStride, rows: 1, panel: panel, depth: depth,
          depthBlock: depthBlock, bias: nil, output: buffer, outputStride: panelWidth)
        let target = output + row &* outputStride
        for column in 0..<columns {
          target[column] = bias.map { buffer[column] + $0[column] } ?? buffer[column]
        }
      }
    }
  }

  /// Cuts `0..<depth` into ranges of `length` and a rest; one empty range if the depth is 0.
  @inlinable @inline(__always)
  static func forEachBlock(
    of length: Int, _ depth: Int, _ body: (_ start: Int, _ count: Int) -> Void
  ) {
    var start = 0
    repeat {
      let left = depth &- start
      body(start, left < length ? left : length)
      start &+= length
    } while start < depth
  }

  /// Hands on the sums of products of up to `productRows` rows with one panel, row by row.
  ///
  /// - `a`: `(rows, depth)` with `aStride` lanes from row to row; `panel`: `(depth, panelWidth)`.
  @inlinable @inline(__always)
  static func sumRows(
    _ rows: Int, _ a: UnsafePointer<Lane>, _ aStride: Int, _ panel: UnsafePointer<Lane>,
    _ depth: Int, then store: (_ row: Int, _ left: Sums, _ right: Sums) -> Void
  ) {
    // A constant number of rows, so that each height has a loop of its own without the others' work.
    switch rows {
    case 1: sumConstantRows(1, a, aStride, panel, depth, then: store)
    case 2: sumConstantRows(2, a, aStride, panel, depth, then: store)
    case 3: sumConstantRows(3, a, aStride, panel, depth, then: store)
    case 4: sumConstantRows(4, a, aStride, panel, depth, then: store)
    case 5: sumConstantRows(5, a, aStride, panel, depth, then: store)
    case 6: sumConstantRows(6, a, aStride, panel, depth, then: store)
    case 7: sumConstantRows(7, a, aStride, panel, depth, then: store)
    case 8: sumConstantRows(8, a, aStride, panel, depth, then: store)
    case 9: sumConstantRows(9, a, aStride, panel, depth, then: store)
    case 10: sumConstantRows(10, a, aStride, panel, depth, then: store)
    case 11: sumConstantRows(11, a, aStride, panel, depth, then: store)
    case 12: sumConstantRows(12, a, aStride, panel, depth, then: store)
    case 13: sumConstantRows(13, a, aStride, panel, depth, then: store)
    default: sumConstantRows(14, a, aStride, panel, depth, then: store)
    }
  }

  /// `sumRows` for a number of rows that the compiler knows, at most fourteen.
  @inlinable @inline(__always)
  static func sumConstantRows(
    _ rows: Int, _ a: UnsafePointer<Lane>, _ aStride: Int, _ panel: UnsafePointer<Lane>,
    _ depth: Int, then store: (_ row: Int, _ left: Sums, _ right: Sums) -> Void
  ) {
    // Heights that this unit does not use leave no code.
    guard rows <= productRows else { return }
    // One by one: an array of registers would be an array in memory.
    let zero = Sums()
    var c00 = zero, c01 = zero, c10 = zero, c11 = zero
    var c20 = zero, c21 = zero, c30 = zero, c31 = zero
    var c40 = zero, c41 = zero, c50 = zero, c51 = zero
    var c60 = zero, c61 = zero, c70 = zero, c71 = zero
    var c80 = zero, c81 = zero, c90 = zero, c91 = zero
    var c100 = zero, c101 = zero, c110 = zero, c111 = zero
    var c120 = zero, c121 = zero, c130 = zero, c131 = zero
    var b = panel
    var x = a
    for _ in 0..<depth {
      Unit.prefetch(b + prefetchDistance)
      if Unit.width &* 4 == 64 { Unit.prefetch(b + (prefetchDistance &+ Unit.width)) }
      let b0 = load(b)
      let b1 = load(b + Unit.width)
      @inline(__always)
      func add(
        _ row: Int, _ x: UnsafePointer<Lane>, _ left: inout Sums,
        _ right: inout Sums
      ) {
        guard row < rows else { return }
        let value = Lanes(repeating: x[row &* aStride])
        left = multiplyAdd(value, b0, left)
        right = multiplyAdd(value, b1, right)
      }
      add(0, x, &c00, &c01)
      add(1, x, &c10, &c11)
      add(2, x, &c20, &c21)
      add(3, x, &c30, &c31)
      add(4, x, &c40, &c41)
      add(5, x, &c50, &c51)
      add(6, x, &c60, &c61)
      add(7, x, &c70, &c71)
      add(8, x, &c80, &c81)
      add(9, x, &c90, &c91)
      add(10, x, &c100, &c101)
      add(11, x, &c110, &c111)
      add(12, x, &c120, &c121)
      add(13, x, &c130, &c131)
      b += panelWidth
      x += 1
    }
    @inline(__always)
    func storeRow(_ row: Int, _ left: Sums, _ right: Sums) {
      guard row < rows else { return }
      store(row, left, right)
    }
    storeRow(0, c00, c01)
    storeRow(1, c10, c11)
    storeRow(2, c20, c21)
    storeRow(3, c30, c31)
    storeRow(4, c40, c41)
    storeRow(5, c50, c51)
    storeRow(6, c60, c61)
    storeRow(7, c70, c71)
    storeRow(8, c80, c81)
    storeRow(9, c90, c91)
    storeRow(10, c100, c101)
    storeRow(11, c110, c111)
    storeRow(12, c120, c121)
    storeRow(13, c130, c131)
  }

  @inlinable @inline(__always)
  static func load(_ source: UnsafePointer<Lane>) -> Lanes {
    UnsafeRawPointer(source).loadUnaligned(as: Lanes.self)
  }

  /// Lays the transpose of a matrix out in panels, filled up with zeros.
  @inlinable @inline(__always)
  static func packTransposed(_ pass: PackingPass) {
    // Lanes of other kinds are moved as floats, bit by bit.
    let source = pass.source.assumingMemoryBound(to: Float.self)
    var panel = pass.panels.assumingMemoryBound(to: Float.self)
    var first = 0
    while first < pass.rows {
      for half in 0..<2 {
        let start = first &+ half &* Unit.width
        let left = pass.rows &- start
        Unit.transpose(
          source + start &* pass.stride, rows: left < 0 ? 0 : left, columns: pass.columns,
          stride: pass.stride, into: panel + half &* Unit.width, targetStride: panelWidth)
      }
      panel += pass.columns &* panelWidth
      first &+= panelWidth
    }
  }
}

extension ProductUnit where Sums == Unit.Floats {
  @inlinable @inline(__always)
  package static func multiplyPanel(
    _ a: UnsafePointer<Lane>, aStride: Int, rows: Int, panel: UnsafePointer<Lane>, depth: Int,
    depthBlock: Int, bias: UnsafePointer<Float>?, output: UnsafeMutablePointer<Float>,
    outputStride: Int
  ) {
    forEachBlock(of: depthBlock, depth) { start, count in
      sumRows(rows, a + start, aStride, panel + start &* panelWidth, count) { row, left, right in
        let target = output + row &* outputStride
        // What the sums are added to: those of the blocks before, or the bias.
        if let addend = start > 0 ? UnsafePointer(target) : bias {
          Unit.store(left + Unit.load(addend), target)
          Unit.store(right + Unit.load(addend + Unit.width), target + Unit.width)
        } else {
          Unit.store(left, target)
          Unit.store(right, target + Unit.width)
        }
      }
    }
  }
}
