import EmbedCore
import Foundation
import KernelDispatch

/// The rows of a matrix that are nearest to a vector, as double precision orders them.
///
/// Vector instructions compare all rows in single precision, on all cores; those that may be among the nearest are
/// compared again in double precision.
struct ExactSearch: Sendable {
  /// A row that was found.
  struct Match: Sendable, Hashable {
    let index: Int
    let score: Double
  }

  let matrix: VectorMatrix
  let query: [Float]
  /// The rows that may be found; nil for all.
  let allowed: [Bool]?

  /// More than twice the error of a cosine in single precision.
  private static let margin: Float = 5e-6
  /// The least rows that are worth a task of their own.
  private static let partSize = 4096

  /// The `count` nearest rows, the nearest first; of equally near ones, the first.
  ///
  /// - Throws: `CancellationError`.
  func nearest(_ count: Int, minimumScore: Double?) async throws -> [Match] {
    guard count > 0, matrix.count > 0 else { return [] }
    let cores = max(1, ProcessInfo.processInfo.activeProcessorCount)
    let parts = max(1, min(cores, matrix.count / Self.partSize))
    let size = (matrix.count + parts - 1) / parts
    var candidates: [Match] = []
    try await withThrowingTaskGroup(of: [Match].self) { group in
      for start in stride(from: 0, to: matrix.count, by: size) {
        group.addTask {
          try Task.checkCancellation()
          return candidatesOf(start..<min(matrix.count, start + size), count)
        }
      }
      for try await part in group { candidates += part }
    }
    candidates.sort { $0.score == $1.score ? $0.index < $1.index : $0.score > $1.score }
    let least = minimumScore ?? -.infinity
    return Array(candidates.prefix(count).prefix { $0.score >= least })
  }

  /// The rows of a range that may be among the nearest, with their scores in double precision.
  private func candidatesOf(_ rows: Range<Int>, _ count: Int) -> [Match] {
    var queries = VectorMatrix(dimensions: matrix.dimensions)
    queries.append(query)
    var scores = [Float](repeating: 0, count: rows.count)
    matrix.similarities(of: rows, to: queries, by: .cosine, into: &scores)
    var candidates: [Int] = []
    var threshold = -Float.infinity
    for place in scores.indices where scores[place] >= threshold {
      if let allowed, !allowed[rows.lowerBound + place] { continue }
      candidates.append(place)
      if candidates.count >= 2 * count + 256 {
        threshold = keepNearest(&candidates, count, scores)
      }
    }
    _ = keepNearest(&candidates, count, scores)
    let length = Self.length(query)
    return candidates.map { place in
      let row = rows.lowerBound + place
      return Match(index: row, score: exactScore(row, length))
    }
  }

  /// Keeps the rows whose scores may be among the `count` best, and returns the least score of those.
  private func keepNearest(_ candidates: inout [Int], _ count: Int, _ scores: [Float]) -> Float {
    guard candidates.count > count else { return -.infinity }
    let threshold = candidates.map { scores[$0] }.sorted(by: >)[count - 1] - Self.margin
    candidates.removeAll { scores[$0] < threshold }
    return threshold
  }

  /// The cosine as llm computes it, but never beyond 1, and 0 for a vector of zeros.
  private func exactScore(_ row: Int, _ queryLength: Double) -> Double {
    let vector = matrix[row]
    var product = 0.0
    for (a, b) in zip(vector, query) { product += Double(a) * Double(b) }
    let lengths = Self.length(vector) * queryLength
    return lengths > 0 ? max(-1, min(1, product / lengths)) : 0
  }

  private static func length(_ vector: [Float]) -> Double {
    vector.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
  }
}
