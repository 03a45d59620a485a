import EmbedCore
import EmbedTestSupport
import Foundation
import GRDB

@testable import EmbedStore

/// A database of one test.
struct StoreFixture {
  let folder: TemporaryFolder
  var path: String { folder.path("embeddings.db") }

  init() throws { folder = try TemporaryFolder() }

  func open(for access: CollectionStore.Access = .write) async throws -> CollectionStore {
    try await CollectionStore.open(at: path, for: access)
  }

  /// Runs statements in the database, as another program would.
  func execute(_ sql: String) throws {
    let queue = try DatabaseQueue(path: path)
    try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
    try queue.close()
  }

  /// A connection that may leave transactions open.
  func connectionOfAnother() throws -> DatabaseQueue {
    var configuration = Configuration()
    configuration.busyMode = .timeout(10)
    configuration.allowsUnsafeTransactions = true
    return try DatabaseQueue(path: path, configuration: configuration)
  }

  /// The rows of a query, as text: values divided by bars, blobs in hexadecimal, NULL as `-`.
  func query(_ sql: String) throws -> [String] {
    let queue = try DatabaseQueue(path: path)
    defer { try? queue.close() }
    return try queue.read { database in
      try Row.fetchAll(database, sql: sql).map { row in
        row.databaseValues.map { value in
          switch value.storage {
          case .null: "-"
          case .blob(let data): data.map { String(format: "%02x", $0) }.joined()
          case .int64(let number): "\(number)"
          default: String.fromDatabaseValue(value) ?? "?"
          }
        }.joined(separator: "|")
      }
    }
  }
}

/// The description of the `EmbedError` that a closure throws, without the folder's path; nil when it throws none.
func message(_ folder: TemporaryFolder, _ body: () async throws -> Void) async throws -> String? {
  do {
    try await body()
    return nil
  } catch let error as EmbedError {
    return error.description.replacing(folder.path, with: "DIR")
  }
}
