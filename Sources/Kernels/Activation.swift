/// The non-linear functions between linear layers.
@usableFromInline
package enum Activation: Sendable, Hashable {
  /// `x * (1 + erf(x / √2)) / 2`, exact (Hendrycks and Gimpel, arXiv:1606.08415).
  case gelu
  /// The same with tanh in place of erf: `gelu_new`, `gelu_pytorch_tanh`.
  case geluTanh
  /// `max(0, x)`.
  case relu
  /// `x / (1 + exp(-x))`.
  case silu
  /// `tanh(x)`.
  case tanh
  /// `x`.
  case identity
}
