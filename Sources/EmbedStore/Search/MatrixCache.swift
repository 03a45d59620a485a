import EmbedCore
import GRDB
import KernelDispatch
import Synchronization

/// How the records nearest to a vector are found.
public enum SearchMethod: String, Sendable, Hashable, CaseIterable {
  /// All vectors are compared, in memory with sixteen bits a component, and those that the error may hide are compared
  /// again: the result is that of double precision.
  case exact
  /// All vectors are compared with eight bits a component, and those that seem nearest are compared exactly: half of the
  /// memory and two thirds of the time. Of ten records, hardly ever one is missed.
  case int8
  /// The same with one bit a component: a sixteenth of the memory. Some of the nearest are missed.
  case binary

  fileprivate var matrix: any CandidateMatrix.Type {
    switch self {
    case .exact: SixteenBitMatrix.self
    case .int8: EightBitMatrix.self
    case .binary: SignMatrix.self
    }
  }
}

/// The vectors of a collection in memory.
struct CollectionMatrix: Sendable {
  /// The number of each row in the table `embeddings`.
  let rowIDs: [Int64]
  /// nil when there is no vector.
  let matrix: (any CandidateMatrix)?
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
      others = try Int.fetchOne(database.cachedStatement(sql: "PRAGMA data_version")) ?? 0
      own = database.totalChangesCount
    }
  }

  private struct Key: Hashable {
    let collection: Int
    let method: SearchMethod
  }

  private let matrices = Mutex<[Key: (version: Version, matrix: CollectionMatrix)]>([:])

  /// The vectors of a collection, read anew if the database has changed.
  ///
  /// - Throws: `EmbedError` with code `fileDamaged` when a vector is not one, or not as long as the others.
  func matrix(
    _ database: Database, collection id: Int, for method: SearchMethod
  ) throws -> CollectionMatrix {
    let version = try Version(database)
    let key = Key(collection: id, method: method)
    if let cached = matrices.withLock({ $0[key] }), cached.version == version {
      return cached.matrix
    }
    // What the database no longer has makes room.
    matrices.withLock { $0 = $0.filter { $0.value.version == version } }
    let matrix = try Self.read(database, collection: id, into: method.matrix)
    matrices.withLock { $0[key] = (version, matrix) }
    return matrix
  }

  private static func read<Matrix: CandidateMatrix>(
    _ database: Database, collection: Int, into type: Matrix.Type
  ) throws -> CollectionMatrix {
    let vectors = try StoredVectors<Matrix>(database, collection: collection)
    return CollectionMatrix(rowIDs: vectors.rowIDs, matrix: vectors.matrix)
  }
}
