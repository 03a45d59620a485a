/// How the token vectors of a sequence become one vector; several modes are concatenated in the order of the list.
///
/// Source: `Pooling` of sentence-transformers 6.2 (`sentence_transformer/modules/pooling.py`).
package enum PoolingMode: Int, Sendable, Hashable, CaseIterable {
  /// The first token.
  case cls
  /// The largest value of each component.
  case max
  /// The arithmetic mean.
  case mean
  /// The sum divided by the square root of the number of tokens.
  case meanSquareRootLength
  /// The mean with weights 1, 2, … by position.
  case weightedMean
  /// The last token.
  case lastToken
}
