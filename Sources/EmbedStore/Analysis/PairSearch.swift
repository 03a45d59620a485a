import KernelDispatch
import Synchronization

/// The pairs of rows of a matrix that are nearest to each other, as double precision orders them.
///
/// Vector instructions compare all pairs in single precision, block by block, on all cores; those that may be among the
/// best are compared again in double precision. Beside the matrix, memory is needed for a block and a few times the
/// number of pairs that are asked for.
struct PairSearch: Sendable {
  /// Two rows, the first one first.
  struct Pair: Sendable, Hashable {
    let first: Int
    let second: Int
    let score: Double

    /// Whether it comes before another: the better one, of equally good ones that of the first rows.
    func precedes(_ other: Pair) -> Bool {
      if score != other.score { return score > other.score }
      return (first, second) < (other.first, other.second)
    }
  }

  let matrix: VectorMatrix
  let minimumScore: Double
  private let squares: [Double]

  /// The rows of a block are compared with themselves and with all behind them.
  private static let blockSize = 256
  /// The rows that are compared with a block at a time, so that the scores stay in the cache.
  private static let stripSize = 1024

  init(_ matrix: VectorMatrix, minimumScore: Double) {
    self.matrix = matrix
    self.minimumScore = minimumScore
    squares = (0..<matrix.count).map { row in
      matrix.row(row).reduce(0) { $0 + Double($1) * Double($1) }
    }
  }

  /// The `count` best pairs that reach the least score, the best first.
  ///
  /// - Throws: `CancellationError`.
  /// - Complexity: O(n² · dimensions) for n rows, half of all products being computed.
  func best(_ count: Int) async throws -> [Pair] {
    guard count > 0 else { return [] }
    let found = FoundPairs(count)
    _ = try await RowBlocks.map(matrix.count, size: Self.blockSize) { block in
      var best = found.copyOfBound()
      try compare(block, &best)
      found.merge(best)
    }
    return found.sorted
  }

  /// Compares the rows of a block with each other and with all behind them.
  private func compare(_ block: Range<Int>, _ best: inout BestPairs) throws {
    let others = matrix.selecting(block)
    var scores = [Float](repeating: 0, count: Self.stripSize * block.count)
    for start in stride(from: block.lowerBound, to: matrix.count, by: Self.stripSize) {
      try Task.checkCancellation()
      let rows = start..<min(matrix.count, start + Self.stripSize)
      matrix.similarities(of: rows, to: others, by: .cosine, into: &scores)
      for row in rows {
        let place = (row - start) * block.count
        // Each pair once: the block's row is the first of the two.
        let width = min(block.count, row - block.lowerBound)
        select(scores[place..<place + width], first: block.lowerBound, second: row, &best)
      }
    }
  }

  /// Takes what is good enough of one row's scores, with rows from `first` on.
  private func select(
    _ scores: ArraySlice<Float>, first: Int, second: Int, _ best: inout BestPairs
  ) {
    var threshold = leastScore(best)
    for (place, score) in zip(0..., scores) where score >= threshold {
      let first = first + place
      // Nothing is better than 1: where a collection is full of copies, most need no second look.
      if let last = best.last, last.score >= 1, (last.first, last.second) <= (first, second) {
        continue
      }
      let score = exactScore(first, second)
      guard score >= minimumScore else { continue }
      best.append(Pair(first: first, second: second, score: score))
      threshold = leastScore(best)
    }
  }

  /// What a score in single precision must reach: more than twice its error is taken off.
  private func leastScore(_ best: BestPairs) -> Float {
    let margin = 5e-6 * Double(max(1, matrix.dimensions / 4096))
    return Float(max(minimumScore, best.last?.score ?? -1) - margin)
  }

  /// The cosine, never beyond 1, and 0 for a vector of zeros.
  ///
  /// The root of the product, not the product of the roots, makes it exactly 1 for a vector and its copy.
  private func exactScore(_ first: Int, _ second: Int) -> Double {
    var product = 0.0
    for (a, b) in zip(matrix.row(first), matrix.row(second)) { product += Double(a) * Double(b) }
    let lengths = (squares[first] * squares[second]).squareRoot()
    return lengths == 0 ? 0 : max(-1, min(1, product / lengths))
  }
}

/// The best of the pairs seen so far.
private struct BestPairs: Sendable {
  private let count: Int
  /// How many pairs are held before those that are not among the best are forgotten.
  private let limit: Int
  private(set) var pairs: [PairSearch.Pair] = []
  /// The last of the best, once there are as many as are asked for: only what precedes it is still of use.
  private(set) var last: PairSearch.Pair?

  init(_ count: Int, last: PairSearch.Pair? = nil) {
    self.count = count
    // A count of all there may be is no reason to overflow.
    limit = count > .max / 4 ? .max : 2 * count + 1024
    self.last = last
  }

  mutating func append(_ pair: PairSearch.Pair) {
    if let last, !pair.precedes(last) { return }
    pairs.append(pair)
    if pairs.count >= limit { trim() }
  }

  /// Sorts them, and forgets what is not among the best.
  mutating func trim() {
    pairs.sort { $0.precedes($1) }
    guard pairs.count >= count else { return }
    pairs.removeLast(pairs.count - count)
    last = pairs.last
  }

  mutating func merge(_ other: BestPairs) {
    for pair in other.pairs { append(pair) }
    trim()
  }
}

/// What all cores have found.
private final class FoundPairs: Sendable {
  private let count: Int
  private let best: Mutex<BestPairs>

  init(_ count: Int) {
    self.count = count
    best = Mutex(BestPairs(count))
  }

  /// No pairs, but what pairs must precede by now.
  func copyOfBound() -> BestPairs { best.withLock { BestPairs(count, last: $0.last) } }

  func merge(_ other: BestPairs) { best.withLock { $0.merge(other) } }

  var sorted: [PairSearch.Pair] { best.withLock { $0.pairs } }
}
