/// A vector over a vocabulary of which few components are not 0: how much each token stands for a text's meaning.
///
/// The form is that of vector databases and of FastEmbed: indices in ascending order, and their values.
public struct SparseEmbedding: Sendable, Hashable, Codable {
  /// The ids of the tokens, ascending.
  public let indices: [Int32]
  /// The weights, one an index, none of them 0.
  public let values: [Float]
  /// How many tokens of the input were used, special tokens included.
  public let tokenCount: Int
  /// Whether the end of the input was cut off.
  public let isTruncated: Bool

  /// Takes the components of a vector that are not 0.
  ///
  /// - Complexity: O(`vector.count`).
  public init(_ vector: [Float], tokenCount: Int = 0, isTruncated: Bool = false) {
    self.tokenCount = tokenCount
    self.isTruncated = isTruncated
    indices = vector.indices.filter { vector[$0] != 0 }.map(Int32.init)
    values = vector.filter { $0 != 0 }
  }

  /// The sum of the products of the components that both have, accumulated in double precision.
  ///
  /// - Complexity: O(number of components that are not 0).
  public func dotProduct(with other: SparseEmbedding) -> Double {
    var sum = 0.0
    var (mine, theirs) = (0, 0)
    while mine < indices.count, theirs < other.indices.count {
      let (index, otherIndex) = (indices[mine], other.indices[theirs])
      if index == otherIndex { sum += Double(values[mine]) * Double(other.values[theirs]) }
      if index <= otherIndex { mine += 1 }
      if otherIndex <= index { theirs += 1 }
    }
    return sum
  }
}
