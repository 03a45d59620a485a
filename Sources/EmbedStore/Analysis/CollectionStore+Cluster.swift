import EmbedCore
import Foundation
import GRDB
import JSON
import KernelDispatch

/// Records of a collection that belong together.
public struct RecordCluster: Sendable, Hashable {
  /// Its number: the largest cluster has 0.
  public let number: Int
  /// How many records it has.
  public let count: Int
  /// The mean of the cosines of its records and its centre: 1 when all have the same direction.
  public let cohesion: Double
  /// The records nearest to the centre, the nearest first, three at most.
  public let central: [CollectionRecord]
}

extension CollectionStore {
  /// Divides the records of a collection into clusters by the directions of their vectors, and writes the number of its
  /// cluster to the metadata of each.
  ///
  /// Other metadata stay. Records whose vectors have no direction, as vectors of zeros, belong to no cluster, and lose
  /// the number that they may have. All is written in one transaction.
  ///
  /// - Parameters:
  ///   - name: the collection's name.
  ///   - count: how many clusters are made.
  ///   - key: the name that the number gets in the metadata.
  ///   - seed: chooses among results that are about as good; the same seed gives the same one.
  /// - Returns: the clusters, the largest first.
  /// - Throws: `EmbedError` with code `collectionNotFound`, `invalidInput` when there are fewer different vectors than
  ///   clusters, those with a cosine above 0.999998 being the same, or when other metadata have the name, and `fileDamaged` when a vector or metadata are not what they should be; `CancellationError`.
  /// - Complexity: O(n · `count` · dimensions) for n records, a few tens of times.
  public func cluster(
    _ name: String, into count: Int, key: String = "cluster", seed: UInt64 = 0
  ) async throws -> [RecordCluster] {
    precondition(count > 0, "a number of clusters")
    precondition(!CollectionEntry.passageMetadata.contains(key), "no name that passages need")
    let vectors = try await vectors(of: name).directions
    func tooMany(for most: Int) -> EmbedError {
      EmbedError(
        .invalidInput, "more clusters than different vectors", expected: "at most \(most)",
        got: "\(count)", at: "collection \(name.quotedForMessage)")
    }
    guard let matrix = vectors.matrix, count <= matrix.count else {
      throw tooMany(for: vectors.ids.count)
    }
    let clusters: [SphericalKMeans.Cluster]
    do {
      clusters = try await SphericalKMeans(matrix: matrix, count: count).clusters(seed: seed)
    } catch let error as SphericalKMeans.TooFewDirections {
      throw tooMany(for: error.count)
    }
    var numbers: [[UInt8]: Int] = [:]
    for (number, cluster) in clusters.enumerated() {
      for row in cluster.members { numbers[Array(vectors.ids[row].utf8)] = number }
    }
    try await write(numbers, key: key, collection: vectors.collection)
    let central = clusters.map { $0.members.prefix(3).map { vectors.ids[$0] } }
    let records = try await records(central.flatMap(\.self), collection: vectors.collection)
    return clusters.enumerated().map { number, cluster in
      RecordCluster(
        number: number, count: cluster.members.count, cohesion: cluster.cohesion,
        central: central[number].compactMap { records[Array($0.utf8)] })
    }
  }

  /// Writes numbers to the metadata of the records of these names, and removes those of all others.
  private func write(
    _ numbers: [[UInt8]: Int], key: String, collection: Int
  ) async throws {
    let now = Int(Date().timeIntervalSince1970)
    try await write { database in
      let rows = try Row.fetchAll(
        database,
        sql: """
          SELECT id, metadata, rowid FROM embeddings WHERE collection_id = ? AND id IS NOT NULL
          """, arguments: [collection])
      let update = try database.makeStatement(
        sql: "UPDATE embeddings SET metadata = ?, updated = ? WHERE rowid = ?")
      for row in rows {
        let id = row.text(0) ?? ""
        let metadata = try RecordRow.metadata(row.text(1), id: id) ?? RecordMetadata([])
        try metadata.requireNumber(key, id: id)
        let number = numbers[Array(id.utf8)].map { JSONValue.number("\($0)") }
        let changed = metadata.replacing(key, with: number)
        // What is as it should be is not touched, nor its date.
        guard changed != metadata else { continue }
        try update.execute(arguments: [changed.stored, now, row[2] as Int64])
      }
    }
  }
}

extension RecordMetadata {
  /// Refuses to replace what no clustering has written.
  ///
  /// - Throws: `EmbedError` with code `invalidInput`.
  fileprivate func requireNumber(_ name: String, id: String) throws(EmbedError) {
    guard let value = members.first(where: { $0.key.utf8.elementsEqual(name.utf8) })?.value else {
      return
    }
    if case .number(let text) = value, Int(text) != nil { return }
    throw EmbedError(
      .invalidInput, "metadata that a cluster's number would replace",
      expected: "none of the name \(name.quotedForMessage), or another name", got: value.summary,
      at: "record \(id.quotedForMessage)")
  }

  /// The same with another value of a name, in the name's place or at the end; nil removes the name.
  fileprivate func replacing(_ name: String, with value: JSONValue?) -> RecordMetadata {
    var value = value
    var members = members.compactMap { member -> (key: String, value: JSONValue)? in
      guard Array(member.key.utf8) == Array(name.utf8) else { return member }
      defer { value = nil }
      return value.map { (member.key, $0) }
    }
    if let value { members.append((name, value)) }
    return RecordMetadata(members)
  }
}
