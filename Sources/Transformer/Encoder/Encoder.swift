package import Kernels

/// A transformer encoder (Vaswani et al., arXiv:1706.03762) on packed rows: no padding, so no mask.
///
/// The configuration says which family it is of: BERT and its kin, with norms behind the blocks, or those that came
/// later, with norms before them, rotary positions, local attention and gated units.
package struct Encoder<Engine: MatrixEngine>: Sendable {
  package let configuration: EncoderConfiguration
  private let weights: EncoderWeights<Engine>
  private let engine: Engine
  private let kernels: KernelSet
  /// `(1, hidden)`: stands in for tables that an encoder does not have.
  private let zeroRow: WeightMatrix

  package init(
    _ configuration: EncoderConfiguration, weights: EncoderWeights<Engine>, engine: Engine,
    kernels: KernelSet
  ) {
    precondition(weights.layers.count == configuration.layerCount, "weights for every layer")
    self.configuration = configuration
    self.weights = weights
    self.engine = engine
    self.kernels = kernels
    zeroRow = WeightMatrix(
      rows: 1, columns: configuration.hiddenSize,
      storage: FloatStorage(count: configuration.hiddenSize) { _ in })
  }

  /// Computes the hidden states of the last layer, `workspace.hidden`: `(tokens, hidden)`.
  ///
  /// - Precondition: every id is in the vocabulary, every token type in its table, every sequence within the position
  ///   limit.
  /// - Complexity: O(tokens · layers · hidden · (hidden + intermediate + longest sequence)).
  package func forward(_ batch: TokenBatch, _ workspace: inout Workspace) {
    workspace.resize(tokens: batch.tokenCount)
    workspace.stopwatch?.start()
    embed(batch, into: &workspace.hidden)
    workspace.stopwatch?.lap(.embeddings)
    let rotations = weights.rotations?.rotations(of: batch)
    let localRotations = weights.localRotations?.rotations(of: batch)
    for (index, layer) in weights.layers.enumerated() {
      let reach = configuration.attention.reach(inLayer: index)
      attend(
        layer, batch, reach: reach, rotations: reach == nil ? rotations : localRotations,
        &workspace)
      feedForward(layer, &workspace)
    }
    if let finalNorm = weights.finalNorm { kernels.layerNorm(&workspace.hidden, finalNorm) }
  }

  /// `hidden = norm(word + position + token type)`.
  private func embed(_ batch: TokenBatch, into hidden: inout Activations) {
    let types = weights.tokenTypeEmbeddings ?? zeroRow
    // Without a table, types mean nothing.
    let hasTypes = weights.tokenTypeEmbeddings != nil
    func type(_ row: Int) -> (WeightMatrix, row: Int) {
      (types, row: hasTypes ? batch.typeID(ofRow: row) : 0)
    }
    for sequence in 0..<batch.count {
      let range = batch.range(of: sequence)
      guard let table = configuration.positions.table, let rows = weights.positionEmbeddings else {
        for row in range {
          kernels.addLayerNorm(
            &hidden, row: row, (weights.wordEmbeddings, row: Int(batch.ids[row])),
            (zeroRow, row: 0),
            type(row), weights.embeddingNorm)
        }
        continue
      }
      table.forEachRow(batch.ids[range]) { row, position in
        kernels.addLayerNorm(
          &hidden, row: row, (weights.wordEmbeddings, row: Int(batch.ids[row])),
          (rows, row: position), type(row), weights.embeddingNorm)
      }
    }
  }

  /// The attention block: queries, keys and values, attention of each sequence over itself, a linear layer.
  private func attend(
    _ layer: EncoderWeights<Engine>.Layer, _ batch: TokenBatch, reach: Int?,
    rotations: [Rotation]?, _ workspace: inout Workspace
  ) {
    beginBlock(layer.attentionNorm, &workspace)
    engine.multiply(
      workspace.hidden, by: layer.queryKeyValue, epilogue: .bias(.identity),
      into: &workspace.queryKeyValue, scratch: &workspace.scratch, loop: workspace.loop)
    workspace.stopwatch?.lap(.products)
    for (sequence, rotation) in (rotations ?? []).enumerated() {
      kernels.rotate(
        &workspace.queryKeyValue, batch.range(of: sequence), headCount: configuration.headCount,
        rotation)
    }
    kernels.attention(
      workspace.queryKeyValue, offsets: batch.offsets, headCount: configuration.headCount,
      bias: weights.attentionBias, reach: reach, scale: weights.attentionScale,
      context: &workspace.context, scratch: &workspace.attention, loop: workspace.loop)
    workspace.stopwatch?.lap(.attention)
    engine.multiply(
      workspace.context, by: layer.attentionOutput, epilogue: .none, into: &workspace.projection,
      scratch: &workspace.scratch, loop: workspace.loop)
    workspace.stopwatch?.lap(.products)
    endBlock(layer.attentionNorm, bias: layer.attentionOutput.bias, &workspace)
  }

  /// The feed-forward block: a linear layer, an activation, gated or not, and a linear layer.
  private func feedForward(
    _ layer: EncoderWeights<Engine>.Layer, _ workspace: inout Workspace
  ) {
    beginBlock(layer.outputNorm, &workspace)
    let feedForward = configuration.feedForward
    if let activatedHalf = feedForward.activatedHalf {
      engine.multiply(
        workspace.hidden, by: layer.intermediate, epilogue: .bias(.identity),
        into: &workspace.gate, scratch: &workspace.scratch, loop: workspace.loop)
      kernels.gate(
        workspace.gate, feedForward.activation, of: activatedHalf, into: &workspace.intermediate)
    } else {
      engine.multiply(
        workspace.hidden, by: layer.intermediate, epilogue: .bias(feedForward.activation),
        into: &workspace.intermediate, scratch: &workspace.scratch, loop: workspace.loop)
    }
    engine.multiply(
      workspace.intermediate, by: layer.output, epilogue: .none, into: &workspace.projection,
      scratch: &workspace.scratch, loop: workspace.loop)
    workspace.stopwatch?.lap(.products)
    endBlock(layer.outputNorm, bias: layer.output.bias, &workspace)
  }

  /// Makes `hidden` the input of a block: with norms before the blocks, keeps it as `residual` and normalizes it.
  private func beginBlock(_ norm: LayerNorm?, _ workspace: inout Workspace) {
    guard configuration.normOrder == .before else { return }
    workspace.residual.copy(workspace.hidden)
    if let norm { kernels.layerNorm(&workspace.hidden, norm) }
    workspace.stopwatch?.lap(.layerNorm)
  }

  /// Adds what a block made, `projection + bias`: `hidden = norm(hidden + …)`, or `hidden = residual + …` with norms
  /// before the blocks.
  private func endBlock(_ norm: LayerNorm?, bias: FloatStorage, _ workspace: inout Workspace) {
    switch configuration.normOrder {
    case .after:
      guard let norm else { preconditionFailure("a block ends with a norm") }
      kernels.addLayerNorm(&workspace.hidden, adding: workspace.projection, bias: bias, norm)
    case .before:
      kernels.add(workspace.residual, workspace.projection, bias: bias, into: &workspace.hidden)
    }
    workspace.stopwatch?.lap(.layerNorm)
  }
}
