/// Products of rows with weights that are laid out once, in one precision.
///
/// A value for each way to multiply that a CPU has; sums are in single precision in all of them.
@usableFromInline
package struct MatrixProducts: Sendable {
  /// What the factors are rounded to.
  @usableFromInline
  package enum Precision: Sendable, Hashable {
    /// As they are, in binary32.
    case single
    /// To 8 significant bits, a relative error of 2^-9.
    case bfloat16
    /// To whole steps of eight bits, which groups of 64 factors share.
    case byteGroups
  }

  /// Rounds the floats of a row to lanes.
  @usableFromInline
  typealias Rounding =
    @Sendable (
      _ row: UnsafePointer<Float>, _ count: Int, _ lanes: UnsafeMutableRawPointer
    ) -> Void

  /// What a CPU must have to compute them.
  @usableFromInline package let instructionSet: InstructionSet
  @usableFromInline package let precision: Precision
  /// The columns of a panel.
  @usableFromInline package let panelWidth: Int
  /// The factors that are laid out together, and the lanes of 32 bits that they take.
  @usableFromInline let group: (factors: Int, lanes: Int)
  /// Rounds a row to lanes; nil when floats are lanes as they are.
  @usableFromInline let round: Rounding?
  /// The same for a row of weights.
  @usableFromInline let roundWeights: Rounding?
  @usableFromInline let packTransposed: @Sendable (PackingPass) -> Void
  @usableFromInline let multiplyPanels: @Sendable (ProductPass) -> Void

  /// Instantiates the loops for a unit; to be called in a module compiled for its instruction set.
  @inlinable @inline(__always)
  init<Product: ProductUnit>(
    _ instructionSet: InstructionSet, _ precision: Precision, _ product: Product.Type,
    group: (factors: Int, lanes: Int),
    round: Rounding?, roundWeights: Rounding?,
    activate: @escaping @Sendable (ActivationPass) -> Void
  ) {
    self.instructionSet = instructionSet
    self.precision = precision
    panelWidth = Product.panelWidth
    self.group = group
    self.round = round
    self.roundWeights = roundWeights
    packTransposed = { Product.packTransposed($0) }
    multiplyPanels = { Product.multiply($0, then: activate) }
  }

  /// Products of floats as they are.
  @inlinable @inline(__always)
  init<Product: ProductUnit>(
    _ instructionSet: InstructionSet, single product: Product.Type
  ) where Product.Lane == Float {
    self.init(
      instructionSet, .single, product, group: (1, 1), round: nil, roundWeights: nil,
      activate: { Product.Unit.activate($0) })
  }

  /// Products in bfloat16, with the functions of other kernels behind them.
  @inlinable @inline(__always)
  package init<Product: BFloat16ProductUnit>(
    _ instructionSet: InstructionSet, bfloat16 product: Product.Type, kernels: KernelSet
  ) {
    let round: Rounding = {
      Product.round($0, count: $1, into: $2.assumingMemoryBound(to: UInt32.self))
    }
    self.init(
      instructionSet, .bfloat16, product, group: (2, 1), round: round, roundWeights: round,
      activate: kernels.activateRows)
  }

  /// Products of bytes in groups, with the functions of other kernels behind them.
  @inlinable @inline(__always)
  package init<Product: ByteProductUnit>(
    _ instructionSet: InstructionSet, byteGroups product: Product.Type, kernels: KernelSet
  ) {
    self.init(
      instructionSet, .byteGroups, product, group: (byteGroupSize, byteGroupLanes),
      round: { Product.round($0, count: $1, into: $2.assumingMemoryBound(to: UInt32.self)) },
      roundWeights: {
        Product.roundWeights($0, count: $1, into: $2.assumingMemoryBound(to: UInt32.self))
      },
      activate: kernels.activateRows)
  }
}

/// A weight matrix `(outputs, inputs)` laid out for the inner loop of the `MatrixProducts` that made it.
package struct PackedMatrix: Sendable {
  package let outputs: Int
  package let inputs: Int
  /// `(panelCount, depth, panelWidth)` lanes of 32 bits, each in a float's place; zeros past the outputs.
  let panels: FloatStorage
  let panelCount: Int
  let panelWidth: Int
  let precision: MatrixProducts.Precision
}

extension MatrixProducts {
  /// The lanes of a row of `count` factors.
  package func depth(_ count: Int) -> Int {
    (count + group.factors - 1) / group.factors * group.lanes
  }

  /// The panels that hold `rows` rows.
  package func panelCount(_ rows: Int) -> Int { (rows + panelWidth - 1) / panelWidth }

  /// Lays weights `(outputs, inputs)` out for `multiply`.
  ///
  /// - Parameter storage: makes the storage for a number of floats that its second argument fills.
  /// - Complexity: O(`outputs * inputs`).
  package func pack(
    _ weight: StackedMatrix,
    storage: (Int, (UnsafeMutablePointer<Float>) -> Void) -> FloatStorage = {
      FloatStorage(count: $0, initialize: $1)
    }
  ) -> PackedMatrix {
    let panelCount = panelCount(weight.rows)
    let panelSize = panelWidth * depth(weight.columns)
    var scratch = ScratchMemory()
    let memory = scratch.reserve(byteCount: packingSize(columns: weight.columns))
    let panels = storage(panelCount * panelSize) { target in
      for panel in 0..<panelCount {
        packPanel(panel, of: weight, into: target + panel * panelSize, memory)
      }
    }
    return PackedMatrix(
      outputs: weight.rows, inputs: weight.columns, panels: panels, panelCount: panelCount,
      panelWidth: panelWidth, precision: precision)
  }

  /// Lays `(rows, columns)` floats out in panels, `(panelCount(rows), depth(columns), panelWidth)` lanes of 32 bits.
  ///
  /// - Complexity: O(`rows * columns`).
  package func pack(
    _ source: UnsafePointer<Float>, rows: Int, columns: Int, into panels: UnsafeMutableRawPointer
  ) {
    precondition(precision == .single, "floats are factors")
    packTransposed(
      PackingPass(source: source, rows: rows, columns: columns, stride: columns, panels: panels))
  }

  /// The bytes that `packPanel` works in: the rows of a panel, as floats and as lanes.
  private func packingSize(columns: Int) -> Int {
    4 * panelWidth * (columns + (roundWeights == nil ? 0 : depth(columns)))
  }

  /// Lays the rows of one panel out, `(depth, panelWidth)` lanes; `memory`: of `packingSize`.
  private func packPanel(
    _ panel: Int, of weight: StackedMatrix, into target: UnsafeMutableRawPointer,
    _ memory: UnsafeMutableRawPointer
  ) {
    let (columns, depth) = (weight.columns, depth(weight.columns))
    let range = panel * panelWidth..<min(weight.rows, (panel + 1) * panelWidth)
    let rows = weight.rows(range, orAt: memory.assumingMemoryBound(to: Float.self))
    var source = UnsafeRawPointer(rows)
    if let roundWeights {
      let rounded = memory + 4 * panelWidth * columns
      for row in 0..<range.count {
        roundWeights(rows + row * columns, columns, rounded + 4 * row * depth)
      }
      source = UnsafeRawPointer(rounded)
    }
    packTransposed(
      PackingPass(
        source: source, rows: range.count, columns: depth, stride: depth, panels: target))
  }

  /// `output = function(input · weightᵀ + bias)`, or the product alone without a bias.
  ///
  /// - `input`: `(rows, inputs)`; `bias`: `(outputs)`; `output`: `(rows, outputs)`.
  /// - Complexity: O(`rows * inputs * outputs`).
  package func multiply(
    _ input: borrowing Activations, by weight: PackedMatrix, bias: FloatStorage? = nil,
    _ function: ActivationFunction = .identity, into output: inout Activations,
    scratch: inout ScratchMemory, loop: ParallelLoop = .serial
  ) {
    precondition(
      weight.panelWidth == panelWidth && weight.precision == precision,
      "weights are laid out by the same products")
    checkShapes(input, inputs: weight.inputs, outputs: weight.outputs, bias, output)
    let memory = scratch.reserve(byteCount: laneSize(rows: input.rows, columns: input.columns))
    let (lanes, stride) = lanes(of: input, memory)
    let (rows, target) = (input.rows, output.mutablePointer)
    loop.forEachRange(of: weight.panelCount) { _, panels in
      multiplyPanels(
        ProductPass(
          input: lanes, rows: rows, depth: depth(weight.inputs), inputStride: stride,
          panels: weight.panels.pointer, range: panels, output: target, columns: weight.outputs,
          stride: weight.outputs, depthBlock: defaultDepthBlock, bias: bias?.pointer,
          function: function))
    }
  }

  /// The same by weights that are not laid out: each panel is, in `scratch`, when it is needed.
  ///
  /// Gives the same numbers. For weights that are used once: it spares the memory that all panels take, and the time to
  /// clear it.
  package func multiply(
    _ input: borrowing Activations, by weight: StackedMatrix, bias: FloatStorage? = nil,
    _ function: ActivationFunction = .identity, into output: inout Activations,
    scratch: inout ScratchMemory, loop: ParallelLoop = .serial
  ) {
    checkShapes(input, inputs: weight.columns, outputs: weight.rows, bias, output)
    let depth = depth(weight.columns)
    let panelCount = panelCount(weight.rows)
    // Of the lanes and of each part of the loop, in whole cache lines.
    let laneSize = laneSize(rows: input.rows, columns: input.columns)
    let panelSize = 4 * panelWidth * depth
    let partSize = (panelSize + packingSize(columns: weight.columns) + 63) / 64 * 64
    let memory = scratch.reserve(
      byteCount: laneSize + loop.rangeCount(panelCount) * partSize)
    let (lanes, stride) = lanes(of: input, memory)
    let (rows, target) = (input.rows, output.mutablePointer)
    loop.forEachRange(of: panelCount) { number, panels in
      let part = memory + (laneSize + number * partSize)
      for panel in panels {
        packPanel(panel, of: weight, into: part, part + panelSize)
        let first = panel * panelWidth
        multiplyPanels(
          ProductPass(
            input: lanes, rows: rows, depth: depth, inputStride: stride,
            panels: UnsafeRawPointer(part), range: 0..<1, output: target + first,
            columns: weight.rows - first, stride: weight.rows, depthBlock: defaultDepthBlock,
            bias: bias.map { $0.pointer + first }, function: function))
      }
    }
  }

  private func checkShapes(
    _ input: borrowing Activations, inputs: Int, outputs: Int, _ bias: FloatStorage?,
    _ output: borrowing Activations
  ) {
    precondition(
      input.columns == inputs && output.columns == outputs && output.rows == input.rows,
      "a product's shapes agree")
    precondition(bias.map { $0.count == outputs } ?? true, "a bias has one value an output")
  }

  /// `output = input · panelsᵀ` on memory of the caller's, in single precision and shorter sums than those of a model.
  ///
  /// - `input`: `(rows, depth)`; `panels`: as `pack` lays out `columns` rows; `output`: `(rows, columns)` with `stride`
  ///   floats from row to row.
  /// - Complexity: O(`rows * depth * columns`).
  package func multiply(
    _ input: UnsafePointer<Float>, rows: Int, depth: Int, by panels: UnsafeRawPointer, columns: Int,
    into output: UnsafeMutablePointer<Float>, stride: Int
  ) {
    precondition(precision == .single, "floats are factors")
    multiplyPanels(
      ProductPass(
        input: input, rows: rows, depth: depth, inputStride: depth, panels: panels,
        range: 0..<panelCount(columns), output: output, columns: columns, stride: stride,
        depthBlock: 32, bias: nil,
        function: .identity))
  }

  /// The lanes from row to row of an input with so many columns.
  ///
  /// Rows a multiple of 4 KiB apart share a few lines of the first-level cache, too few for those that are multiplied at
  /// once, which costs a quarter of the time.
  private func laneStride(columns: Int) -> Int {
    let depth = depth(columns)
    return depth % 1024 == 0 ? depth + 16 : depth
  }

  /// Whether an input is multiplied where it is.
  private func usesInput(columns: Int) -> Bool {
    round == nil && laneStride(columns: columns) == columns
  }

  /// The bytes that `lanes` fills, in whole cache lines.
  package func laneSize(rows: Int, columns: Int) -> Int {
    usesInput(columns: columns) ? 0 : (4 * rows * laneStride(columns: columns) + 63) / 64 * 64
  }

  /// The lanes of an input, in `memory` of `laneSize` or where it is, and how many there are from row to row.
  ///
  /// - Complexity: O(1) where it is, else O(`rows * columns`).
  package func lanes(
    of input: borrowing Activations, _ memory: UnsafeMutableRawPointer
  ) -> (UnsafeRawPointer, stride: Int) {
    let columns = input.columns
    let stride = laneStride(columns: columns)
    guard !usesInput(columns: columns) else { return (UnsafeRawPointer(input.pointer), stride) }
    for row in 0..<input.rows {
      let (source, target) = (input.pointer + row * columns, memory + 4 * row * stride)
      if let round {
        round(source, columns, target)
      } else {
        target.copyMemory(from: source, byteCount: 4 * columns)
      }
    }
    return (UnsafeRawPointer(memory), stride)
  }
}
