import KernelDispatch

/// The directions in which the rows of a matrix vary most, and the place of each row along them.
///
/// Subspace iteration on the rows as they are, from which their mean is taken off in passing: no covariances are formed.
/// A few more directions than are wanted make it converge in tens of steps.
///
/// Source: Halko, Martinsson and Tropp, "Finding structure with randomness", SIAM Review 2011, algorithm 4.4; the values
/// come from the Rayleigh–Ritz procedure.
struct PrincipalComponents: Sendable {
  /// Orthonormal directions, the one with the greatest variance first: `(count, dimensions)`.
  let directions: [[Double]]
  /// The variance of the rows along each, the greatest first.
  let variances: [Double]
  /// The sum of the variances of all components.
  let totalVariance: Double
  /// The places of the rows, `(rows, count)`.
  let places: [[Double]]

  /// Directions beyond those that are wanted.
  private static let oversampling = 6
  private static let maximumSteps = 100
  /// The relative change of the variances at which they are taken for final.
  private static let tolerance = 1e-7

  /// Finds the first components.
  ///
  /// - Throws: `CancellationError`.
  /// - Complexity: O(n · dimensions · `count`) for n rows, a few tens of times.
  init(of matrix: VectorMatrix, count: Int, seed: UInt64) async throws {
    let mean = try await Self.mean(of: matrix)
    totalVariance = try await Self.totalVariance(of: matrix, mean: mean)
    var generator = SplitMix64(seed: seed)
    let width = min(count + Self.oversampling, matrix.dimensions)
    var basis = OrthonormalBasis.orthonormalized(
      (0..<width).map { _ in (0..<matrix.dimensions).map { _ in generator.unit() - 0.5 } })
    var step = try await Step(matrix, mean: mean, basis)
    var (values, rotation) = SymmetricEigenvalues.of(step.covariances)
    for _ in 0..<Self.maximumSteps {
      // The basis, turned to the axes of the variance within it, is carried on by the covariances.
      basis = OrthonormalBasis.orthonormalized(
        rotation.map { Self.combination(step.images, $0) })
      step = try await Step(matrix, mean: mean, basis)
      let before = values
      (values, rotation) = SymmetricEigenvalues.of(step.covariances)
      let isFinal = zip(values, before).prefix(count).allSatisfy {
        abs($0 - $1) <= Self.tolerance * $0
      }
      if isFinal { break }
    }
    let axes = rotation.prefix(count).map { Self.withSign(Self.combination(basis, $0)) }
    directions = axes
    variances = values.prefix(count).map { max(0, $0) }
    places = try await Self.places(of: matrix, mean: mean, along: axes)
  }

  /// The sum of vectors, each with its weight.
  private static func combination(_ vectors: [[Double]], _ weights: [Double]) -> [Double] {
    var sum = [Double](repeating: 0, count: vectors[0].count)
    for (vector, weight) in zip(vectors, weights) {
      for place in sum.indices { sum[place] += weight * vector[place] }
    }
    return sum
  }

  /// The direction or its opposite: that whose largest component is positive, so that the choice is the same always.
  private static func withSign(_ direction: [Double]) -> [Double] {
    let largest = direction.max { abs($0) < abs($1) } ?? 0
    return largest < 0 ? direction.map { -$0 } : direction
  }
}

// MARK: - Passes over the rows

extension PrincipalComponents {
  private static let blockSize = 512

  private static func mean(of matrix: VectorMatrix) async throws -> [Double] {
    let sums = try await RowBlocks.map(matrix.count, size: blockSize) { rows in
      var sum = [Double](repeating: 0, count: matrix.dimensions)
      for row in rows {
        for (place, component) in zip(sum.indices, matrix.row(row)) {
          sum[place] += Double(component)
        }
      }
      return sum
    }
    return combination(
      sums, [Double](repeating: 1 / Double(matrix.count), count: sums.count))
  }

  private static func totalVariance(
    of matrix: VectorMatrix, mean: [Double]
  ) async throws -> Double {
    let sums = try await RowBlocks.map(matrix.count, size: blockSize) { rows in
      rows.reduce(0.0) { sum, row in
        sum
          + zip(matrix.row(row), mean).reduce(0) { sum, pair in
            let difference = Double(pair.0) - pair.1
            return sum + difference * difference
          }
      }
    }
    return sums.reduce(0, +) / Double(matrix.count)
  }

  /// The products of some rows less the mean and some directions, `(rows, directions)`.
  private static func products(
    _ rows: Range<Int>, of matrix: VectorMatrix, mean: [Double], _ directions: [[Double]]
  ) -> [Double] {
    var others = VectorMatrix(dimensions: matrix.dimensions)
    for direction in directions { others.append(direction.map { Float($0) }) }
    let offsets = directions.map { direction in
      zip(direction, mean).reduce(0) { $0 + Double(Float($1.0)) * $1.1 }
    }
    var products = [Float](repeating: 0, count: rows.count * directions.count)
    matrix.similarities(of: rows, to: others, by: .dot, into: &products)
    return products.enumerated().map { Double($1) - offsets[$0 % directions.count] }
  }

  private static func places(
    of matrix: VectorMatrix, mean: [Double], along directions: [[Double]]
  ) async throws -> [[Double]] {
    try await RowBlocks.map(matrix.count, size: blockSize) { rows in
      let products = products(rows, of: matrix, mean: mean, directions)
      return rows.map { row in
        let start = (row - rows.lowerBound) * directions.count
        return Array(products[start..<start + directions.count])
      }
    }.flatMap(\.self)
  }

  /// One step of the iteration: what the covariances make of a basis.
  private struct Step {
    /// The covariances of the rows along the basis.
    let covariances: [[Double]]
    /// The covariance matrix times each vector of the basis.
    let images: [[Double]]

    init(_ matrix: VectorMatrix, mean: [Double], _ basis: [[Double]]) async throws {
      let width = basis.count
      let sums = try await RowBlocks.map(matrix.count, size: blockSize) { rows in
        Self.sums(rows, matrix, mean, basis)
      }
      var images = [[Double]](
        repeating: [Double](repeating: 0, count: matrix.dimensions), count: width)
      for sum in sums {
        for (vector, part) in sum.enumerated() {
          for place in part.indices { images[vector][place] += Double(part[place]) }
        }
      }
      let scale = 1 / Double(matrix.count)
      images = images.map { $0.map { $0 * scale } }
      self.images = images
      covariances = basis.map { vector in
        images.map { image in zip(vector, image).reduce(0) { $0 + $1.0 * $1.1 } }
      }
    }

    /// The sums over some rows of the row less the mean times its products with the basis.
    private static func sums(
      _ rows: Range<Int>, _ matrix: VectorMatrix, _ mean: [Double], _ basis: [[Double]]
    ) -> [[Float]] {
      let products = products(rows, of: matrix, mean: mean, basis)
      let center = mean.map { Float($0) }
      return basis.indices.map { vector in
        var sum = [Float](repeating: 0, count: matrix.dimensions)
        var total: Float = 0
        for row in rows {
          let weight = Float(products[(row - rows.lowerBound) * basis.count + vector])
          total += weight
          let components = matrix.components.span.extracting(
            row * matrix.dimensions..<(row + 1) * matrix.dimensions)
          for place in components.indices { sum[place] += weight * components[place] }
        }
        for place in sum.indices { sum[place] -= total * center[place] }
        return sum
      }
    }
  }
}
