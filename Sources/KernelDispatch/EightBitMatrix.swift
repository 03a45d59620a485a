package import Kernels

/// Vectors with eight bits a component, which take a quarter of the memory: each has a scale of its own, by which its
/// largest component is 127.
///
/// A query keeps up to 15 bits. Cosines of sentence embeddings are within about 0.002 of the exact ones.
package struct EightBitMatrix: CandidateMatrix {
  package static let oversampling = 4

  package let dimensions: Int
  package var count: Int { factors.count }
  private let kernels: KernelSet
  /// The codes of a row, filled up with zeros: a multiple of 64.
  private let columns: Int
  /// `(count, columns)`, from -127 to 127.
  private var codes: [Int8] = []
  /// What makes unit vectors of the codes; 0 of zeros, NaN of what is not finite.
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
    let start = codes.count
    codes.append(contentsOf: repeatElement(0, count: columns))
    let quantization = codes.withUnsafeMutableBufferPointer { codes in
      Quantization(vector, limit: 127, into: &codes[start])
    }
    factors.append(quantization.factor)
  }

  package func candidates(
    for queries: [[Float]], in rows: Range<Int>, count: Int, allowed: [Bool]?
  ) -> [[VectorMatrix.Neighbor]] {
    queries.map { query in
      precondition(query.count == dimensions, "vectors of the same dimensions are compared")
      // No sum of products leaves 31 bits.
      let limit = min(Int(Int16.max), Int(Int32.max) / (127 * columns))
      var padded = [Int16](repeating: 0, count: columns)
      let quantization = Quantization(query, limit: Float(limit), into: &padded)
      let found = select(rows, count: count, margin: nil, allowed: allowed) { rows, scores in
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
        VectorMatrix.Neighbor(index: $0.index, value: $0.value * quantization.factor)
      }
    }
  }
}
