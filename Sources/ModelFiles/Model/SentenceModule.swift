package import Transformer

/// A step that turns one sentence's vector into another, behind the pooling.
package enum SentenceModule: Sendable, Hashable {
  /// A linear layer with an activation; its weights are in a folder of its own.
  case dense(DenseConfiguration, folder: String)
  /// Scaling to length 1.
  case normalize
}
