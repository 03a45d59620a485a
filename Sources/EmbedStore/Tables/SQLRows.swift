package import EmbedCore
import Foundation
import GRDB

/// The rows of a query, which are copied before the first of them is handed out: so the query does not hold up those
/// that write to the same database, this program among them.
package final class SQLRows: Sendable {
  /// A value of a row.
  package enum Value: Sendable, Hashable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])
  }

  /// The names of the columns.
  package let columns: [String]
  /// The number of rows.
  package let count: Int
  private let queue: DatabaseQueue
  private let path: String

  /// Runs a query.
  ///
  /// - Parameters:
  ///   - path: the database in which it runs; one that is not there is empty.
  ///   - attachments: further databases and the names by which the query calls them.
  /// - Throws: `EmbedError`: `invalidInput` for a query that the database does not understand or that changes something.
  package init(
    _ query: String, in path: String, attaching attachments: [(name: String, path: String)]
  ) throws(EmbedError) {
    self.path = path
    do {
      var configuration = Configuration()
      configuration.busyMode = .timeout(10)
      let queue = try DatabaseQueue(configuration: configuration)
      let isThere = FileManager.default.fileExists(atPath: path)
      (columns, count) = try queue.writeWithoutTransaction { database in
        for (name, path) in (isThere ? [("embeddings_database", path)] : []) + attachments {
          guard FileManager.default.fileExists(atPath: path) else {
            throw EmbedError(
              .fileInaccessible, "no database to attach", expected: "a file", got: "nothing",
              at: path)
          }
          try database.execute(sql: "ATTACH ? AS \(name.quotedIdentifier)", arguments: [path])
        }
        return try Self.copy(query, database)
      }
      self.queue = queue
    } catch let error as DatabaseError where error.resultCode == .SQLITE_ERROR {
      throw EmbedError(.invalidInput, "--sql: \(error.message ?? "not a query")", at: path)
    } catch {
      throw EmbedError(store: error, at: path)
    }
  }

  private static func copy(_ query: String, _ database: Database) throws -> ([String], Int) {
    let statement = try database.makeStatement(sql: query)
    guard statement.isReadonly, statement.columnCount > 0 else {
      throw EmbedError(.invalidInput, "--sql", expected: "a query", got: "another statement")
    }
    // Columns without types keep each value as it is.
    let names = (0..<statement.columnCount).map { "c\($0)" }.joined(separator: ",")
    try database.execute(sql: "CREATE TEMP TABLE embed_rows (\(names))")
    try database.execute(sql: "INSERT INTO temp.embed_rows \(query)")
    let count = try Int.fetchOne(database, sql: "SELECT count(*) FROM temp.embed_rows")
    return (statement.columnNames, count ?? 0)
  }

  /// Some rows, from a place on, counted from 0.
  ///
  /// - Throws: `EmbedError`.
  package func rows(_ range: Range<Int>) throws(EmbedError) -> [[Value]] {
    do {
      return try queue.read { database in
        let rows = try Row.fetchAll(
          database,
          sql: "SELECT * FROM temp.embed_rows WHERE rowid > ? AND rowid <= ? ORDER BY rowid",
          arguments: [range.lowerBound, range.upperBound])
        return rows.map { row in row.databaseValues.map(Value.init) }
      }
    } catch {
      throw EmbedError(store: error, at: path)
    }
  }
}

extension SQLRows.Value {
  fileprivate init(_ value: DatabaseValue) {
    switch value.storage {
    case .null: self = .null
    case .int64(let number): self = .integer(number)
    case .double(let number): self = .real(number)
    case .string(let text): self = .text(text)
    case .blob(let data): self = .blob([UInt8](data))
    }
  }
}
