package import Kernels

/// Vectors of the same dimensions, one after the other in memory, and what is near what among them.
///
/// ```swift
/// var vectors = VectorMatrix(dimensions: 384)
/// for embedding in embeddings { vectors.append(embedding) }
/// let nearest = vectors.nearest(to: query, count: 10, by: .cosine)
/// ```
package struct VectorMatrix: VectorContainer {
  /// How alike two vectors are.
  package enum Metric: Sendable, Hashable, CaseIterable {
    /// The cosine of the angle between them, from -1 to 1; 0 when either is all zero. More is nearer.
    case cosine
    /// The sum of the products of their components. More is nearer.
    case dot
    /// The straight-line distance. Less is nearer.
    case euclidean
  }

  /// A vector that was found.
  package struct Neighbor: Sendable, Hashable {
    /// Its place in the matrix.
    package let index: Int
    /// Its cosine, dot product or distance.
    package let value: Float
  }

  /// The components of each vector.
  package let dimensions: Int
  /// The number of vectors.
  package var count: Int { inverseLengths.count }
  /// `(count, dimensions)`.
  package private(set) var components: [Float] = []

  let kernels: KernelSet
  /// What a dot product is multiplied by for a cosine; 0 where the length is.
  private(set) var inverseLengths: [Float] = []
  /// The vectors whose products may leave the range of floats, in order: what has to do with them is computed in double
  /// precision.
  private var extremes: [Int] = []

  /// The extremes of a range of vectors.
  ///
  /// - Complexity: O(log n + m) for m of n extremes.
  func extremes(in range: Range<Int>) -> ArraySlice<Int> {
    func place(of index: Int) -> Int {
      var (low, high) = (0, extremes.count)
      while low < high {
        let middle = (low + high) / 2
        if extremes[middle] < index { low = middle + 1 } else { high = middle }
      }
      return low
    }
    return extremes[place(of: range.lowerBound)..<place(of: range.upperBound)]
  }

  package init(dimensions: Int) { self.init(dimensions: dimensions, kernels: .quickest) }

  /// Makes a matrix without vectors.
  package init(dimensions: Int, kernels: KernelSet) {
    precondition(dimensions > 0, "a vector has components")
    self.dimensions = dimensions
    self.kernels = kernels
  }

  package mutating func append(_ vector: [Float]) { append(vector[...]) }

  /// Makes room for so many vectors.
  package mutating func reserveCapacity(_ count: Int) {
    components.reserveCapacity(count * dimensions)
    components.preferHugePages()
    inverseLengths.reserveCapacity(count)
  }

  /// Adds a vector at the end.
  ///
  /// - Precondition: it has the matrix's dimensions.
  /// - Complexity: O(`dimensions`), amortized.
  package mutating func append(_ vector: some Collection<Float>) {
    precondition(vector.count == dimensions, "all vectors of a matrix have the same dimensions")
    components.append(contentsOf: vector)
    let squares = components.withUnsafeBufferPointer { components in
      Self.sumOfSquares(components[(components.count - dimensions)...])
    }
    let isOrdinary = squares == 0 || Self.ordinarySquares.contains(squares)
    if !isOrdinary { extremes.append(count) }
    inverseLengths.append(squares > 0 && isOrdinary ? Float(1 / squares.squareRoot()) : 0)
  }

  /// The sum of squares in double precision, by four sums side by side: one alone waits for each addition.
  private static func sumOfSquares(_ vector: Slice<UnsafeBufferPointer<Float>>) -> Double {
    func square(_ index: Int) -> Double { Double(vector[index]) * Double(vector[index]) }
    var (a, b, c, d) = (0.0, 0.0, 0.0, 0.0)
    var index = vector.startIndex
    while index + 4 <= vector.endIndex {
      a += square(index)
      b += square(index + 1)
      c += square(index + 2)
      d += square(index + 3)
      index += 4
    }
    return (index..<vector.endIndex).reduce((a + b) + (c + d)) { $0 + square($1) }
  }

  /// The squared lengths at which neither products nor differences leave the range of floats, where a product that
  /// underflows is nothing beside the lengths; NaN is outside.
  private static let ordinarySquares = 1e-24...1e24

  /// The square of a vector's Euclidean length.
  ///
  /// - Complexity: O(`dimensions`).
  package func squaredLength(_ index: Int) -> Double {
    components.withUnsafeBufferPointer {
      Self.sumOfSquares($0[index * dimensions..<(index + 1) * dimensions])
    }
  }

  /// A copy of one vector.
  ///
  /// - Complexity: O(`dimensions`).
  package subscript(index: Int) -> [Float] {
    Array(components[index * dimensions..<(index + 1) * dimensions])
  }
}
