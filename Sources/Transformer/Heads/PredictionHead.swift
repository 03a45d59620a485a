package import Kernels

/// What a model predicts from vectors of its encoder: a linear layer, a function, perhaps a norm, and a linear layer that
/// gives the logits.
///
/// The first half is BERT's pooler, or the transform of its masked language model; the logits are those of classes, or
/// of all tokens of the vocabulary.
package struct PredictionHead<Engine: MatrixEngine>: Sendable {
  private let transform: Linear<Engine.PreparedWeight>
  private let activation: ActivationFunction
  private let norm: LayerNorm?
  private let output: Linear<Engine.PreparedWeight>

  package init(
    transform: Linear<Engine.PreparedWeight>, activation: ActivationFunction, norm: LayerNorm?,
    output: Linear<Engine.PreparedWeight>
  ) {
    precondition(output.inputs == transform.outputs, "a layer takes what the one before gives")
    self.transform = transform
    self.activation = activation
    self.norm = norm
    self.output = output
  }

  /// The number of logits.
  package var outputs: Int { output.outputs }

  /// Makes logits, `(rows, outputs)`, of vectors, `(rows, hidden)`.
  ///
  /// - Complexity: O(rows · hidden · (hidden + outputs)).
  func forward(
    _ input: borrowing Activations, engine: Engine, kernels: KernelSet,
    scratch: inout ScratchMemory, loop: ParallelLoop
  ) -> Activations {
    var transformed = Activations(columns: transform.outputs)
    transformed.resize(rows: input.rows)
    engine.multiply(
      input, by: transform, epilogue: .bias(activation), into: &transformed, scratch: &scratch,
      loop: loop)
    if let norm { kernels.layerNorm(&transformed, norm) }
    var logits = Activations(columns: output.outputs)
    logits.resize(rows: input.rows)
    engine.multiply(
      transformed, by: output, epilogue: .bias(.identity), into: &logits, scratch: &scratch,
      loop: loop)
    return logits
  }
}
