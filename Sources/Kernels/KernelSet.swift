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
  @usableFromInline let attendSequence: @Sendable (Source, Int, Int, Int, Target, Target) -> Void
  @usableFromInline let attentionScratchSize: @Sendable (Int, Int) -> Int
  @usableFromInline let multiplyPacked:
    @Sendable (Source, Int, Int, Source, Target, Int, Source?, Activation) -> Void
  @usableFromInline let packTransposed: @Sendable (Source, Int, Int, Target) -> Void
  @usableFromInline let addScaledRow: @Sendable (Target, Source, Float, Int) -> Void
  @usableFromInline let maximumRow: @Sendable (Target, Source, Int) -> Void

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
    attendSequence = { queryKeyValue, tokens, headCount, headSize, context, scratch in
      Unit.attention(
        queryKeyValue, tokens: tokens, headCount: headCount, headSize: headSize, context: context,
        scratch: scratch)
    }
    attentionScratchSize = { Unit.attentionScratchSize(tokens: $0, headSize: $1) }
    multiplyPacked = { input, rows, inputs, panels, output, outputs, bias, activation in
      Unit.multiplyPacked(
        input, rows: rows, inputs: inputs, panels: panels, output: output, outputs: outputs,
        bias: bias, activation)
    }
    packTransposed = { source, rows, columns, target in
      Unit.packTransposed(source, rows: rows, columns: columns, stride: columns, into: target)
    }
    addScaledRow = { Unit.addScaled($0, $1, factor: $2, columns: $3) }
    maximumRow = { Unit.takeMaximum($0, $1, columns: $2) }
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
  /// - Complexity: O(n² · hidden) for a sequence of n tokens.
  package func attention(
    _ queryKeyValue: borrowing Activations, offsets: [Int], headCount: Int,
    context: inout Activations, scratch: inout Activations
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
      let scratchSize = attentionScratchSize(tokens, headSize)
      scratch.resize(rows: (scratchSize + scratch.columns - 1) / scratch.columns)
      attendSequence(
        queryKeyValue.pointer + start * 3 * hidden, tokens, headCount, headSize,
        context.mutablePointer + start * hidden, scratch.mutablePointer)
    }
  }

  /// Lays weights `(outputs, inputs)` out for `multiply`.
  ///
  /// - Complexity: O(`outputs * inputs`).
  package func pack(_ weight: WeightMatrix) -> PackedMatrix {
    let panels = (weight.rows + panelWidth - 1) / panelWidth
    let storage = FloatStorage(count: panels * panelWidth * weight.columns) { target in
      packTransposed(weight.storage.pointer, weight.rows, weight.columns, target)
    }
    return PackedMatrix(
      outputs: weight.rows, inputs: weight.columns, panels: storage, panelWidth: panelWidth)
  }

  /// `output = activation(input · weightᵀ + bias)`, or the product alone without a bias.
  ///
  /// - `input`: `(rows, inputs)`; `bias`: `(outputs)`; `output`: `(rows, outputs)`.
  /// - Complexity: O(`rows * inputs * outputs`).
  package func multiply(
    _ input: borrowing Activations, by weight: PackedMatrix, bias: FloatStorage? = nil,
    _ activation: Activation = .identity, into output: inout Activations
  ) {
    precondition(weight.panelWidth == panelWidth, "weights are packed by the same kernels")
    precondition(
      input.columns == weight.inputs && output.columns == weight.outputs
        && output.rows == input.rows, "a product's shapes agree")
    precondition(bias.map { $0.count == weight.outputs } ?? true, "a bias has one value an output")
    multiplyPacked(
      input.pointer, input.rows, weight.inputs, weight.panels.pointer, output.mutablePointer,
      weight.outputs, bias?.pointer, activation)
  }
}
