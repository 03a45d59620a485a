package import Kernels

/// Multiplies rows by weights that were prepared once: the seam between the encoder and the machine.
///
/// An engine may lay the weights out as it likes; it is told all of them at load and sees activations of every number
/// of rows, from one short query to a batch. Calls come from several threads at once.
package protocol MatrixEngine: Sendable {
  /// Weights in the layout that this engine multiplies by.
  associatedtype PreparedWeight: Sendable

  /// Lays weights `(outputs, inputs)` out for `multiply`.
  func prepare(_ weight: StackedMatrix) -> PreparedWeight

  /// `output = epilogue(input · weightᵀ)`.
  ///
  /// - `input`: `(rows, inputs)`; `output`: `(rows, outputs)`, its rows set already.
  /// - `scratch`: the engine's own.
  /// - `loop`: cuts the product into ranges of outputs.
  func multiply(
    _ input: borrowing Activations, by layer: Linear<PreparedWeight>, epilogue: Epilogue,
    into output: inout Activations, scratch: inout ScratchMemory, loop: ParallelLoop)
}

/// What happens to a product while it is still in the cache.
package enum Epilogue: Sendable, Hashable {
  /// Nothing: the bias is added by the pass that follows.
  case none
  /// The bias is added, then the function applied.
  case bias(ActivationFunction)
}

/// A linear layer, `x · weightᵀ + bias`, with its weights as an engine has prepared them.
package struct Linear<PreparedWeight: Sendable>: Sendable {
  package let inputs: Int
  package let outputs: Int
  package let weight: PreparedWeight
  /// `(outputs)`.
  package let bias: FloatStorage

  /// Prepares weights `(outputs, inputs)`; without a bias, zeros are added.
  package init<Engine: MatrixEngine>(
    _ weight: StackedMatrix, bias: FloatStorage?, engine: Engine
  ) where Engine.PreparedWeight == PreparedWeight {
    inputs = weight.columns
    outputs = weight.rows
    self.bias = bias ?? FloatStorage(count: weight.rows) { _ in }
    precondition(self.bias.count == weight.rows, "a bias has one value an output")
    self.weight = engine.prepare(weight)
  }
}
