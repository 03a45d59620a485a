public import EmbedCore
import Foundation
import GRDB

extension EmbedError.Code {
  /// There is no collection, or no record in it, of that name.
  public static let collectionNotFound = EmbedError.Code(rawValue: "collection-not-found")
  /// A collection's vectors were made in another way than those that were to be added or compared.
  public static let recipeMismatch = EmbedError.Code(rawValue: "recipe-mismatch")
  /// Another program is writing to the database, and did not end in time; the same call may succeed later.
  public static let databaseLocked = EmbedError.Code(rawValue: "database-locked")
}

extension EmbedError {
  static func noCollection(_ name: String) -> EmbedError {
    EmbedError(.collectionNotFound, "no such collection", got: name.quotedForMessage)
  }

  static func noRecord(_ id: String, in collection: String) -> EmbedError {
    EmbedError(
      .collectionNotFound, "no such record", got: id.quotedForMessage,
      at: "collection \(collection.quotedForMessage)")
  }

  /// An error of the database as one of this library; a cancellation stays what it is.
  static func orCancellation(_ error: any Error, at path: String) -> any Error {
    error is CancellationError ? error : EmbedError(store: error, at: path)
  }

  /// An error of the database as one of this library.
  ///
  /// Source: https://www.sqlite.org/rescode.html
  init(store error: any Error, at path: String) {
    switch error {
    case let error as EmbedError:
      self = error
    case let error as DatabaseError:
      let message = error.message ?? "\(error.resultCode)"
      switch error.resultCode {
      case .SQLITE_BUSY, .SQLITE_LOCKED:
        self.init(
          .databaseLocked, "database locked", expected: "other programs to end their transactions",
          got: "one that takes longer", at: path)
      case .SQLITE_FULL:
        self.init(.fileInaccessible, "cannot write to the database: no space left", at: path)
      case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
        self.init(
          .fileInaccessible, "cannot write to the database: \(message)", at: path)
      case .SQLITE_CANTOPEN, .SQLITE_IOERR:
        self.init(.fileInaccessible, "cannot use the database: \(message)", at: path)
      case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_FORMAT:
        self.init(
          .fileDamaged, "not a database, or a damaged one", expected: "SQLite's format",
          got: message, at: path)
      case .SQLITE_NOMEM:
        self.init(.resourceExhausted, "no memory for the database", at: path)
      default:
        self.init(.fileDamaged, "the database refuses a statement: \(message)", at: path)
      }
    default:
      self.init(.fileInaccessible, "cannot use the database", at: path, underlying: error)
    }
  }
}

extension Row {
  /// The text of a column, or the number as text; nil for NULL and for bytes that are no text.
  func text(_ index: Int) -> String? {
    let value: DatabaseValue = self[index]
    switch value.storage {
    case .int64(let number): return "\(number)"
    case .double(let number): return "\(number)"
    case .string, .blob: return String.fromDatabaseValue(value)
    case .null: return nil
    }
  }

  /// The number of a column; nil when it is none.
  func integer(_ index: Int) -> Int? { Int.fromDatabaseValue(self[index]) }

  /// The bytes of a column; nil for everything but bytes.
  func bytes(_ index: Int) -> [UInt8]? {
    let value: DatabaseValue = self[index]
    guard case .blob(let data) = value.storage else { return nil }
    return [UInt8](data)
  }
}

extension EmbedError {
  /// The same error, of a record, which is that one of a call's inputs.
  func ofRecord(_ id: String, index: Int? = nil) -> EmbedError {
    EmbedError(
      code, what, expected: expected, got: got, at: "record \(id.quotedForMessage)", input: index,
      underlying: underlying)
  }
}
