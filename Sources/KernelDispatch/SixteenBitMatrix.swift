package import Kernels

/// Vectors with sixteen bits a component, which take half of the memory and half of the time to read it: each has a
/// scale of its own, by which its largest component is 32,767.
///
/// The error of a cosine has a bound, so that the nearest are always among the candidates: all rows that it may hide.
package struct SixteenBitMatrix: CandidateMatrix {
  /// A row is a candidate because of its error, not instead of others.
  package static let oversampling = 1

  package let dimensions: Int
  package var count: Int { factors.count }
  private let kernels: KernelSet
  /// The codes of a row, filled up with zeros: a multiple of 64.
  private let columns: Int
  /// `(count, columns)`.
  private var codes: [Int16] = []
  /// What makes unit vectors of the codes; 0 of zeros, NaN of what is not finite.
  private var factors: [Float] = []
  /// The least length of a row of codes: the shorter one is, the more is lost by rounding.
  private var leastLength = Double.infinity

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
      Quantization(vector, limit: 32_767, into: &codes[start])
    }
    factors.append(quantization.factor)
    if quantization.length > 0 { leastLength = min(leastLength, quantization.length) }
  }

  /// The rows that may be among the `count` nearest to each of some queries by the cosine, the nearest first.
  ///
  /// All rows are returned that may be among the nearest when the cosine is computed without error; most often these are
  /// hardly more than `count`. Rows whose cosine is NaN are not returned.
  ///
  /// - Parameters:
  ///   - queries: vectors of the matrix's dimensions; they are laid out anew in every call.
  ///   - rows: where is searched.
  ///   - count: the number of the nearest.
  ///   - allowed: whether a row may be returned, of all rows of the matrix; nil for all.
  /// - Complexity: O(n · q · `dimensions`) for n rows and q queries, if few are as near as the nearest.
  package func candidates(
    for queries: [[Float]], in rows: Range<Int>, count: Int, allowed: [Bool]?
  ) -> [[VectorMatrix.Neighbor]] {
    let queries = queries.map { query in
      precondition(query.count == dimensions, "vectors of the same dimensions are compared")
      return unit(query) + repeatElement(0, count: columns - dimensions)
    }
    if queries.count == 1 {
      return select(rows, for: 1, count: count, margin: margin, allowed: allowed) {
        _, rows, scores in
        withCodes(of: rows) { codes, factors in
          kernels.wordProducts(
            codes, count: rows.count, columns: columns, with: queries[0], factors: factors,
            into: scores)
        }
      }
    }
    return candidates(forMany: queries, in: rows, count: count, allowed: allowed)
  }

  /// The same by a product of matrices, with blocks of rows as floats that stay in the cache.
  private func candidates(
    forMany queries: [[Float]], in rows: Range<Int>, count: Int, allowed: [Bool]?
  ) -> [[VectorMatrix.Neighbor]] {
    checkSearch(rows, allowed)
    let products = kernels.products
    let width = products.panelWidth
    let panelCount = products.panelCount(queries.count)
    // The queries, `(panelCount, columns, width)`; rows as unit vectors, `(blockSize, columns)`; scores, `(blockSize, width)`.
    var panelMemory = ScratchMemory()
    var rowMemory = ScratchMemory()
    var scoreMemory = ScratchMemory()
    let panels = panelMemory.floats(panelCount * width * columns)
    let block = rowMemory.floats(Self.blockSize * columns)
    let scores = scoreMemory.floats(Self.blockSize * width)
    products.pack(queries.flatMap(\.self), rows: queries.count, columns: columns, into: panels)
    var selections = [CandidateSelection](
      repeating: CandidateSelection(count: count, margin: margin), count: queries.count)
    for first in stride(from: rows.lowerBound, to: rows.upperBound, by: Self.blockSize) {
      let rows = first..<min(rows.upperBound, first + Self.blockSize)
      withCodes(of: rows) { codes, factors in
        kernels.widenWords(
          codes, count: rows.count, columns: columns, factors: factors, into: block)
        for panel in 0..<panelCount {
          products.multiply(
            block, rows: rows.count, depth: columns, by: panels + panel * width * columns,
            columns: width, into: scores, stride: width)
          for query in panel * width..<min(queries.count, (panel + 1) * width) {
            selections[query].offer(
              scores + (query - panel * width), stride: width, rows, allowed: allowed)
          }
        }
      }
    }
    return selections.indices.map { selections[$0].finish() }
  }

  /// The rows that are compared with all queries while they are in the cache.
  private static let blockSize = 256

  /// The codes and factors of a range of rows.
  private func withCodes(
    of rows: Range<Int>, _ body: (UnsafePointer<Int16>, UnsafePointer<Float>) -> Void
  ) {
    codes.withUnsafeBufferPointer { codes in
      factors.withUnsafeBufferPointer { factors in
        guard let codes = codes.baseAddress, let factors = factors.baseAddress else { return }
        body(codes + rows.lowerBound * columns, factors + rows.lowerBound)
      }
    }
  }

  /// The vector of length 1 in the direction of another; zeros of zeros, NaN of what is not finite.
  private func unit(_ vector: [Float]) -> [Float] {
    let length = vector.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    return vector.map { length == 0 ? 0 : Float(Double($0) / length) }
  }

  /// More than twice the error of a cosine.
  ///
  /// Rounding moves each code by hardly more than a half, and the end of a row of codes by at most √n / 2; the unit
  /// vector turns by no more than that over its length. Then each of the sums, of a fourth of the dimensions at most, may
  /// lose the half of the last of 24 bits in each step.
  private var margin: Float {
    let rounding = 0.51 * Double(dimensions).squareRoot() / leastLength
    return Float(2.02 * rounding) + 5e-6 + 6e-8 * Float(columns) / 4
  }
}
