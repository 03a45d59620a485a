package import Kernels

/// The sizes and constants of a BERT encoder, as its `config.json` gives them.
package struct EncoderConfiguration: Sendable, Hashable {
  package var vocabularySize: Int
  package var hiddenSize: Int
  package var layerCount: Int
  package var headCount: Int
  package var intermediateSize: Int
  /// Rows of the position embedding; sequences are cut at this many tokens.
  package var maximumPositions: Int
  package var tokenTypeCount: Int
  package var layerNormEpsilon: Float
  package var activation: Activation

  package init(
    vocabularySize: Int, hiddenSize: Int, layerCount: Int, headCount: Int, intermediateSize: Int,
    maximumPositions: Int, tokenTypeCount: Int, layerNormEpsilon: Float, activation: Activation
  ) {
    self.vocabularySize = vocabularySize
    self.hiddenSize = hiddenSize
    self.layerCount = layerCount
    self.headCount = headCount
    self.intermediateSize = intermediateSize
    self.maximumPositions = maximumPositions
    self.tokenTypeCount = tokenTypeCount
    self.layerNormEpsilon = layerNormEpsilon
    self.activation = activation
  }

  /// The width of one attention head.
  package var headSize: Int { hiddenSize / headCount }
}
