package import Kernels

/// The BERT encoder (Devlin et al., arXiv:1810.04805) on packed rows: no padding, so no mask.
///
/// Source of the equations: `BertModel` of transformers 5.23 (`models/bert/modeling_bert.py`).
package struct Encoder<Engine: MatrixEngine>: Sendable {
  package let configuration: EncoderConfiguration
  private let weights: EncoderWeights<Engine>
  private let engine: Engine
  private let kernels: KernelSet

  package init(
    _ configuration: EncoderConfiguration, weights: EncoderWeights<Engine>, engine: Engine,
    kernels: KernelSet
  ) {
    precondition(weights.layers.count == configuration.layerCount, "weights for every layer")
    self.configuration = configuration
    self.weights = weights
    self.engine = engine
    self.kernels = kernels
  }

  /// Computes the hidden states of the last layer, `workspace.hidden`: `(tokens, hidden)`.
  ///
  /// - Precondition: every id is in the vocabulary, every sequence within the position limit.
  /// - Complexity: O(tokens · layers · hidden · (hidden + intermediate + longest sequence)).
  package func forward(_ batch: TokenBatch, _ workspace: inout Workspace) {
    workspace.resize(tokens: batch.tokenCount)
    workspace.stopwatch?.start()
    embed(batch, into: &workspace.hidden)
    workspace.stopwatch?.lap(.embeddings)
    for layer in weights.layers {
      attend(layer, batch, &workspace)
      feedForward(layer, &workspace)
    }
  }

  /// `hidden = norm(hidden + output(attention(hidden)))`.
  private func attend(
    _ layer: EncoderWeights<Engine>.Layer, _ batch: TokenBatch, _ workspace: inout Workspace
  ) {
    engine.multiply(
      workspace.hidden, by: layer.queryKeyValue, epilogue: .bias(.identity),
      into: &workspace.queryKeyValue, scratch: &workspace.scratch, loop: workspace.loop)
    workspace.stopwatch?.lap(.products)
    kernels.attention(
      workspace.queryKeyValue, offsets: batch.offsets, headCount: configuration.headCount,
      context: &workspace.context, scratch: &workspace.attention, loop: workspace.loop)
    workspace.stopwatch?.lap(.attention)
    engine.multiply(
      workspace.context, by: layer.attentionOutput, epilogue: .none, into: &workspace.projection,
      scratch: &workspace.scratch, loop: workspace.loop)
    workspace.stopwatch?.lap(.products)
    kernels.addLayerNorm(
      &workspace.hidden, adding: workspace.projection, bias: layer.attentionOutput.bias,
      layer.attentionNorm)
    workspace.stopwatch?.lap(.layerNorm)
  }

  /// `hidden = norm(hidden + output(activation(intermediate(hidden))))`.
  private func feedForward(
    _ layer: EncoderWeights<Engine>.Layer, _ workspace: inout Workspace
  ) {
    engine.multiply(
      workspace.hidden, by: layer.intermediate, epilogue: .bias(configuration.activation),
      into: &workspace.intermediate, scratch: &workspace.scratch, loop: workspace.loop)
    engine.multiply(
      workspace.intermediate, by: layer.output, epilogue: .none, into: &workspace.projection,
      scratch: &workspace.scratch, loop: workspace.loop)
    workspace.stopwatch?.lap(.products)
    kernels.addLayerNorm(
      &workspace.hidden, adding: workspace.projection, bias: layer.output.bias, layer.outputNorm)
    workspace.stopwatch?.lap(.layerNorm)
  }

  /// `hidden = norm(word + position + token type 0)`.
  private func embed(_ batch: TokenBatch, into hidden: inout Activations) {
    for sequence in 0..<batch.count {
      let range = batch.range(of: sequence)
      for row in range {
        kernels.addLayerNorm(
          &hidden, row: row, (weights.wordEmbeddings, row: Int(batch.ids[row])),
          (weights.positionEmbeddings, row: row - range.lowerBound),
          (weights.tokenTypeEmbeddings, row: 0), weights.embeddingNorm)
      }
    }
  }
}
