import Foundation
import KernelDispatch
import Kernels
import Testing

@Suite struct VectorMatrixTests {
  /// Dimensions that fill registers and panels, and that leave rests.
  private static let dimensions = [1, 3, 16, 33, 384, 1025]

  private func matrix(_ vectors: [[Float]], _ kernels: KernelSet) -> VectorMatrix {
    var matrix = VectorMatrix(dimensions: vectors[0].count, kernels: kernels)
    for vector in vectors { matrix.append(vector) }
    return matrix
  }

  private func similarities(
    _ a: VectorMatrix, _ b: VectorMatrix, _ metric: VectorMatrix.Metric
  ) -> [Float] {
    var values = [Float](repeating: .nan, count: a.count * b.count)
    a.similarities(of: 0..<a.count, to: b, by: metric, into: &values)
    return values
  }

  /// The value in double precision, and what its error is a share of.
  private func exact(
    _ x: [Float], _ y: [Float], _ metric: VectorMatrix.Metric
  ) -> (value: Double, size: Double) {
    func dot(_ x: [Float], _ y: [Float]) -> Double {
      zip(x, y).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    let lengths = dot(x, x).squareRoot() * dot(y, y).squareRoot()
    switch metric {
    case .cosine:
      return (lengths == 0 ? 0 : dot(x, y) / lengths, 1)
    case .dot:
      return (dot(x, y), lengths)
    case .euclidean:
      let squares = zip(x, y).reduce(0) { sum, pair in
        sum + (Double(pair.0) - Double(pair.1)) * (Double(pair.0) - Double(pair.1))
      }
      return (squares.squareRoot(), squares.squareRoot())
    }
  }

  /// The largest error of all pairs, as a share of what it is measured by.
  private func largestError(
    _ a: [[Float]], _ b: [[Float]], _ metric: VectorMatrix.Metric, _ kernels: KernelSet
  ) -> Double {
    let values = similarities(matrix(a, kernels), matrix(b, kernels), metric)
    var largest = 0.0
    for (row, x) in a.enumerated() {
      for (column, y) in b.enumerated() {
        let (value, size) = exact(x, y, metric)
        let got = values[row * b.count + column]
        // A float has no more digits, and ends at 3.4e38 and 1.4e-45.
        if got == Float(value) { continue }
        largest = max(largest, abs(Double(got) - value) / size)
      }
    }
    return largest
  }

  @Test(arguments: KernelSet.available, dimensions)
  func `similarities are those of double precision within 1e-6`(
    _ kernels: KernelSet, dimensions: Int
  ) {
    var numbers = Numbers(seed: 21)
    let a = (0..<17).map { _ in numbers.array(dimensions) }
    let b = (0..<41).map { _ in numbers.array(dimensions) } + a
    for metric in VectorMatrix.Metric.allCases {
      #expect(largestError(a, b, metric, kernels) < 1e-6, "\(metric)")
    }
  }

  @Test(arguments: KernelSet.available)
  func `tiny, huge and zero vectors are as exact as others`(_ kernels: KernelSet) {
    var numbers = Numbers(seed: 22)
    let scales: [Float] = [
      1, 0, 1e-6, 1e-11, 1e-13, 1e-20, 1e-38, 8 * .leastNonzeroMagnitude, 1e11, 1e13, 1e20, 3e38,
    ]
    let vectors = scales.flatMap { scale in
      (0..<3).map { _ in numbers.array(37).map { $0 * scale } }
    }
    for metric in VectorMatrix.Metric.allCases {
      #expect(largestError(vectors, vectors, metric, kernels) < 1e-6, "\(metric)")
    }
  }

  @Test(arguments: KernelSet.available, dimensions)
  func `a vector's cosine with itself is 1 within 1e-6`(_ kernels: KernelSet, dimensions: Int) {
    var numbers = Numbers(seed: 23)
    var vectors = (0..<50).map { _ in numbers.array(dimensions) }
    // Equal components round off to the same side.
    vectors += (1...50).map { [Float](repeating: Float($0) / 17, count: dimensions) }
    vectors += [1e-30, 1e30].map { [Float](repeating: $0, count: dimensions) }
    let values = similarities(matrix(vectors, kernels), matrix(vectors, kernels), .cosine)
    for index in vectors.indices {
      let value = values[index * vectors.count + index]
      #expect(abs(value - 1) <= 1e-6 && value <= 1)
    }
  }

  @Test(arguments: KernelSet.available, dimensions)
  func `distances of nearly equal vectors keep their digits`(
    _ kernels: KernelSet, dimensions: Int
  ) {
    var numbers = Numbers(seed: 24)
    let a = (0..<5).map { _ in numbers.array(dimensions) }
    let b = a.map { vector in vector.map { $0.nextUp } }
    #expect(largestError(a, b, .euclidean, kernels) < 1e-6)
    let distances = similarities(matrix(a, kernels), matrix(a, kernels), .euclidean)
    for index in a.indices { #expect(distances[index * a.count + index] == 0) }
  }

  @Test(arguments: KernelSet.available)
  func `rows of a range are compared alike`(_ kernels: KernelSet) {
    var numbers = Numbers(seed: 25)
    let vectors = matrix((0..<70).map { _ in numbers.array(20) }, kernels)
    for metric in VectorMatrix.Metric.allCases {
      let all = similarities(vectors, vectors, metric)
      var part = [Float](repeating: .nan, count: 9 * 70 + 1)
      vectors.similarities(of: 31..<40, to: vectors, by: metric, into: &part)
      #expect(Array(part.prefix(9 * 70)) == Array(all[31 * 70..<40 * 70]))
      #expect(part[9 * 70].isNaN)
    }
  }

  @Test(arguments: KernelSet.available, VectorMatrix.Metric.allCases)
  func `the nearest are those of a sort`(_ kernels: KernelSet, metric: VectorMatrix.Metric) {
    var numbers = Numbers(seed: 26)
    // More than a block; every fifth vector twice.
    var vectors: [[Float]] = []
    for index in 0..<700 {
      vectors.append(index % 5 == 4 ? vectors[index - 3] : numbers.array(19))
    }
    let matrix = matrix(vectors, kernels)
    let queries = self.matrix((0..<40).map { _ in numbers.array(19) } + [vectors[3]], kernels)
    let values = similarities(matrix, queries, metric)
    let sorted = (0..<queries.count).map { query in
      (0..<700).sorted {
        let (a, b) = (values[$0 * queries.count + query], values[$1 * queries.count + query])
        return a == b ? $0 < $1 : metric == .euclidean ? a < b : a > b
      }
    }
    for count in [0, 1, 10, 699, 1000] {
      let nearest = matrix.nearest(to: queries, count: count, by: metric)
      #expect(nearest.count == queries.count)
      for query in 0..<queries.count {
        #expect(nearest[query].map(\.index) == Array(sorted[query].prefix(count)))
        #expect(nearest[query].allSatisfy { $0.value == values[$0.index * queries.count + query] })
      }
      #expect(matrix.nearest(to: queries[7], count: count, by: metric) == nearest[7])
    }
  }

  @Test(arguments: KernelSet.available, VectorMatrix.Metric.allCases)
  func `vectors that are no numbers come last`(_ kernels: KernelSet, metric: VectorMatrix.Metric) {
    var numbers = Numbers(seed: 27)
    var vectors = (0..<20).map { _ in numbers.array(5) }
    for (place, nan) in [(0, Float.notANumber[1]), (7, .nan), (8, -.nan), (19, .nan)] {
      vectors[place][place % 5] = nan
    }
    let matrix = matrix(vectors, kernels)
    for count in [3, 16, 18, 20] {
      let nearest = matrix.nearest(to: numbers.array(5), count: count, by: metric)
      let last = Array([0, 7, 8, 19].prefix(max(0, count - 16)))
      #expect(nearest.dropFirst(16).map(\.index) == last)
      #expect(nearest.prefix(16).allSatisfy { !$0.value.isNaN })
    }
    let query = [Float](repeating: .nan, count: 5)
    #expect(matrix.nearest(to: query, count: 3, by: metric).map(\.index) == [0, 1, 2])
    vectors[3][2] = .infinity
    let infinite = self.matrix(vectors, kernels).nearest(
      to: numbers.array(5), count: 20, by: metric)
    #expect(Set(infinite.map(\.index)) == Set(0..<20))
  }

  @Test func `a matrix of no vectors has no neighbors`() {
    let empty = VectorMatrix(dimensions: 4)
    #expect(empty.nearest(to: [1, 2, 3, 4], count: 3, by: .cosine) == [])
    var full = empty
    full.append([1, 2, 3, 4])
    #expect(full.nearest(to: empty, count: 3, by: .cosine) == [])
    #expect(similarities(full, empty, .dot) == [])
    #expect(full[0] == [1, 2, 3, 4])
  }
}
