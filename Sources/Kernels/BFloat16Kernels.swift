/// Matrix products in bfloat16 with sums in single precision; made in a module of its own, like `KernelSet`.
///
/// Each factor is rounded to 8 significant bits, a relative error of 2^-9; sums are rounded as in single precision.
@usableFromInline
package struct BFloat16Kernels: Sendable {
  @usableFromInline typealias Source = UnsafePointer<Float>
  @usableFromInline typealias Target = UnsafeMutablePointer<Float>

  /// The instruction set, for people.
  @usableFromInline package let name: String
  @usableFromInline let panelWidth: Int
  @usableFromInline let roundRow: @Sendable (Source, Int, Target) -> Void
  @usableFromInline let multiplyPacked:
    @Sendable (Source, Int, Int, Source, Range<Int>, Target, Int, Source?, Activation) -> Void
  @usableFromInline let packTransposed: @Sendable (Source, Int, Int, Target) -> Void

  /// Instantiates every kernel for a unit; to be called in a module compiled for its instruction set.
  @inlinable @inline(__always)
  package init<Unit: BFloat16Unit>(_ name: String, _ unit: Unit.Type) {
    self.name = name
    panelWidth = Unit.panelWidth
    roundRow = { Unit.roundToPairs($0, count: $1, into: $2) }
    multiplyPacked = { input, rows, inputs, panels, range, output, outputs, bias, activation in
      PairProducts<Unit>.multiplyPacked(
        input, rows: rows, inputs: inputs, panels: panels, in: range, output: output,
        outputs: outputs, bias: bias, activation, elementwise: Unit.self)
    }
    packTransposed = { source, rows, columns, target in
      Unit.packTransposed(source, rows: rows, columns: columns, stride: columns, into: target)
    }
  }
}

extension BFloat16Kernels {
  /// Rounds weights `(outputs, inputs)` and lays them out for `multiply`: a `PackedMatrix` of pairs.
  ///
  /// - Parameter storage: makes the storage for a number of floats that its second argument fills.
  /// - Complexity: O(`outputs * inputs`).
  package func pack(
    _ weight: WeightMatrix,
    storage: (Int, (UnsafeMutablePointer<Float>) -> Void) -> FloatStorage = {
      FloatStorage(count: $0, initialize: $1)
    }
  ) -> PackedMatrix {
    let pairs = (weight.columns + 1) / 2
    // (outputs, pairs)
    let rounded = FloatStorage(count: weight.rows * pairs) { target in
      for row in 0..<weight.rows { roundRow(weight.row(row), weight.columns, target + row * pairs) }
    }
    let panelCount = (weight.rows + panelWidth - 1) / panelWidth
    let panels = storage(panelCount * panelWidth * pairs) { target in
      packTransposed(rounded.pointer, weight.rows, pairs, target)
    }
    return PackedMatrix(
      outputs: weight.rows, inputs: pairs, panels: panels, panelCount: panelCount,
      panelWidth: panelWidth)
  }

  /// `output = activation(input · weightᵀ + bias)`, or the product alone without a bias.
  ///
  /// - `input`: `(rows, inputs)`; `bias`: `(outputs)`; `output`: `(rows, outputs)`.
  /// - `scratch`: is given the input's pairs, `(rows, ceil(inputs / 2))`.
  /// - Complexity: O(`rows * inputs * outputs`).
  package func multiply(
    _ input: borrowing Activations, by weight: PackedMatrix, bias: FloatStorage? = nil,
    _ activation: Activation = .identity, into output: inout Activations,
    scratch: inout Activations, loop: ParallelLoop = .serial
  ) {
    precondition(weight.panelWidth == panelWidth, "weights are packed by kernels of this width")
    precondition(
      (input.columns + 1) / 2 == weight.inputs && output.columns == weight.outputs
        && output.rows == input.rows, "a product's shapes agree")
    precondition(bias.map { $0.count == weight.outputs } ?? true, "a bias has one value an output")
    let (rows, inputs, pairs) = (input.rows, input.columns, weight.inputs)
    scratch.resize(rows: (rows * pairs + scratch.columns - 1) / scratch.columns)
    let (source, rounded, target) = (
      input.pointer, scratch.mutablePointer, output.mutablePointer
    )
    for row in 0..<rows { roundRow(source + row * inputs, inputs, rounded + row * pairs) }
    loop.forEachRange(of: weight.panelCount) { _, panels in
      multiplyPacked(
        rounded, rows, pairs, weight.panels.pointer, panels, target, weight.outputs, bias?.pointer,
        activation)
    }
  }
}
