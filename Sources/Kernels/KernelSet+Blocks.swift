/// The half of a gated unit's columns that the activation is applied to; the other half is multiplied with it.
@usableFromInline
package enum ActivatedHalf: Sendable, Hashable {
  case first
  case second
}

/// The kernels that only some families of encoders need: rotary positions, gated units, norms before the blocks.
@usableFromInline
struct BlockKernels: Sendable {
  @usableFromInline typealias Source = UnsafePointer<Float>
  @usableFromInline typealias Target = UnsafeMutablePointer<Float>

  @usableFromInline let rotate: @Sendable (Target, _ angles: Source, _ pairs: Int) -> Void
  @usableFromInline let gate:
    @Sendable (_ x: Source, _ gate: Source, ActivationFunction, _ output: Target, _ columns: Int) ->
      Void
  @usableFromInline let add:
    @Sendable (Source, Source, Source, _ output: Target, _ columns: Int) -> Void

  @inlinable @inline(__always)
  init<Unit: VectorUnit>(_ unit: Unit.Type) {
    rotate = { Unit.rotate($0, $1, pairs: $2) }
    gate = { Unit.gate($0, $1, $2, into: $3, columns: $4) }
    add = { Unit.add($0, $1, $2, into: $3, columns: $4) }
  }
}

extension KernelSet {
  /// Turns the queries and keys of one sequence by the angles of their places.
  ///
  /// - `queryKeyValue`: `(tokens, 3 * hidden)`; `sequence`: its rows.
  /// - Complexity: O(tokens of the sequence · hidden).
  package func rotate(
    _ queryKeyValue: inout Activations, _ sequence: Range<Int>, headCount: Int,
    _ rotation: Rotation
  ) {
    let headSize = 2 * rotation.pairs
    let hidden = headCount * headSize
    precondition(
      queryKeyValue.columns == 3 * hidden && sequence.upperBound <= queryKeyValue.rows,
      "queries, keys and values of heads of twice as many components as there are pairs")
    precondition(sequence.count <= rotation.maximumLength, "an angle for every place")
    let rows = queryKeyValue.mutablePointer + sequence.lowerBound * 3 * hidden
    for place in 0..<sequence.count {
      let angles = rotation.angles.pointer + place * headSize
      // Queries and keys stand one behind the other.
      for head in 0..<2 * headCount {
        blocks.rotate(rows + place * 3 * hidden + head * headSize, angles, rotation.pairs)
      }
    }
  }

  /// `output = activation(one half) * other half`; `x`: `(rows, 2 * columns)`, `output`: `(rows, columns)`.
  ///
  /// - Complexity: O(rows · columns).
  package func gate(
    _ x: borrowing Activations, _ activation: ActivationFunction, of activatedHalf: ActivatedHalf,
    into output: inout Activations
  ) {
    let columns = output.columns
    precondition(
      x.columns == 2 * columns && x.rows == output.rows, "a gated unit has two halves a row")
    let (activated, other) = activatedHalf == .first ? (0, columns) : (columns, 0)
    for row in 0..<x.rows {
      let halves = x.pointer + row * 2 * columns
      blocks.gate(
        halves + activated, halves + other, activation, output.mutablePointer + row * columns,
        columns)
    }
  }

  /// `output = a + b + bias`; `a`, `b`, `output`: `(rows, columns)`, `bias`: `(columns)`.
  ///
  /// - Complexity: O(rows · columns).
  package func add(
    _ a: borrowing Activations, _ b: borrowing Activations, bias: FloatStorage,
    into output: inout Activations
  ) {
    let columns = output.columns
    precondition(
      a.columns == columns && b.columns == columns && bias.count == columns
        && a.rows == output.rows && b.rows == output.rows, "operands of a sum have the same shape")
    for row in 0..<output.rows {
      blocks.add(
        a.pointer + row * columns, b.pointer + row * columns, bias.pointer,
        output.mutablePointer + row * columns, columns)
    }
  }
}
