import Foundation
import KernelDispatch

/// Divides the rows of a matrix into clusters by their directions: k-means with the cosine in the place of the distance.
///
/// The result depends on the seed, not on the number of cores. One run is made, not the best of several: greedy seeding,
/// which tries a few rows for each centre, gains what restarts would for a fraction of their time.
///
/// Source: Dhillon and Modha, "Concept decompositions for large sparse text data using clustering", Machine Learning
/// 2001; the seeding is Arthur and Vassilvitskii, "k-means++: the advantages of careful seeding", SODA 2007, section 7.
struct SphericalKMeans: Sendable {
  /// Clusters, the largest first; of equally large ones, that of the first row.
  struct Cluster: Sendable, Hashable {
    /// Its rows, those nearest to the centre first.
    let members: [Int]
    /// The mean of the cosines of its rows and its centre.
    let cohesion: Double
  }

  /// There are fewer different directions than clusters that are asked for.
  struct TooFewDirections: Error {
    let count: Int
  }

  /// Rows of the length 1.
  let matrix: VectorMatrix
  /// The number of clusters, at least 1 and at most that of the rows.
  let count: Int

  /// Most collections are stable after a few tens of rounds.
  private static let maximumRounds = 100
  /// Rows whose cosine is nearer to 1 than this are the same to the seeding: twice the error of a cosine.
  private static let tolerance: Float = 2e-6

  /// Finds the clusters.
  ///
  /// - Throws: `TooFewDirections`; `CancellationError`.
  /// - Complexity: O(n · `count` · (rounds + log `count`) · dimensions) for n rows.
  func clusters(seed: UInt64) async throws -> [Cluster] {
    var generator = SplitMix64(seed: seed)
    var centers = try await matrix.selecting(seeds(&generator))
    var assignments: [Int] = []
    for _ in 0..<Self.maximumRounds {
      let next = try await assign(to: centers)
      if next == assignments { break }
      assignments = next
      centers = try await self.centers(of: assignments)
    }
    return members(assignments).enumerated().map { number, rows in
      cluster(rows, center: centers[number])
    }.sorted {
      $0.members.count == $1.members.count
        ? ($0.members.min() ?? 0) < ($1.members.min() ?? 0) : $0.members.count > $1.members.count
    }
  }

  private func cluster(_ rows: [Int], center: [Float]) -> Cluster {
    let cosines = rows.map { row in
      zip(matrix.row(row), center).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    let order = rows.indices.sorted {
      cosines[$0] == cosines[$1] ? rows[$0] < rows[$1] : cosines[$0] > cosines[$1]
    }
    return Cluster(
      members: order.map { rows[$0] }, cohesion: min(1, cosines.reduce(0, +) / Double(rows.count)))
  }

  /// The rows of each cluster, in order.
  private func members(_ assignments: [Int]) -> [[Int]] {
    var members = [[Int]](repeating: [], count: count)
    for (row, cluster) in assignments.enumerated() { members[cluster].append(row) }
    return members
  }

  /// Rows a block of which, compared with so many others, gives about a million scores at most.
  private static func blockSize(_ others: Int) -> Int { max(16, min(1024, (1 << 20) / others)) }
}

// MARK: - Seeding

extension SphericalKMeans {
  /// The rows that are the first centres.
  ///
  /// Each is the best of a few that are drawn with probabilities as their distances from the centres before: the one that
  /// leaves the least sum of such distances.
  private func seeds(_ generator: inout SplitMix64) async throws -> [Int] {
    let trials = 2 + Int(log(Double(count)))
    var seeds: [Int] = []
    var distances = [Float](repeating: .infinity, count: matrix.count)
    while seeds.count < count {
      let candidates: [Int]
      if seeds.isEmpty {
        candidates = [generator.below(matrix.count)]
      } else {
        candidates = Self.draw(trials, distances, &generator)
        if candidates.isEmpty { throw TooFewDirections(count: seeds.count) }
      }
      let (best, left) = try await nearest(candidates, distances)
      seeds.append(best)
      distances = left
    }
    return seeds
  }

  /// Rows drawn with probabilities as their distances; none when all are 0.
  private static func draw(
    _ count: Int, _ distances: [Float], _ generator: inout SplitMix64
  ) -> [Int] {
    var sum = 0.0
    let sums = distances.map { distance in
      sum += Double(distance)
      return sum
    }
    guard sum > 0 else { return [] }
    return (0..<count).map { _ in
      let target = generator.unit() * sum
      // The first row whose sum is beyond the target: a binary search.
      var (low, high) = (0, sums.count - 1)
      while low < high {
        let middle = (low + high) / 2
        if sums[middle] > target { high = middle } else { low = middle + 1 }
      }
      return low
    }
  }

  /// The candidate that leaves the least sum of distances, and these: for each row the distance from the nearest centre.
  private func nearest(
    _ candidates: [Int], _ distances: [Float]
  ) async throws -> (best: Int, left: [Float]) {
    let others = matrix.selecting(candidates)
    let width = candidates.count
    let blocks = try await RowBlocks.map(matrix.count, size: Self.blockSize(width)) { rows in
      var scores = [Float](repeating: 0, count: rows.count * width)
      matrix.similarities(of: rows, to: others, by: .cosine, into: &scores)
      for (place, score) in scores.enumerated() {
        let distance = 1 - score
        scores[place] = min(
          distances[rows.lowerBound + place / width], distance > Self.tolerance ? distance : 0)
      }
      return scores
    }
    var sums = [Double](repeating: 0, count: width)
    for block in blocks {
      for (place, distance) in block.enumerated() { sums[place % width] += Double(distance) }
    }
    let best = sums.indices.min { sums[$0] < sums[$1] } ?? 0
    let left = blocks.flatMap { block in
      stride(from: best, to: block.count, by: width).map { block[$0] }
    }
    return (candidates[best], left)
  }
}

// MARK: - Rounds

extension SphericalKMeans {
  /// The nearest centre of each row.
  ///
  /// Of equally near ones it is the first. No centre is left without a row.
  func assign(to centers: VectorMatrix) async throws -> [Int] {
    let blocks = try await RowBlocks.map(matrix.count, size: Self.blockSize(count)) { rows in
      var scores = [Float](repeating: 0, count: rows.count * count)
      matrix.similarities(of: rows, to: centers, by: .cosine, into: &scores)
      return rows.map { row in
        let start = (row - rows.lowerBound) * count
        var best = (cluster: 0, score: scores[start])
        for cluster in 1..<count where scores[start + cluster] > best.score {
          best = (cluster, scores[start + cluster])
        }
        return best
      }
    }
    let nearest = blocks.flatMap(\.self)
    var assignments = nearest.map(\.cluster)
    var sizes = [Int](repeating: 0, count: count)
    for cluster in assignments { sizes[cluster] += 1 }
    if !sizes.contains(0) { return assignments }
    // Rows that fit worst where they are become clusters of their own.
    var misfits = nearest.indices.sorted {
      nearest[$0].score == nearest[$1].score ? $0 < $1 : nearest[$0].score < nearest[$1].score
    }[...]
    for cluster in sizes.indices where sizes[cluster] == 0 {
      while let row = misfits.popFirst() {
        guard sizes[assignments[row]] > 1 else { continue }
        sizes[assignments[row]] -= 1
        assignments[row] = cluster
        sizes[cluster] = 1
        break
      }
    }
    return assignments
  }

  /// The directions of the sums of all clusters.
  private func centers(of assignments: [Int]) async throws -> VectorMatrix {
    let members = members(assignments)
    let centers = try await RowBlocks.map(count, size: 1) { cluster in
      var sum = [Double](repeating: 0, count: matrix.dimensions)
      for row in members[cluster.lowerBound] {
        for (place, component) in zip(sum.indices, matrix.row(row)) {
          sum[place] += Double(component)
        }
      }
      let length = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return sum.map { length > 0 ? Float($0 / length) : 0 }
    }
    var result = VectorMatrix(dimensions: matrix.dimensions)
    for center in centers { result.append(center) }
    return result
  }
}
