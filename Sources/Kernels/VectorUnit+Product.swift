/// The rows that a matrix product's inner loop holds in registers, for every instruction set.
@usableFromInline let productRows = 6

extension VectorUnit {
  /// The columns that a matrix product's inner loop holds in registers: two of them.
  @inlinable @inline(__always)
  static var panelWidth: Int { 2 &* width }

  /// `output = a · panel`: up to six rows by one panel, twelve sums in registers.
  ///
  /// - `a`: `(rows, depth)` with `aStride` floats from row to row, 1 to 6 rows.
  /// - `panel`: `(depth, panelWidth)`.
  /// - `output`: `(rows, panelWidth)` with `outputStride` floats from row to row.
  @inlinable @inline(__always)
  static func multiplyPanel(
    _ a: UnsafePointer<Float>, aStride: Int, rows: Int, panel: UnsafePointer<Float>, depth: Int,
    output: UnsafeMutablePointer<Float>, outputStride: Int
  ) {
    // Missing rows repeat the last one and are not stored: one loop serves every height.
    let last = rows &- 1
    let a0 = a
    let a1 = a + aStride &* (last < 1 ? last : 1)
    let a2 = a + aStride &* (last < 2 ? last : 2)
    let a3 = a + aStride &* (last < 3 ? last : 3)
    let a4 = a + aStride &* (last < 4 ? last : 4)
    let a5 = a + aStride &* last
    let zero = Floats(repeating: 0)
    var c00 = zero, c01 = zero, c10 = zero, c11 = zero, c20 = zero, c21 = zero
    var c30 = zero, c31 = zero, c40 = zero, c41 = zero, c50 = zero, c51 = zero
    var b = panel
    for k in 0..<depth {
      let b0 = load(b)
      let b1 = load(b + width)
      b += panelWidth
      let x0 = Floats(repeating: a0[k])
      c00 = multiplyAdd(x0, b0, c00)
      c01 = multiplyAdd(x0, b1, c01)
      let x1 = Floats(repeating: a1[k])
      c10 = multiplyAdd(x1, b0, c10)
      c11 = multiplyAdd(x1, b1, c11)
      let x2 = Floats(repeating: a2[k])
      c20 = multiplyAdd(x2, b0, c20)
      c21 = multiplyAdd(x2, b1, c21)
      let x3 = Floats(repeating: a3[k])
      c30 = multiplyAdd(x3, b0, c30)
      c31 = multiplyAdd(x3, b1, c31)
      let x4 = Floats(repeating: a4[k])
      c40 = multiplyAdd(x4, b0, c40)
      c41 = multiplyAdd(x4, b1, c41)
      let x5 = Floats(repeating: a5[k])
      c50 = multiplyAdd(x5, b0, c50)
      c51 = multiplyAdd(x5, b1, c51)
    }
    var target = output
    func storeRow(_ row: Int, _ left: Floats, _ right: Floats) {
      guard row < rows else { return }
      store(left, target)
      store(right, target + width)
      target += outputStride
    }
    storeRow(0, c00, c01)
    storeRow(1, c10, c11)
    storeRow(2, c20, c21)
    storeRow(3, c30, c31)
    storeRow(4, c40, c41)
    storeRow(5, c50, c51)
  }

  /// `output = a · panels` for up to six rows and all panels; columns past `columns` are not stored.
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

  /// `output = activation(input · weightᵀ + bias)`, or the product alone without a bias.
  ///
  /// - `input`: `(rows, inputs)`, `panels`: `(panels, inputs, panelWidth)`, `output`: `(rows, outputs)`,
  ///   `bias`: `(outputs)`.
  @inlinable @inline(__always)
  static func multiplyPacked(
    _ input: UnsafePointer<Float>, rows: Int, inputs: Int, panels: UnsafePointer<Float>,
    output: UnsafeMutablePointer<Float>, outputs: Int, bias: UnsafePointer<Float>?,
    _ activation: Activation
  ) {
    var column = 0
    // A panel stays in the second-level cache while all rows pass over it.
    while column < outputs {
      let panel = panels + column &* inputs
      let columns = outputs &- column < panelWidth ? outputs &- column : panelWidth
      var row = 0
      while row < rows {
        let height = rows &- row < productRows ? rows &- row : productRows
        let tile = output + (row &* outputs &+ column)
        storePanel(
          input + row &* inputs, aStride: inputs, rows: height, panel: panel, depth: inputs,
          output: tile, outputStride: outputs, columns: columns)
        if let bias {
          activate(
            tile, rows: height, columns: columns, stride: outputs, bias: bias + column, activation)
        }
        row &+= productRows
      }
      column &+= panelWidth
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
    withUnsafeTemporaryAllocation(of: Float.self, capacity: productRows &* panelWidth) { tile in
      guard let tile = tile.baseAddress else { return }
      multiplyPanel(
        a, aStride: aStride, rows: rows, panel: panel, depth: depth, output: tile,
        outputStride: panelWidth)
      for row in 0..<rows {
        for column in 0..<columns {
          output[row &* outputStride &+ column] = tile[row &* panelWidth &+ column]
        }
      }
    }
  }
}
