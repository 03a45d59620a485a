package import Kernels

/// A linear layer, `x · weightᵀ + bias`, with its weights as an engine has prepared them.
package struct Linear<PreparedWeight: Sendable>: Sendable {
  package let inputs: Int
  package let outputs: Int
  package let weight: PreparedWeight
  /// `(outputs)`.
  package let bias: FloatStorage

  /// Prepares weights `(outputs, inputs)`; without a bias, zeros are added.
  package init<Engine: MatrixEngine>(
    _ weight: WeightMatrix, bias: FloatStorage?, engine: Engine
  ) where Engine.PreparedWeight == PreparedWeight {
    inputs = weight.columns
    outputs = weight.rows
    self.bias = bias ?? FloatStorage(count: weight.rows) { _ in }
    precondition(self.bias.count == weight.rows, "a bias has one value an output")
    self.weight = engine.prepare(weight)
  }
}
