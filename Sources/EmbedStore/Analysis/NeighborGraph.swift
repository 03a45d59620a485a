import Foundation
import KernelDispatch

/// The nearest neighbours of each row of a matrix, and how much each neighbourhood counts.
///
/// Source: McInnes, Healy and Melville, "UMAP: uniform manifold approximation and projection for dimension reduction",
/// 2018, algorithms 2 and 3. The neighbours are exact.
struct NeighborGraph: Sendable {
  /// Two rows that are neighbours, and how much that counts, from 0 to 1.
  struct Edge: Sendable, Hashable {
    let first: Int
    let second: Int
    let weight: Float
  }

  /// Every pair of neighbours once, in the order of their rows.
  let edges: [Edge]

  /// The rows that are compared with all at a time.
  private static let blockSize = 256

  /// Finds the neighbours by the cosine.
  ///
  /// - Throws: `CancellationError`.
  /// - Complexity: O(n² · dimensions) for n rows.
  init(of matrix: VectorMatrix, neighbors count: Int) async throws {
    let nearest = try await Self.nearest(in: matrix, count: count)
    var weights: [Pair: Float] = [:]
    weights.reserveCapacity(matrix.count * count)
    for (row, neighbors) in nearest.enumerated() {
      let own = Self.weights(neighbors.map { max(0, 1 - Double($0.value)) })
      for (neighbor, weight) in zip(neighbors, own) {
        let pair = Pair(min(row, neighbor.index), max(row, neighbor.index))
        // Either is a neighbour of the other, or both are: the probabilistic sum.
        let other = weights[pair] ?? 0
        weights[pair] = weight + other - weight * other
      }
    }
    edges = weights.map { Edge(first: $0.first, second: $0.second, weight: $1) }
      .sorted { ($0.first, $0.second) < ($1.first, $1.second) }
  }

  private struct Pair: Hashable {
    let first: Int
    let second: Int

    init(_ first: Int, _ second: Int) {
      self.first = first
      self.second = second
    }
  }

  /// The rows nearest to each, itself left out.
  static func nearest(
    in matrix: VectorMatrix, count: Int
  ) async throws -> [[VectorMatrix.Neighbor]] {
    try await RowBlocks.map(matrix.count, size: blockSize) { rows in
      // One more, because a row is among its own; not always, where there are copies of it.
      let found = matrix.nearest(to: matrix.selecting(rows), count: count + 1, by: .cosine)
      return zip(rows, found).map { row, neighbors in
        Array(neighbors.filter { $0.index != row }.prefix(count))
      }
    }.flatMap(\.self)
  }

  /// How much each neighbour counts: the nearest fully, farther ones less, and all together as the logarithm of their
  /// number, so that dense and sparse regions are alike.
  ///
  /// - Parameter distances: those of the neighbours, the nearest first.
  private static func weights(_ distances: [Double]) -> [Float] {
    let nearest = distances.first { $0 > 0 } ?? 0
    let target = log2(Double(distances.count + 1))
    let beyond = distances.map { max(0, $0 - nearest) }
    // The sum grows with the scale: a binary search.
    var (low, high, scale) = (0.0, Double.infinity, 1.0)
    for _ in 0..<64 {
      let sum = beyond.reduce(0) { $0 + exp(-$1 / scale) }
      if abs(sum - target) < 1e-5 { break }
      if sum > target {
        high = scale
        scale = (low + high) / 2
      } else {
        low = scale
        scale = high.isFinite ? (low + high) / 2 : scale * 2
      }
    }
    // As in the authors' program: no neighbourhood is narrower than a thousandth of its mean distance.
    let mean = distances.reduce(0, +) / Double(max(1, distances.count))
    scale = max(scale, 1e-3 * mean, .leastNormalMagnitude)
    return beyond.map { Float(exp(-$0 / scale)) }
  }
}
