/// How far ahead of the product weights are asked for, in floats: what comes from memory takes as long as 4 KiB.
@usableFromInline let prefetchDistance = 1024

extension VectorUnit {
  /// The columns that a matrix product's inner loop holds in registers: two of them.
  @inlinable @inline(__always)
  static var panelWidth: Int { 2 &* width }

  /// `output = a · panel`: up to `productRows` rows by one panel, their sums in registers.
  ///
  /// - `a`: `(rows, depth)` with `aStride` floats from row to row.
  /// - `panel`: `(depth, panelWidth)`.
  /// - `output`: `(rows, panelWidth)` with `outputStride` floats from row to row.
  @inlinable @inline(__always)
  static func multiplyPanel(
    _ a: UnsafePointer<Float>, aStride: Int, rows: Int, panel: UnsafePointer<Float>, depth: Int,
    output: UnsafeMutablePointer<Float>, outputStride: Int
  ) {
    // A constant number of rows, so that each height has a loop of its own without the others' work.
    switch rows {
    case 1: multiplyRows(1, a, aStride, panel, depth, output, outputStride)
    case 2: multiplyRows(2, a, aStride, panel, depth, output, outputStride)
    case 3: multiplyRows(3, a, aStride, panel, depth, output, outputStride)
    case 4: multiplyRows(4, a, aStride, panel, depth, output, outputStride)
    case 5: multiplyRows(5, a, aStride, panel, depth, output, outputStride)
    case 6: multiplyRows(6, a, aStride, panel, depth, output, outputStride)
    case 7: multiplyRows(7, a, aStride, panel, depth, output, outputStride)
    case 8: multiplyRows(8, a, aStride, panel, depth, output, outputStride)
    case 9: multiplyRows(9, a, aStride, panel, depth, output, outputStride)
    case 10: multiplyRows(10, a, aStride, panel, depth, output, outputStride)
    case 11: multiplyRows(11, a, aStride, panel, depth, output, outputStride)
    case 12: multiplyRows(12, a, aStride, panel, depth, output, outputStride)
    case 13: multiplyRows(13, a, aStride, panel, depth, output, outputStride)
    default: multiplyRows(14, a, aStride, panel, depth, output, outputStride)
    }
  }

  /// `multiplyPanel` for a number of rows that the compiler knows, at most fourteen.
  @inlinable @inline(__always)
  static func multiplyRows(
    _ rows: Int, _ a: UnsafePointer<Float>, _ aStride: Int, _ panel: UnsafePointer<Float>,
    _ depth: Int, _ output: UnsafeMutablePointer<Float>, _ outputStride: Int
  ) {
    // Heights that this instruction set does not use leave no code.
    guard rows <= productRows else { return }
    // One by one: an array of registers would be an array in memory.
    let zero = Floats(repeating: 0)
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
      prefetch(b + prefetchDistance)
      if width &* 4 == 64 { prefetch(b + (prefetchDistance &+ width)) }
      let b0 = load(b)
      let b1 = load(b + width)
      func add(
        _ row: Int, _ x: UnsafePointer<Float>, _ left: inout Floats, _ right: inout Floats
      ) {
        guard row < rows else { return }
        let value = Floats(repeating: x[row &* aStride])
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
    func storeRow(_ row: Int, _ left: Floats, _ right: Floats) {
      guard row < rows else { return }
      store(left, output + row &* outputStride)
      store(right, output + (row &* outputStride &+ width))
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

  /// `output = a · panels` for up to `productRows` rows and all panels; columns past `columns` are not stored.
  ///
  /// - `a`: `(rows, depth)`, `panels`: `(panels, depth, panelWidth)`, `output`: `(rows, columns)`, strides as given.
  @inlinable @inline(__always)
  static func multiplyPanels(
    _ a: UnsafePointer<Float>, aStride: Int, rows: Int, panels: UnsafePointer<Float>, depth: Int,
    output: UnsafeMutablePointer<Float>, outputStride: Int, columns: Int
  ) {
    var panel = panels
    var column = 0
    while column < columns {
      storePanel(
        a, aStride: aStride, rows: rows, panel: panel, depth: depth, output: output + column,
        outputStride: outputStride, columns: columns &- column)
      panel += depth &* panelWidth
      column &+= panelWidth
    }
  }

  /// `output = activation(input · weightᵀ + bias)` in a range of panels, or the product alone without a bias.
  ///
  /// - `input`: `(rows, inputs)`, `panels`: `(panels, inputs, panelWidth)`, `output`: `(rows, outputs)`,
  ///   `bias`: `(outputs)`.
  ///
  /// `elementwise` applies bias and activation.
  @inlinable @inline(__always)
  static func multiplyPacked<Elementwise: VectorUnit>(
    _ input: UnsafePointer<Float>, rows: Int, inputs: Int, panels: UnsafePointer<Float>,
    in range: Range<Int>, output: UnsafeMutablePointer<Float>, outputs: Int,
    bias: UnsafePointer<Float>?, _ activation: Activation, elementwise: Elementwise.Type
  ) {
    let blocks = (rows &+ productRows &- 1) / productRows
    // A panel stays in the second-level cache while all rows pass over it.
    for panel in range {
      let column = panel &* panelWidth
      let columns = outputs &- column < panelWidth ? outputs &- column : panelWidth
      for block in 0..<blocks {
        // Blocks of about the same height: the loop for one row leaves most of the multipliers idle.
        let row = block &* rows / blocks
        let height = (block &+ 1) &* rows / blocks &- row
        let tile = output + (row &* outputs &+ column)
        storePanel(
          input + row &* inputs, aStride: inputs, rows: height, panel: panels + column &* inputs,
          depth: inputs, output: tile, outputStride: outputs, columns: columns)
        if let bias {
          Elementwise.activate(
            tile, rows: height, columns: columns, stride: outputs, bias: bias + column, activation)
        }
      }
    }
  }

  /// `multiplyPanel` that stores the first `columns` columns alone.
  @inlinable @inline(__always)
  static func storePanel(
    _ a: UnsafePointer<Float>, aStride: Int, rows: Int, panel: UnsafePointer<Float>, depth: Int,
    output: UnsafeMutablePointer<Float>, outputStride: Int, columns: Int
  ) {
    guard columns < panelWidth else {
      multiplyPanel(
        a, aStride: aStride, rows: rows, panel: panel, depth: depth, output: output,
        outputStride: outputStride)
      return
    }
    // Row by row, so that the buffer is small enough for the stack.
    withUnsafeTemporaryAllocation(of: Float.self, capacity: panelWidth) { buffer in
      guard let buffer = buffer.baseAddress else { return }
      for row in 0..<rows {
        multiplyRows(1, a + row &* aStride, aStride, panel, depth, buffer, panelWidth)
        for column in 0..<columns { output[row &* outputStride &+ column] = buffer[column] }
      }
    }
  }

  /// Twelve multiply-adds in registers, `rounds` times: as many as hide the latency of one.
  @inlinable @inline(__always)
  static func multiplyRegisters(rounds: Int) -> Float {
    let one = Floats(repeating: 1)
    var c00 = one, c01 = one, c10 = one, c11 = one, c20 = one, c21 = one
    var c30 = one, c31 = one, c40 = one, c41 = one, c50 = one, c51 = one
    let x = Floats(repeating: 0.5)
    for _ in 0..<rounds {
      c00 = multiplyAdd(x, c00, x)
      c01 = multiplyAdd(x, c01, x)
      c10 = multiplyAdd(x, c10, x)
      c11 = multiplyAdd(x, c11, x)
      c20 = multiplyAdd(x, c20, x)
      c21 = multiplyAdd(x, c21, x)
      c30 = multiplyAdd(x, c30, x)
      c31 = multiplyAdd(x, c31, x)
      c40 = multiplyAdd(x, c40, x)
      c41 = multiplyAdd(x, c41, x)
      c50 = multiplyAdd(x, c50, x)
      c51 = multiplyAdd(x, c51, x)
    }
    let sum = c00 + c01 + c10 + c11 + c20 + c21 + c30 + c31 + c40 + c41 + c50 + c51
    return sum.sum()
  }
}
