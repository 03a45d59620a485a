/// The kernels of one instruction set.
///
/// The module `KernelsBaseline` holds the set that runs everywhere; `KernelsAVX2` and `KernelsAVX512` hold the others,
/// which must only be called on CPUs that have their instructions. All matrices are row-major.
@usableFromInline
package struct KernelSet: Sendable {
  @usableFromInline typealias Source = UnsafePointer<Float>
  @usableFromInline typealias Target = UnsafeMutablePointer<Float>

  /// The instruction set, for people.
  @usableFromInline package let name: String
  @usableFromInline let panelWidth: Int
  @usableFromInline let activateRows: @Sendable (Target, Int, Int, Source, Activation) -> Void
  @usableFromInline let layerNormRow:
    @Sendable (Target, Source, Source, Source, Source, Source, Float, Int) -> Void
  @usableFromInline let attendHeads:
    @Sendable (Source, Int, Range<Int>, Int, Int, AttentionBias?, Int?, Target, Target) -> Void
  @usableFromInline let attentionScratchSize: @Sendable (Int, Int) -> Int
  @usableFromInline let multiplyPacked:
    @Sendable (Source, Int, Int, Source, Range<Int>, Target, Int, Source?, Activation) -> Void
  @usableFromInline let packTransposed: @Sendable (Source, Int, Int, Target) -> Void
  @usableFromInline let addScaledRow: @Sendable (Target, Source, Float, Int) -> Void
  @usableFromInline let maximumRow: @Sendable (Target, Source, Int) -> Void
  @usableFromInline let multiplyRegisters: @Sendable (Int) -> Float
  @usableFromInline let blocks: BlockKernels

  /// Instantiates every kernel for a vector unit; to be called in a module compiled for its instruction set.
  @inlinable @inline(__always)
  package init<Unit: VectorUnit>(_ name: String, _ unit: Unit.Type) {
    self.name = name
    panelWidth = Unit.panelWidth
    activateRows = { x, rows, columns, bias, activation in
      Unit.activate(
        x, rows: rows, columns: columns, stride: columns, bias: bias, activation)
    }
    layerNormRow = { output, a, b, c, scale, shift, epsilon, columns in
      Unit.addLayerNorm(
        output, a, b, c, scale: scale, shift: shift, epsilon: epsilon, columns: columns)
    }
    attendHeads = {
      queryKeyValue, tokens, heads, hidden, headSize, bias, reach, context, scratch in
      Unit.attention(
        queryKeyValue, tokens: tokens, heads: heads, hidden: hidden, headSize: headSize,
        bias: bias, reach: reach, context: context, scratch: scratch)
    }
    attentionScratchSize = { Unit.attentionScratchSize(tokens: $0, headSize: $1) }
    multiplyPacked = { input, rows, inputs, panels, range, output, outputs, bias, activation in
      Unit.multiplyPacked(
        input, rows: rows, inputs: inputs, panels: panels, in: range, output: output,
        outputs: outputs, bias: bias, activation, elementwise: Unit.self)
    }
    packTransposed = { source, rows, columns, target in
      Unit.packTransposed(source, rows: rows, columns: columns, stride: columns, into: target)
    }
    addScaledRow = { Unit.addScaled($0, $1, factor: $2, columns: $3) }
    maximumRow = { Unit.takeMaximum($0, $1, columns: $2) }
    multiplyRegisters = { Unit.multiplyRegisters(rounds: $0) }
    blocks = BlockKernels(unit)
  }
}

extension KernelSet: CustomStringConvertible {
  @usableFromInline package var description: String { name }
}

extension KernelSet {
  /// `x = activation(x + bias)`; `x`: `(rows, columns)`, `bias`: `(columns)`.
  package func activate(
    _ x: inout Activations, bias: FloatStorage, _ activation: Activation
  ) {
    precondition(bias.count == x.columns, "a bias has one value a column")
    activateRows(x.mutablePointer, x.rows, x.columns, bias.pointer, activation)
  }

  /// `x = norm(x + y + bias)`; `x`, `y`: `(rows, columns)`, `bias`: `(columns)`.
  package func addLayerNorm(
    _ x: inout Activations, adding y: borrowing Activations, bias: FloatStorage, _ norm: LayerNorm
  ) {
    let columns = x.columns
    precondition(
      y.columns == columns && y.rows == x.rows && bias.count == columns
        && norm.scale.count == columns, "operands of a sum have the same shape")
    for row in 0..<x.rows {
      let target = x.mutablePointer + row * columns
      layerNormRow(
        target, target, y.pointer + row * columns, bias.pointer, norm.scale.pointer,
        norm.shift.pointer, norm.epsilon, columns)
    }
  }

  /// Row `row` of `x` becomes `norm(a[i] + b[j] + c[k])`, rows of three weight matrices.
  package func addLayerNorm(
    _ x: inout Activations, row: Int, _ a: (WeightMatrix, row: Int), _ b: (WeightMatrix, row: Int),
    _ c: (WeightMatrix, row: Int), _ norm: LayerNorm
  ) {
    precondition(x.columns == norm.scale.count, "a norm has one value a column")
    layerNormRow(
      x.mutablePointer + row * x.columns, a.0.row(a.row), b.0.row(b.row), c.0.row(c.row),
      norm.scale.pointer, norm.shift.pointer, norm.epsilon, x.columns)
  }

  /// Attention of each sequence over itself.
  ///
  /// - `queryKeyValue`: `(tokens, 3 * hidden)`; `context`: `(tokens, hidden)`.
  /// - `offsets`: where each sequence starts, and the end of the last.
  /// - `bias`: what is added to the scores after scaling; `reach`: how many places away the keys are that count, nil
  ///   for all.
  /// - Complexity: O(n² · hidden) for a sequence of n tokens.
  package func attention(
    _ queryKeyValue: borrowing Activations, offsets: [Int], headCount: Int,
    bias: AttentionBias? = nil, reach: Int? = nil,
    context: inout Activations, scratch: inout Activations, loop: ParallelLoop = .serial
  ) {
    let hidden = context.columns
    precondition(
      queryKeyValue.columns == 3 * hidden && context.rows == queryKeyValue.rows
        && hidden % headCount == 0, "queries, keys and values are as wide as the context")
    precondition(offsets.last == context.rows, "the sequences cover all rows")
    let headSize = hidden / headCount
    for index in 0..<offsets.count - 1 {
      let start = offsets[index]
      let tokens = offsets[index + 1] - start
      precondition(tokens > 0, "a sequence has tokens")
      precondition(
        bias.map { $0.heads == headCount && tokens <= $0.maximumLength } ?? true,
        "a bias has every head and every offset")
      let scratchRows = (attentionScratchSize(tokens, headSize) + hidden - 1) / hidden
      scratch.resize(rows: loop.rangeCount(headCount) * scratchRows)
      let source = queryKeyValue.pointer + start * 3 * hidden
      let target = context.mutablePointer + start * hidden
      let buffers = scratch.mutablePointer
      loop.forEachRange(of: headCount) { number, heads in
        attendHeads(
          source, tokens, heads, hidden, headSize, bias, reach, target,
          buffers + number * scratchRows * hidden)
      }
    }
  }

  /// Lays weights `(outputs, inputs)` out for `multiply`.
  ///
  /// - Parameter storage: makes the storage for a number of floats that its second argument fills.
  /// - Complexity: O(`outputs * inputs`).
  package func pack(
    _ weight: WeightMatrix,
    storage: (Int, (UnsafeMutablePointer<Float>) -> Void) -> FloatStorage = {
      FloatStorage(count: $0, initialize: $1)
    }
  ) -> PackedMatrix {
    let panelCount = (weight.rows + panelWidth - 1) / panelWidth
    let panels = storage(panelCount * panelWidth * weight.columns) { target in
      packTransposed(weight.storage.pointer, weight.rows, weight.columns, target)
    }
    return PackedMatrix(
      outputs: weight.rows, inputs: weight.columns, panels: panels, panelCount: panelCount,
      panelWidth: panelWidth)
  }

  /// `output = activation(input · weightᵀ + bias)`, or the product alone without a bias.
  ///
  /// - `input`: `(rows, inputs)`; `bias`: `(outputs)`; `output`: `(rows, outputs)`.
  /// - Complexity: O(`rows * inputs * outputs`).
  package func multiply(
    _ input: borrowing Activations, by weight: PackedMatrix, bias: FloatStorage? = nil,
    _ activation: Activation = .identity, into output: inout Activations,
    loop: ParallelLoop = .serial
  ) {
    precondition(weight.panelWidth == panelWidth, "weights are packed by the same kernels")
    precondition(
      input.columns == weight.inputs && output.columns == weight.outputs
        && output.rows == input.rows, "a product's shapes agree")
    precondition(bias.map { $0.count == weight.outputs } ?? true, "a bias has one value an output")
    let (source, rows, target) = (input.pointer, input.rows, output.mutablePointer)
    loop.forEachRange(of: weight.panelCount) { _, panels in
      multiplyPacked(
        source, rows, weight.inputs, weight.panels.pointer, panels, target, weight.outputs,
        bias?.pointer, activation)
    }
  }

  /// Multiplies and adds in registers alone, as quickly as the CPU can: the peak that products are measured by.
  ///
  /// Returns the number of floating-point operations, and a number that depends on all of them.
  /// - Complexity: O(`rounds`).
  package func multiplyInRegisters(rounds: Int) -> (operations: Int, result: Float) {
    (24 * panelWidth / 2 * rounds, multiplyRegisters(rounds))
  }
}
