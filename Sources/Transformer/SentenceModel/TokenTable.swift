package import Kernels

/// A table of vectors for tokens, whose mean is a text's.
///
/// Source: `StaticEmbedding` of sentence-transformers 6.2 (`sentence_transformer/modules/static_embedding.py`), and
/// `StaticModel` of Model2Vec 0.10 (`model2vec/model.py`).
package struct TokenTable: Sendable {
  /// `(vocabulary, dimensions)`.
  private let vectors: WeightMatrix
  private let kernels: KernelSet

  package init(_ vectors: WeightMatrix, kernels: KernelSet) {
    self.vectors = vectors
    self.kernels = kernels
  }

  /// The mean of the vectors of a sequence's tokens; zeros for no tokens.
  ///
  /// - Complexity: O(tokens · dimensions).
  func mean(of ids: ArraySlice<Int32>) -> [Float] {
    var mean = [Float](repeating: 0, count: vectors.columns)
    kernels.addRows(of: vectors, ids, into: &mean, factor: 1 / Float(ids.count))
    return mean
  }

  /// The vector of a token.
  func vector(of id: Int32) -> [Float] {
    var vector = [Float](repeating: 0, count: vectors.columns)
    kernels.addRows(of: vectors, [id], into: &vector, factor: 1)
    return vector
  }
}
