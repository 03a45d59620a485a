import EmbedCore
import Foundation
import GRDB

/// A database of embeddings in named collections: one SQLite file, the same that the tool `llm` reads and writes.
///
/// ```swift
/// let store = try await CollectionStore.open(at: "embeddings.db")
/// let notes = try await store.collection("notes", embedder: embedder)
/// try await notes.embed("How do I keep the receipts?", id: "1", storing: true)
/// for match in try await notes.similar(to: "expenses") { print(match.score, match.id) }
/// ```
///
/// Tables and migrations are those of llm 0.36. What llm does not know is kept in tables of our own beside them, which
/// llm leaves alone. All changes of a call are made in one transaction; a program that wants to write while another one
/// does waits for it, ten seconds at most.
public final class CollectionStore: Sendable {
  /// What may be done with a database.
  public enum Access: Sendable, Hashable {
    /// It is read; it must be there.
    case read
    /// It is read and changed, made if it is not there, and brought to the newest schema.
    case write
  }

  /// The database's file.
  public let path: String
  private let access: Access
  let queue: DatabaseQueue
  let matrices = MatrixCache()

  private init(path: String, access: Access, queue: DatabaseQueue) {
    self.path = path
    self.access = access
    self.queue = queue
  }

  /// Opens a database.
  ///
  /// - Throws: `EmbedError` with code `fileInaccessible`, `fileDamaged` or `databaseLocked`.
  public static func open(
    at path: String, for access: Access = .write
  ) async throws -> CollectionStore {
    try await open(at: path, for: access, patience: 10)
  }

  /// Opens a database whose transactions wait so many seconds for those of other programs.
  static func open(
    at path: String, for access: Access = .write, patience: Double
  ) async throws -> CollectionStore {
    let exists = FileManager.default.fileExists(atPath: path)
    guard exists || access == .write else {
      throw EmbedError(
        .fileInaccessible, "no database of embeddings", expected: "a file", got: "nothing", at: path
      )
    }
    var configuration = Configuration()
    configuration.busyMode = .timeout(patience)
    // As llm has it: rows that another program left behind are no reason to refuse a write.
    configuration.foreignKeysEnabled = false
    // What a program that was killed left behind can be repaired only by one that may write.
    configuration.readonly =
      access == .read && !FileManager.default.isWritableFile(atPath: path)
    do {
      let store = CollectionStore(
        path: path, access: access,
        queue: try DatabaseQueue(path: path, configuration: configuration))
      // Nobody is waited for where nothing is to be done.
      let isCurrent = try await store.queue.read { try LLMSchema.isCurrent($0) }
      if access == .write, !isCurrent {
        try await store.queue.write { try LLMSchema.migrate($0) }
      }
      return store
    } catch {
      throw EmbedError(store: error, at: path)
    }
  }

  /// Reads in one transaction.
  ///
  /// - Throws: `EmbedError`; `CancellationError`.
  func read<Value: Sendable>(_ body: @Sendable (Database) throws -> Value) async throws -> Value {
    do {
      return try await queue.read(body)
    } catch {
      throw EmbedError.orCancellation(error, at: path)
    }
  }

  /// Writes in one transaction: all or nothing.
  ///
  /// - Throws: `EmbedError`; `CancellationError`.
  func write<Value: Sendable>(_ body: @Sendable (Database) throws -> Value) async throws -> Value {
    guard access == .write else {
      throw EmbedError(
        .fileInaccessible, "cannot write to the database", expected: "one opened for writing",
        got: "one opened for reading", at: path)
    }
    do {
      return try await queue.write(body)
    } catch {
      throw EmbedError.orCancellation(error, at: path)
    }
  }
}

// MARK: - Collections

extension CollectionStore {
  /// What is known of a collection without its records.
  public struct Summary: Sendable, Hashable {
    /// The collection's name.
    public let name: String
    /// The model's name, as llm calls it.
    public let model: String
    /// The number of records.
    public let count: Int
    /// How the vectors were made; nil when no program of ours has written to the collection yet.
    public let recipe: CollectionRecipe?
    /// The address of the embedder that they were made with, if it is known.
    public let address: String?
  }

  /// All collections, sorted by their names.
  ///
  /// - Throws: `EmbedError`.
  /// - Complexity: O(n) in the number of records.
  public func summaries() async throws -> [Summary] {
    try await read { database in
      guard try LLMSchema.tableNames(database).isSuperset(of: ["collections", "embeddings"]) else {
        return []
      }
      let rows = try Row.fetchAll(
        database,
        sql: """
          SELECT name, model, id,
            (SELECT count(*) FROM embeddings WHERE collection_id = collections.id) AS count
          FROM collections ORDER BY name
          """)
      return try rows.map { row in
        let name = row.text(0) ?? ""
        let model = row.text(1) ?? ""
        let own = try RecipeTable.find(database, id: row.integer(2) ?? 0, name: name, model: model)
        return Summary(
          name: name, model: model, count: row.integer(3) ?? 0, recipe: own?.recipe,
          address: own?.address)
      }
    }
  }

  /// What is known of a collection; nil when there is none of that name.
  ///
  /// - Throws: `EmbedError`.
  public func summary(of name: String) async throws -> Summary? {
    try await summaries().first { $0.name == name }
  }

  /// Whether there is a collection of that name.
  ///
  /// - Throws: `EmbedError`.
  public func exists(_ name: String) async throws -> Bool { try await summary(of: name) != nil }

  /// Removes a collection with all its records.
  ///
  /// - Throws: `EmbedError` with code `collectionNotFound`.
  public func delete(_ name: String) async throws {
    try await write { database in
      guard let id = try CollectionRow.find(database, name: name)?.id else {
        throw EmbedError.noCollection(name)
      }
      try database.execute(sql: "DELETE FROM embeddings WHERE collection_id = ?", arguments: [id])
      try RecipeTable.delete(database, id: id)
      try database.execute(sql: "DELETE FROM collections WHERE id = ?", arguments: [id])
    }
  }
}

/// A row of the table `collections`.
struct CollectionRow: Sendable {
  let id: Int
  let model: String

  /// The row of a name; nil when there is none, or no such table.
  static func find(_ database: Database, name: String) throws -> CollectionRow? {
    guard try LLMSchema.tableNames(database).contains("collections") else { return nil }
    let statement = try database.cachedStatement(
      sql: "SELECT id, model FROM collections WHERE name = ?")
    let row = try Row.fetchOne(statement, arguments: [name])
    guard let row, let id = row.integer(0) else { return nil }
    return CollectionRow(id: id, model: row.text(1) ?? "")
  }
}
