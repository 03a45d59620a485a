/// The rows with the best scores so far.
///
/// With a margin, all rows are kept whose scores are at most that much less than the last of the best: when scores are
/// computed again without error, the best are among them.
struct CandidateSelection {
  private let count: Int
  private let margin: Float?
  private var candidates: [VectorMatrix.Neighbor] = []
  /// What a score must be greater than.
  private var threshold = -Float.infinity
  /// The number of candidates at which those that are not good enough are dropped.
  private var limit: Int

  /// Begins with no row.
  ///
  /// - Parameters:
  ///   - count: how many are the best.
  ///   - margin: twice the error of a score; nil when scores are final, and of equal ones the first row's counts.
  init(count: Int, margin: Float?) {
    self.count = count
    self.margin = margin
    threshold = count > 0 ? -.infinity : .infinity
    limit = 2 * count + 32
  }

  /// Takes what is good enough of the scores of some rows, `stride` floats from one to the next; rows come in order.
  ///
  /// - Parameter allowed: whether a row may be taken; nil for all.
  mutating func offer(
    _ scores: UnsafePointer<Float>, stride: Int, _ rows: Range<Int>, allowed: [Bool]?
  ) {
    for place in 0..<rows.count {
      let score = scores[place &* stride]
      guard score > threshold else { continue }
      let row = rows.lowerBound &+ place
      if let allowed, !allowed[row] { continue }
      candidates.append(VectorMatrix.Neighbor(index: row, value: score))
      if candidates.count >= limit {
        keepBest()
        limit = max(limit, 2 * candidates.count)
      }
    }
  }

  /// The rows that were kept, the best first.
  mutating func finish() -> [VectorMatrix.Neighbor] {
    keepBest()
    return candidates
  }

  private mutating func keepBest() {
    candidates.sort { $0.value == $1.value ? $0.index < $1.index : $0.value > $1.value }
    guard count > 0, candidates.count >= count else { return }
    let last = candidates[count - 1].value
    if let margin {
      threshold = (last - margin).nextDown
      candidates.removeLast(candidates.reversed().prefix { $0.value <= threshold }.count)
    } else {
      threshold = last
      candidates.removeLast(candidates.count - count)
    }
  }
}
