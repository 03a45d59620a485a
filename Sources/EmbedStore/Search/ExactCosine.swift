/// Cosines with one vector in double precision, as llm computes them.
struct ExactCosine: Sendable {
  private let vector: [Float]
  private let length: Double

  init(with vector: [Float]) {
    self.vector = vector
    length = Self.length(vector)
  }

  /// The cosine, but never beyond 1, and 0 for a vector of zeros; NaN for one that is not finite.
  ///
  /// - Precondition: the vector is as long.
  func callAsFunction(_ other: [Float]) -> Double {
    precondition(other.count == vector.count, "vectors of the same dimensions are compared")
    var product = 0.0
    for index in vector.indices { product += Double(other[index]) * Double(vector[index]) }
    let lengths = Self.length(other) * length
    let cosine = lengths == 0 ? 0 : product / lengths
    // `min` and `max` would make a number of NaN.
    return cosine > 1 ? 1 : cosine < -1 ? -1 : cosine
  }

  private static func length(_ vector: [Float]) -> Double {
    vector.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
  }
}
