/// The learned scale and shift of a layer normalization (Ba, Kiros, Hinton, arXiv:1607.06450).
package struct LayerNorm: Sendable {
  /// `(columns)`.
  package let scale: FloatStorage
  /// `(columns)`.
  package let shift: FloatStorage
  /// Added to the variance.
  package let epsilon: Float

  package init(scale: FloatStorage, shift: FloatStorage, epsilon: Float) {
    precondition(scale.count == shift.count, "scale and shift have the same columns")
    self.scale = scale
    self.shift = shift
    self.epsilon = epsilon
  }
}
