package import Kernels

/// What an encoder computes: its sizes, how tokens know their places, and the order of its parts.
package struct EncoderConfiguration: Sendable, Hashable {
  /// Where layer norms stand around attention and feed-forward blocks.
  package enum NormOrder: Sendable, Hashable {
    /// `norm(x + block(x))`, as in Vaswani et al., arXiv:1706.03762.
    case after
    /// `x + block(norm(x))`, and a last norm behind all layers (Xiong et al., arXiv:2002.04745).
    case before
  }

  /// The two linear layers of a feed-forward block and what is between them.
  package struct FeedForward: Sendable, Hashable {
    package var activation: ActivationFunction
    /// In a gated unit, whose first layer has twice the width, the half that is activated and multiplied by the other
    /// one (Shazeer, arXiv:2002.05202); nil without a gate.
    package var activatedHalf: ActivatedHalf?

    package init(activation: ActivationFunction, activatedHalf: ActivatedHalf? = nil) {
      self.activation = activation
      self.activatedHalf = activatedHalf
    }

    /// Whether the block is a gated unit.
    package var isGated: Bool { activatedHalf != nil }
  }

  package var vocabularySize: Int
  package var hiddenSize: Int
  package var layerCount: Int
  package var headCount: Int
  package var intermediateSize: Int
  /// Rows of the token type embedding; 0 when there is none.
  package var tokenTypeCount: Int
  package var layerNormEpsilon: Float
  package var positions: PositionEncoding
  package var attention: AttentionSpan
  package var attentionScale: AttentionScale
  package var feedForward: FeedForward
  package var normOrder: NormOrder

  package init(
    vocabularySize: Int, hiddenSize: Int, layerCount: Int, headCount: Int, intermediateSize: Int,
    tokenTypeCount: Int, layerNormEpsilon: Float, positions: PositionEncoding,
    attention: AttentionSpan = .full, attentionScale: AttentionScale = .none,
    feedForward: FeedForward, normOrder: NormOrder = .after
  ) {
    self.vocabularySize = vocabularySize
    self.hiddenSize = hiddenSize
    self.layerCount = layerCount
    self.headCount = headCount
    self.intermediateSize = intermediateSize
    self.tokenTypeCount = tokenTypeCount
    self.layerNormEpsilon = layerNormEpsilon
    self.positions = positions
    self.attention = attention
    self.attentionScale = attentionScale
    self.feedForward = feedForward
    self.normOrder = normOrder
  }

  /// A table of vectors for tokens: no layers, no positions.
  package static func table(
    vocabularySize: Int, dimensions: Int, maximumLength: Int
  ) -> EncoderConfiguration {
    EncoderConfiguration(
      vocabularySize: vocabularySize, hiddenSize: dimensions, layerCount: 0, headCount: 1,
      intermediateSize: 1, tokenTypeCount: 0, layerNormEpsilon: 0,
      positions: PositionEncoding(maximumLength: maximumLength),
      feedForward: FeedForward(activation: .identity))
  }

  /// The width of one attention head.
  package var headSize: Int { hiddenSize / headCount }
}

/// What the scores of attention are multiplied by, beside the root of the size of a head.
package enum AttentionScale: Sendable, Hashable {
  case none
  /// The logarithm of the number of tokens, to the base of a length, or 1 if that is more and asked for
  /// (https://kexue.fm/archives/8823).
  case logarithm(base: Int, isAtLeastOne: Bool)
}

/// Which tokens a token attends to.
package enum AttentionSpan: Sendable, Hashable {
  /// All tokens of its sequence.
  case full
  /// In the layers that `isLocal` marks, `(layers)`, those at most `reach` places away; in the others all.
  case local(reach: Int, isLocal: [Bool])

  /// How many places away a token of a layer sees; nil for the whole sequence.
  package func reach(inLayer layer: Int) -> Int? {
    switch self {
    case .full: nil
    case .local(let reach, let isLocal): isLocal[layer] ? reach : nil
    }
  }
}
