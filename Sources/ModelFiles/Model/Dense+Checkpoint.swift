package import EmbedCore
package import Transformer

extension Dense {
  /// Reads a Dense module's checkpoint, by the tensor names of sentence-transformers' `Dense`.
  ///
  /// - Throws: `EmbedError` naming the tensor that is missing, has another shape or holds what is no number.
  /// - Complexity: O(n) in the number of weights.
  package init(
    _ checkpoint: Checkpoint, _ configuration: DenseConfiguration, engine: Engine
  ) throws(EmbedError) {
    let (inputs, outputs) = (configuration.inputs, configuration.outputs)
    let linear = try checkpoint.linear(
      "linear", inputs: inputs, outputs: outputs, hasBias: configuration.hasBias, engine: engine)
    let residual: Residual
    if !configuration.usesResidual {
      residual = .none
    } else if inputs == outputs {
      residual = .input
    } else {
      residual = .projection(
        try checkpoint.linear(
          "residual", inputs: inputs, outputs: outputs, hasBias: false, engine: engine))
    }
    self.init(linear, configuration.activation, residual: residual)
  }
}
