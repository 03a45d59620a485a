/// The buffers of one worker, which texts share so that a warm call allocates its result only.
package struct TokenizerScratch: Sendable {
  /// Takes the ids of the text, without the special tokens around it.
  var pieces = PieceBuffer()
  /// Holds the word that the normalizer is at.
  var word = NormalizedBuffer()

  /// Makes empty buffers.
  package init() {}
}
