import EmbedCore
import KernelDispatch

/// Two records whose vectors are nearly the same.
public struct DuplicatePair: Sendable, Hashable {
  /// The cosine of the angle between both vectors, from -1 to 1; of equal vectors it is 1.
  public let score: Double
  /// The record whose name comes first.
  public let first: CollectionRecord
  /// The other one.
  public let second: CollectionRecord
}

extension CollectionStore {
  /// The pairs of records of a collection whose vectors are nearly the same, the nearest first.
  ///
  /// All pairs are compared, each once, so that the result is exact: that of double precision. Of pairs that are equally
  /// near, that of the first names comes first. A vector of zeros has the cosine 0 to all others; one that holds a number
  /// that is not finite is in no pair.
  ///
  /// - Parameters:
  ///   - name: the collection's name.
  ///   - minimumScore: the least cosine.
  ///   - count: the most pairs that are returned. So many are held in memory, a few times over for each core, not all that reach the
  ///     least cosine: n copies of a record make n²/2 pairs.
  ///   - prefix: what the names of both records begin with, byte by byte.
  /// - Throws: `EmbedError` with code `collectionNotFound`, or `fileDamaged` when a vector is not one; `CancellationError`.
  /// - Complexity: O(n² · dimensions) for n records.
  public func duplicates(
    in name: String, minimumScore: Double = 0.95, count: Int = 1000, prefix: String = ""
  ) async throws -> [DuplicatePair] {
    precondition(count >= 0, "a number of pairs")
    let vectors = try await vectors(of: name, prefix: prefix)
    guard let matrix = vectors.matrix else { return [] }
    let pairs = try await PairSearch(matrix, minimumScore: minimumScore).best(count)
    let rows = Set(pairs.flatMap { [$0.first, $0.second] })
    let records = try await records(
      rows.map { vectors.ids[$0] }, collection: vectors.collection)
    func record(_ row: Int) -> CollectionRecord? { records[Array(vectors.ids[row].utf8)] }
    return pairs.compactMap { pair in
      guard let first = record(pair.first), let second = record(pair.second) else { return nil }
      return DuplicatePair(score: pair.score, first: first, second: second)
    }
  }
}
