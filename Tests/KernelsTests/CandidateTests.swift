import Foundation
import KernelDispatch
import Kernels
import Testing

/// The rows that may be nearest.
@Suite struct CandidateTests {
  private static let dimensions = [1, 15, 64, 65, 384, 1000]

  private func cosine(_ x: [Float], _ y: [Float]) -> Double {
    func dot(_ x: [Float], _ y: [Float]) -> Double {
      zip(x, y).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    let lengths = dot(x, x).squareRoot() * dot(y, y).squareRoot()
    return lengths == 0 ? 0 : dot(x, y) / lengths
  }

  private func filled<Matrix: CandidateMatrix>(_ matrix: Matrix, _ vectors: [[Float]]) -> Matrix {
    var matrix = matrix
    matrix.reserveCapacity(vectors.count)
    for vector in vectors { matrix.append(vector) }
    return matrix
  }

  /// The rows of the greatest cosines, by brute force in double precision.
  private func nearest(_ count: Int, _ query: [Float], _ vectors: [[Float]]) -> [Int] {
    let cosines = vectors.map { cosine($0, query) }
    return Array(cosines.indices.sorted { cosines[$0] > cosines[$1] }.prefix(count))
  }

  @Test(arguments: KernelSet.available, dimensions)
  func `sixteen bits a component give the cosine to four digits`(
    _ kernels: KernelSet, dimensions: Int
  ) {
    var numbers = Numbers(seed: 51)
    // Of any size: the scale is each vector's own.
    let sizes: [Float] = [1, 1e-38, 1e-3, 1e30]
    let vectors = (0..<40).map { row in
      numbers.array(dimensions).map { $0 * sizes[row % sizes.count] }
    }
    let queries = [numbers.array(dimensions), numbers.array(dimensions).map { $0 * 1e-30 }]
    let matrix = filled(SixteenBitMatrix(dimensions: dimensions, kernels: kernels), vectors)
    // Alone and together: by other kernels.
    for queries in [[queries[0]], queries] {
      let found = matrix.candidates(for: queries, in: 0..<40, count: 40, allowed: nil)
      for (query, found) in zip(queries, found) {
        #expect(found.count == 40)
        for match in found {
          #expect(abs(Double(match.value) - cosine(vectors[match.index], query)) < 3e-5)
        }
      }
    }
  }

  @Test(arguments: KernelSet.available, [1, 2, 40])
  func `the nearest are among the candidates`(_ kernels: KernelSet, queryCount: Int) {
    var numbers = Numbers(seed: 52)
    var vectors = (0..<1500).map { _ in numbers.array(33) }
    // As near as single precision cannot tell.
    for copy in 0..<20 {
      var vector = vectors[700]
      vector[copy] = vector[copy].nextUp
      vectors[copy * 70] = vector
    }
    let matrix = filled(SixteenBitMatrix(dimensions: 33, kernels: kernels), vectors)
    let queries = [vectors[700]] + (1..<queryCount).map { _ in numbers.array(33) }
    let candidates = matrix.candidates(for: queries, in: 0..<1500, count: 10, allowed: nil)
    #expect(candidates.count == queryCount)
    for (query, candidates) in zip(queries, candidates) {
      #expect(Set(candidates.map(\.index)).isSuperset(of: nearest(10, query, vectors)))
      #expect(candidates.count < 40)
      for candidate in candidates {
        #expect(abs(Double(candidate.value) - cosine(vectors[candidate.index], query)) < 3e-5)
      }
    }
    #expect(Set(candidates[0].map(\.index)).isSuperset(of: (0..<20).map { $0 * 70 }))
  }

  @Test(arguments: KernelSet.available, [1, 3])
  func `vectors that rounding puts in the wrong order are all candidates`(
    _ kernels: KernelSet, queryCount: Int
  ) {
    // All components of the one are rounded down and of the other up, by half a step.
    let first = [32_767] + [Float](repeating: 3000.49, count: 98) + [3000]
    let second = [32_767] + [Float](repeating: 3000.51, count: 98) + [2950]
    let query = [Float](repeating: 1, count: 100)
    #expect(cosine(first, query) > cosine(second, query))
    let matrix = filled(SixteenBitMatrix(dimensions: 100, kernels: kernels), [second, first])
    let queries = [[Float]](repeating: query, count: queryCount)
    for found in matrix.candidates(for: queries, in: 0..<2, count: 1, allowed: nil) {
      #expect(found.map(\.index) == [0, 1])
    }
  }

  @Test(arguments: KernelSet.available)
  func `long vectors that single precision confuses are all candidates`(_ kernels: KernelSet) {
    // Of equal components, every step of a sum is rounded the same way.
    let dimensions = 4000
    var query = [Float](repeating: 0.37, count: dimensions)
    for index in (dimensions - 200)..<dimensions { query[index] = 0 }
    var first = [Float](repeating: 0.713_827_79, count: dimensions)
    first[dimensions - 1] *= 0.9999
    let second = [Float](repeating: 0.654_813_47, count: dimensions)
    #expect(cosine(first, query) > cosine(second, query))
    let matrix = filled(
      SixteenBitMatrix(dimensions: dimensions, kernels: kernels), [second, first])
    let found = matrix.candidates(for: [query], in: 0..<2, count: 1, allowed: nil)[0]
    #expect(found.map(\.index).contains(1))
  }

  @Test(arguments: [1, 3])
  func `candidates are of the range and of the allowed rows`(queryCount: Int) {
    var numbers = Numbers(seed: 53)
    let vectors = (0..<900).map { _ in numbers.array(24) }
    let queries = (0..<queryCount).map { _ in numbers.array(24) }
    let allowed = (0..<900).map { $0 % 3 == 1 }
    let rows = (300..<880).filter { allowed[$0] }
    func check(_ matrix: some CandidateMatrix, _ contain: Bool) {
      let candidates = matrix.candidates(for: queries, in: 300..<880, count: 5, allowed: allowed)
      for (query, candidates) in zip(queries, candidates) {
        #expect(candidates.allSatisfy { rows.contains($0.index) })
        #expect(candidates.count >= 5)
        let best = nearest(5, query, rows.map { vectors[$0] }).map { rows[$0] }
        #expect(!contain || Set(candidates.map(\.index)).isSuperset(of: best))
      }
    }
    check(filled(SixteenBitMatrix(dimensions: 24), vectors), true)
    check(filled(EightBitMatrix(dimensions: 24), vectors), false)
    check(filled(SignMatrix(dimensions: 24), vectors), false)
  }

  @Test func `of equally near rows, all are candidates, or the first where scores are final`() {
    let same = [[Float]](repeating: [1, 2, 3], count: 5000)
    let query: [Float] = [3, 2, 1]
    let all = filled(SixteenBitMatrix(dimensions: 3), same)
      .candidates(for: [query], in: 0..<5000, count: 3, allowed: nil)[0]
    #expect(all.map(\.index) == Array(0..<5000))
    for first in [
      filled(EightBitMatrix(dimensions: 3), same)
        .candidates(for: [query], in: 0..<5000, count: 3, allowed: nil)[0],
      filled(SignMatrix(dimensions: 3), same)
        .candidates(for: [query], in: 0..<5000, count: 3, allowed: nil)[0],
    ] {
      #expect(first.map(\.index) == [0, 1, 2])
    }
  }

  @Test func `no row is nearest when none is wanted`() {
    let matrix = filled(SixteenBitMatrix(dimensions: 1), [[1], [2]])
    #expect(matrix.candidates(for: [[1]], in: 0..<2, count: 0, allowed: nil) == [[]])
    #expect(matrix.candidates(for: [], in: 0..<2, count: 1, allowed: nil) == [])
    #expect(
      filled(SignMatrix(dimensions: 1), [[1], [2]])
        .candidates(for: [[1]], in: 0..<2, count: 0, allowed: nil) == [[]])
  }

  @Test(arguments: KernelSet.available, dimensions)
  func `eight bits a component give the cosine to three digits`(
    _ kernels: KernelSet, dimensions: Int
  ) {
    var numbers = Numbers(seed: 54)
    // Of any size: the scale is each vector's own.
    let sizes: [Float] = [1, 1e-38, 1e-3, 1e30]
    let vectors = (0..<200).map { row in
      numbers.array(dimensions).map { $0 * sizes[row % sizes.count] }
    }
    let query = numbers.array(dimensions)
    let matrix = filled(EightBitMatrix(dimensions: dimensions, kernels: kernels), vectors)
    let found = matrix.candidates(for: [query], in: 0..<200, count: 200, allowed: nil)[0]
    #expect(found.count == 200)
    for match in found {
      // The error of a component is at most half a step, that of the sum grows with its root.
      #expect(abs(Double(match.value) - cosine(vectors[match.index], query)) < 0.008)
    }
  }

  @Test(arguments: KernelSet.available)
  func `sums of eight-bit products do not overflow`(_ kernels: KernelSet) {
    for dimensions in [64, 4096, 20_000] {
      let vectors = [[Float]](repeating: [Float](repeating: -2, count: dimensions), count: 1)
      let matrix = filled(EightBitMatrix(dimensions: dimensions, kernels: kernels), vectors)
      let query = [Float](repeating: 0.5, count: dimensions)
      let found = matrix.candidates(for: [query], in: 0..<1, count: 1, allowed: nil)[0]
      #expect(abs(found[0].value + 1) < 1e-5)
    }
  }

  @Test(arguments: KernelSet.available)
  func `zeros have the cosine 0 in eight bits, and what is no number is no candidate`(
    _ kernels: KernelSet
  ) {
    let vectors: [[Float]] = [[0, 0], [.nan, 1], [1, .infinity], [-1, 0]]
    let matrix = filled(EightBitMatrix(dimensions: 2, kernels: kernels), vectors)
    let found = matrix.candidates(for: [[1, 0]], in: 0..<4, count: 4, allowed: nil)[0]
    #expect(found.map(\.index) == [0, 3])
    #expect(found.map(\.value) == [0, -1])
  }

  @Test(arguments: KernelSet.available, dimensions)
  func `one bit a component counts the signs in common`(_ kernels: KernelSet, dimensions: Int) {
    var numbers = Numbers(seed: 55)
    let vectors = (0..<300).map { _ in numbers.array(dimensions) }
    let query = numbers.array(dimensions)
    let matrix = filled(SignMatrix(dimensions: dimensions, kernels: kernels), vectors)
    let found = matrix.candidates(for: [query], in: 0..<300, count: 20, allowed: nil)[0]
    func differing(_ vector: [Float]) -> Int {
      zip(vector, query).count { ($0 > 0) != ($1 > 0) }
    }
    let width = (dimensions + 63) / 64 * 64
    #expect(found.allSatisfy { Int($0.value) == width - differing(vectors[$0.index]) })
    let expected = vectors.indices.sorted {
      let (a, b) = (differing(vectors[$0]), differing(vectors[$1]))
      return a == b ? $0 < $1 : a < b
    }
    #expect(found.map(\.index) == Array(expected.prefix(20)))
  }

  @Test func `rows that are no numbers are no candidates`() {
    let matrix = filled(
      SixteenBitMatrix(dimensions: 2), [[.nan, 1], [1, 1], [.infinity, 0], [0, 0]])
    let found = matrix.candidates(for: [[1, 0]], in: 0..<4, count: 4, allowed: nil)[0]
    #expect(found.map(\.index) == [1, 3])
    let none = matrix.candidates(for: [[.nan, 0]], in: 0..<4, count: 4, allowed: nil)
    #expect(none == [[]])
  }
}
