package import Kernels

/// Vectors with eight bits a component, which take a quarter of the memory: each has a scale of its own, by which its
/// largest component is 127.
///
/// A query keeps up to 15 bits. Cosines of sentence embeddings are within about 0.002 of the exact ones.
package struct QuantizedMatrix: CandidateMatrix {
  package static let oversampling = 4

  package let dimensions: Int
  package var count: Int { factors.count }
  private let kernels: KernelSet
  /// The codes of a row, filled up with zeros: a multiple of 64.
  private let columns: Int
  /// `(count, columns)`, from -127 to 127.
  private var codes: [Int8] = []
  /// What makes unit vectors of the codes; 0 of what has no direction.
  private var factors: [Float] = []

  package init(dimensions: Int) { self.init(dimensions: dimensions, kernels: .quickest) }

  package init(dimensions: Int, kernels: KernelSet) {
    precondition(dimensions > 0, "a vector has components")
    self.dimensions = dimensions
    self.kernels = kernels
    columns = (dimensions + 63) / 64 * 64
  }

  package mutating func reserveCapacity(_ count: Int) {
    codes.reserveCapacity(count * columns)
    codes.preferHugePages()
    factors.reserveCapacity(count)
  }

  package mutating func append(_ vector: [Float]) {
    precondition(vector.count == dimensions, "all vectors of a matrix have the same dimensions")
    let quantized = Quantized(vector, limit: 127)
    for code in quantized.codes { codes.append(Int8(truncatingIfNeeded: code)) }
    codes.append(contentsOf: repeatElement(0, count: columns - dimensions))
    factors.append(quantized.factor)
  }

  package func candidates(
    for queries: [[Float]], in rows: Range<Int>, count: Int, allowed: [Bool]?
  ) -> [[VectorMatrix.Neighbor]] {
    queries.map { query in
      precondition(query.count == dimensions, "vectors of the same dimensions are compared")
      // No sum of products leaves 31 bits.
      let limit = min(Int(Int16.max), Int(Int32.max) / (127 * columns))
      let quantized = Quantized(query, limit: Float(limit))
      let padded =
        quantized.codes.map { Int16(truncatingIfNeeded: $0) }
        + repeatElement(0, count: columns - dimensions)
      let found = select(rows, count: count, allowed: allowed) { rows, scores in
        codes.withUnsafeBufferPointer { codes in
          factors.withUnsafeBufferPointer { factors in
            padded.withUnsafeBufferPointer { query in
              guard let codes = codes.baseAddress, let factors = factors.baseAddress,
                let query = query.baseAddress
              else { return }
              kernels.codeProducts(
                codes + rows.lowerBound * columns, count: rows.count, columns: columns, with: query,
                factors: factors + rows.lowerBound, into: scores)
            }
          }
        }
      }
      // The query's own factor changes no order.
      return found.map {
        VectorMatrix.Neighbor(index: $0.index, value: $0.value * quantized.factor)
      }
    }
  }
}

/// A vector as whole numbers.
private struct Quantized {
  /// From -`limit` to `limit`.
  let codes: [Int32]
  /// What the codes are multiplied by to make a unit vector; 0 of what has no direction.
  let factor: Float

  init(_ vector: [Float], limit: Float) {
    var largest: Float = 0
    for component in vector { largest = max(largest, abs(component)) }
    guard largest > 0, vector.allSatisfy(\.isFinite) else {
      codes = [Int32](repeating: 0, count: vector.count)
      factor = 0
      return
    }
    // In two steps: a scale by itself may leave the range of floats.
    let codes = vector.map { Int32(($0 / largest * limit).rounded()) }
    let squares = codes.reduce(0.0) { $0 + Double($1) * Double($1) }
    self.codes = codes
    factor = Float(1 / squares.squareRoot())
  }
}
