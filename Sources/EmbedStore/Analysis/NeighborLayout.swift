import Foundation

/// Places in the plane at which neighbours are near each other, found by stochastic gradient descent.
///
/// Source: McInnes, Healy and Melville, "UMAP: uniform manifold approximation and projection for dimension reduction",
/// 2018, algorithm 5.
struct NeighborLayout: Sendable {
  /// The neighbours.
  let edges: [NeighborGraph.Edge]

  /// The a of the curve 1/(1 + a·x²), which stands for the nearness of places at the distance x.
  ///
  /// With the exponent 2 no powers are computed. The value makes places that are nearer than a tenth about equally near.
  private static let steepness: Float = 1.6
  /// Rows that are pushed away for each neighbour that is drawn near.
  private static let negativeSamples = 5
  /// The farthest that one step moves a place along an axis, before the rate is applied.
  private static let longestStep: Float = 4

  /// Moves places, the same way for the same seed.
  ///
  /// - Parameter start: places in the plane, all within about 10 of the origin.
  /// - Throws: `CancellationError`.
  /// - Complexity: O(edges · `rounds`).
  func places(
    from start: [SIMD2<Float>], rounds: Int, seed: UInt64
  ) throws -> [SIMD2<Float>] {
    guard start.count > 1, let heaviest = edges.map(\.weight).max(), heaviest > 0 else {
      return start
    }
    var generator = SplitMix64(seed: seed)
    var places = start
    // An edge is used once in so many rounds, the heaviest in each.
    let periods = edges.map { heaviest / max($0.weight, heaviest / Float(rounds)) }
    var next = periods
    for round in 0..<rounds {
      try Task.checkCancellation()
      let rate = 1 - Float(round) / Float(rounds)
      for (number, edge) in edges.enumerated() where next[number] <= Float(round + 1) {
        next[number] += periods[number]
        for (head, tail) in [(edge.first, edge.second), (edge.second, edge.first)] {
          Self.attract(&places, head, tail, rate)
          for _ in 0..<Self.negativeSamples {
            Self.repel(&places, head, generator.below(places.count), rate)
          }
        }
      }
    }
    return places
  }

  /// Draws two neighbours nearer to each other.
  private static func attract(
    _ places: inout [SIMD2<Float>], _ first: Int, _ second: Int, _ rate: Float
  ) {
    let difference = places[first] - places[second]
    let square = (difference * difference).sum()
    let factor = -2 * steepness / (1 + steepness * square)
    let step = rate * clipped(factor * difference)
    places[first] += step
    places[second] -= step
  }

  /// Pushes one place away from another, which stays.
  private static func repel(
    _ places: inout [SIMD2<Float>], _ moved: Int, _ other: Int, _ rate: Float
  ) {
    guard moved != other else { return }
    let difference = places[moved] - places[other]
    let square = (difference * difference).sum()
    let factor = 2 / ((0.001 + square) * (1 + steepness * square))
    places[moved] += rate * clipped(factor * difference)
  }

  private static func clipped(_ step: SIMD2<Float>) -> SIMD2<Float> {
    step.clamped(
      lowerBound: SIMD2(repeating: -longestStep), upperBound: SIMD2(repeating: longestStep))
  }
}
