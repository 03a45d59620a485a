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
    let queries = queries.map(QuantizedQuery.init)
    for query in queries {
      precondition(query.dimensions == dimensions, "vectors of the same dimensions are compared")
    }
    let found = select(rows, for: queries.count, count: count, margin: nil, allowed: allowed) {
      query, rows, scores in
      codes.withUnsafeBufferPointer { codes in
        factors.withUnsafeBufferPointer { factors in
          guard let codes = codes.baseAddress, let factors = factors.baseAddress else { return }
          kernels.codeProducts(
            codes + rows.lowerBound * columns, count: rows.count, columns: columns,
            with: queries[query].codes, factors: factors + rows.lowerBound, into: scores)
        }
      }
    }
    // A query's own factor changes no order.
    return zip(queries, found).map { query, found in
      found.map { VectorMatrix.Neighbor(index: $0.index, value: $0.value * query.factor) }
    }
  }
}

/// A query in up to sixteen bits a component.
private struct QuantizedQuery {
  let dimensions: Int
  /// Filled up with zeros to a multiple of 64.
  let codes: [Int16]
  /// What makes a unit vector of the codes.
  let factor: Float

  init(_ query: [Float]) {
    dimensions = query.count
    var codes = [Int16](repeating: 0, count: (query.count + 63) / 64 * 64)
    // No sum of products leaves 31 bits.
    let limit = min(Int(Int16.max), Int(Int32.max) / (127 * codes.count))
    factor = Quantization(query, limit: Float(limit), into: &codes).factor
    self.codes = codes
  }
}
