package import Kernels

/// The weights of an encoder, prepared for an engine.
package struct EncoderWeights<Engine: MatrixEngine>: Sendable {
  /// One transformer layer.
  package struct Layer: Sendable {
    /// Queries, keys and values as one product: hidden to 3 * hidden.
    package let queryKeyValue: Linear<Engine.PreparedWeight>
    /// Hidden to hidden.
    package let attentionOutput: Linear<Engine.PreparedWeight>
    /// nil where what comes in is normalized already.
    package let attentionNorm: LayerNorm?
    /// Hidden to intermediate; to twice that in a gated unit.
    package let intermediate: Linear<Engine.PreparedWeight>
    /// Intermediate to hidden.
    package let output: Linear<Engine.PreparedWeight>
    package let outputNorm: LayerNorm

    package init(
      queryKeyValue: Linear<Engine.PreparedWeight>,
      attentionOutput: Linear<Engine.PreparedWeight>, attentionNorm: LayerNorm?,
      intermediate: Linear<Engine.PreparedWeight>, output: Linear<Engine.PreparedWeight>,
      outputNorm: LayerNorm
    ) {
      self.queryKeyValue = queryKeyValue
      self.attentionOutput = attentionOutput
      self.attentionNorm = attentionNorm
      self.intermediate = intermediate
      self.output = output
      self.outputNorm = outputNorm
    }
  }

  /// `(vocabulary, hidden)`.
  package let wordEmbeddings: StoredMatrix
  /// `(positions, hidden)`; nil without a learned table.
  package let positionEmbeddings: WeightMatrix?
  /// `(token types, hidden)`, a single text being of type 0; nil without token types.
  package let tokenTypeEmbeddings: WeightMatrix?
  package let embeddingNorm: LayerNorm
  /// What is added to the scores of attention by distance.
  package let attentionBias: AttentionBias?
  /// What the scores of attention are multiplied by in a sequence of that many tokens, a positive number; nil for 1.
  package let attentionScale: (@Sendable (_ tokens: Int) -> Float)?
  /// How queries and keys are turned by their places, in layers that attend to the whole sequence.
  package let rotations: SequenceRotations?
  /// The same in layers of local attention.
  package let localRotations: SequenceRotations?
  package let layers: [Layer]
  /// Behind all layers; nil where every layer ends with a norm.
  package let finalNorm: LayerNorm?

  package init(
    wordEmbeddings: StoredMatrix, positionEmbeddings: WeightMatrix?,
    tokenTypeEmbeddings: WeightMatrix?, embeddingNorm: LayerNorm,
    attentionBias: AttentionBias? = nil,
    attentionScale: (@Sendable (_ tokens: Int) -> Float)? = nil,
    rotations: SequenceRotations? = nil, localRotations: SequenceRotations? = nil, layers: [Layer],
    finalNorm: LayerNorm? = nil
  ) {
    self.wordEmbeddings = wordEmbeddings
    self.positionEmbeddings = positionEmbeddings
    self.tokenTypeEmbeddings = tokenTypeEmbeddings
    self.embeddingNorm = embeddingNorm
    self.attentionBias = attentionBias
    self.attentionScale = attentionScale
    self.rotations = rotations
    self.localRotations = localRotations
    self.layers = layers
    self.finalNorm = finalNorm
  }
}
