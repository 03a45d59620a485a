/// What happens to a sentence's vector after the model's own modules.
package struct OutputOptions: Sendable, Hashable {
  /// The length that the vector is given.
  package enum Normalization: Sendable, Hashable {
    /// Unit length.
    case unit
    /// Unit length where the model has a Normalize module, raw otherwise.
    case asModel
    /// Raw: Normalize modules are passed over.
    case none
  }

  package var normalization: Normalization
  /// Keeps the first components, and normalizes again; nil keeps all.
  package var dimensions: Int?

  package init(normalization: Normalization, dimensions: Int?) {
    self.normalization = normalization
    self.dimensions = dimensions
  }
}
