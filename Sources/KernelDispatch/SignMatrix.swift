package import Kernels

/// Vectors with one bit a component, its sign, which take a thirty-second of the memory: the more signs two have in
/// common, the nearer they are likely to be.
///
/// Source: Charikar, "Similarity estimation techniques from rounding algorithms", STOC 2002.
package struct SignMatrix: CandidateMatrix {
  package static let oversampling = 20

  package let dimensions: Int
  package private(set) var count = 0
  private let kernels: KernelSet
  /// The words of a row.
  private let words: Int
  /// `(count, words)`; a bit is set where the component is positive.
  private var bits: [UInt64] = []

  package init(dimensions: Int) { self.init(dimensions: dimensions, kernels: .quickest) }

  package init(dimensions: Int, kernels: KernelSet) {
    precondition(dimensions > 0, "a vector has components")
    self.dimensions = dimensions
    self.kernels = kernels
    words = (dimensions + 63) / 64
  }

  package mutating func reserveCapacity(_ count: Int) { bits.reserveCapacity(count * words) }

  package mutating func append(_ vector: [Float]) {
    precondition(vector.count == dimensions, "all vectors of a matrix have the same dimensions")
    bits += Self.signs(of: vector)
    count += 1
  }

  private static func signs(of vector: [Float]) -> [UInt64] {
    stride(from: 0, to: vector.count, by: 64).map { first in
      var word: UInt64 = 0
      for index in first..<min(vector.count, first + 64) where vector[index] > 0 {
        word |= 1 << UInt64(index - first)
      }
      return word
    }
  }

  package func candidates(
    for queries: [[Float]], in rows: Range<Int>, count: Int, allowed: [Bool]?
  ) -> [[VectorMatrix.Neighbor]] {
    let signs = queries.map { query in
      precondition(query.count == dimensions, "vectors of the same dimensions are compared")
      return Self.signs(of: query)
    }
    return select(rows, for: queries.count, count: count, margin: nil, allowed: allowed) {
      query, rows, scores in
      bits.withUnsafeBufferPointer { bits in
        guard let bits = bits.baseAddress else { return }
        kernels.equalBits(
          bits + rows.lowerBound * words, count: rows.count, words: words, with: signs[query],
          into: scores)
      }
    }
  }
}
