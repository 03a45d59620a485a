package import Kernels

/// The weights of a BERT encoder, prepared for an engine.
package struct EncoderWeights<Engine: MatrixEngine>: Sendable {
  /// One transformer layer.
  package struct Layer: Sendable {
    /// Queries, keys and values as one product: hidden to 3 * hidden.
    package let queryKeyValue: Linear<Engine.PreparedWeight>
    /// Hidden to hidden.
    package let attentionOutput: Linear<Engine.PreparedWeight>
    package let attentionNorm: LayerNorm
    /// Hidden to intermediate.
    package let intermediate: Linear<Engine.PreparedWeight>
    /// Intermediate to hidden.
    package let output: Linear<Engine.PreparedWeight>
    package let outputNorm: LayerNorm

    package init(
      queryKeyValue: Linear<Engine.PreparedWeight>,
      attentionOutput: Linear<Engine.PreparedWeight>, attentionNorm: LayerNorm,
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
  package let wordEmbeddings: WeightMatrix
  /// `(positions, hidden)`.
  package let positionEmbeddings: WeightMatrix
  /// `(token types, hidden)`; a single text is of type 0.
  package let tokenTypeEmbeddings: WeightMatrix
  package let embeddingNorm: LayerNorm
  package let layers: [Layer]

  package init(
    wordEmbeddings: WeightMatrix, positionEmbeddings: WeightMatrix,
    tokenTypeEmbeddings: WeightMatrix, embeddingNorm: LayerNorm, layers: [Layer]
  ) {
    self.wordEmbeddings = wordEmbeddings
    self.positionEmbeddings = positionEmbeddings
    self.tokenTypeEmbeddings = tokenTypeEmbeddings
    self.embeddingNorm = embeddingNorm
    self.layers = layers
  }
}
