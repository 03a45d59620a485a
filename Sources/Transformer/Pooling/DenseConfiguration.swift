package import Kernels

/// A Dense module's settings: `activation(x * weightᵀ + bias)`, plus `x` or a projection of it when it is residual.
///
/// Source: `Dense` of sentence-transformers 6.2 (`base/modules/dense.py`).
package struct DenseConfiguration: Sendable, Hashable {
  /// The length of an incoming vector.
  package var inputs: Int
  /// The length of an outgoing vector.
  package var outputs: Int
  package var hasBias: Bool
  package var activation: Activation
  /// Whether the incoming vector is added behind the activation; through a matrix without bias,
  /// `(outputs, inputs)`, when the lengths differ.
  package var usesResidual: Bool

  package init(
    inputs: Int, outputs: Int, hasBias: Bool = true, activation: Activation = .tanh,
    usesResidual: Bool = false
  ) {
    self.inputs = inputs
    self.outputs = outputs
    self.hasBias = hasBias
    self.activation = activation
    self.usesResidual = usesResidual
  }
}
