/// A Pooling module's settings.
package struct PoolingConfiguration: Sendable, Hashable {
  /// One or more modes, in the order of their concatenation.
  package var modes: [PoolingMode]
  /// Whether the prompt's tokens take part.
  package var includesPrompt: Bool

  package init(modes: [PoolingMode], includesPrompt: Bool = true) {
    precondition(!modes.isEmpty, "pooling needs a mode")
    self.modes = modes
    self.includesPrompt = includesPrompt
  }
}
