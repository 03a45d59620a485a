import EmbedCore
import GRDB
import KernelDispatch
import Synchronization

/// The vectors of a collection in memory, in the order of their names.
struct CollectionMatrix: Sendable {
  let ids: [String]
  /// nil when there is no vector.
  let matrix: VectorMatrix?
}

/// The matrices of the collections that were searched, as long as the database does not change.
final class MatrixCache: Sendable {
  /// What changes with every change of the database, by this program or another.
  private struct Version: Sendable, Hashable {
    /// Changes of other connections.
    ///
    /// Source: https://www.sqlite.org/pragma.html#pragma_data_version
    let others: Int
    /// Changes of our own.
    let own: Int

    init(_ database: Database) throws {
      others = try Int.fetchOne(database, sql: "PRAGMA data_version") ?? 0
      own = database.totalChangesCount
    }
  }

  private let matrices = Mutex<[Int: (version: Version, matrix: CollectionMatrix)]>([:])

  /// The vectors of a collection, read anew if the database has changed.
  ///
  /// - Throws: `EmbedError` with code `fileDamaged` when a vector is not one, or not as long as the others.
  func matrix(_ database: Database, collection id: Int) throws -> CollectionMatrix {
    let version = try Version(database)
    if let cached = matrices.withLock({ $0[id] }), cached.version == version {
      return cached.matrix
    }
    let matrix = try Self.load(database, collection: id)
    matrices.withLock { $0[id] = (version, matrix) }
    return matrix
  }

  private static func load(_ database: Database, collection: Int) throws -> CollectionMatrix {
    let count = try Int.fetchOne(
      database, sql: "SELECT count(*) FROM embeddings WHERE collection_id = ?",
      arguments: [collection])
    var ids: [String] = []
    ids.reserveCapacity(count ?? 0)
    var matrix: VectorMatrix?
    // The order in which llm meets the rows.
    let rows = try Row.fetchCursor(
      database, sql: "SELECT id, embedding FROM embeddings WHERE collection_id = ? ORDER BY id",
      arguments: [collection])
    while let row = try rows.next() {
      let id = row.text(0) ?? ""
      let vector = try RecordRow.vector(row.bytes(1), id: id)
      if matrix == nil {
        matrix = VectorMatrix(dimensions: vector.count)
        matrix?.reserveCapacity(count ?? 0)
      }
      if let dimensions = matrix?.dimensions, dimensions != vector.count {
        throw EmbedError(
          .fileDamaged, "vector of other dimensions in a collection", expected: "\(dimensions)",
          got: "\(vector.count)", at: "record \(id.quotedForMessage)")
      }
      matrix?.append(vector)
      ids.append(id)
    }
    return CollectionMatrix(ids: ids, matrix: matrix)
  }
}
