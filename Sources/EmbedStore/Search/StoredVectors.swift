import EmbedCore
import GRDB
import KernelDispatch

/// The vectors of a collection as they were stored.
struct StoredVectors<Matrix: VectorContainer> {
  /// The number of each row in the table `embeddings`.
  let rowIDs: [Int64]
  /// nil when there is no vector.
  let matrix: Matrix?
}

extension StoredVectors {
  /// Reads all vectors of a collection.
  ///
  /// - Throws: `EmbedError` with code `fileDamaged` when a vector is not one, or not as long as the others.
  /// - Complexity: O(n · dimensions) for n records.
  init(_ database: Database, collection: Int) throws {
    // The sign keeps SQLite from the index: a whole table is read more quickly in the order in which it is stored.
    let isAlone = try Int.fetchOne(database, sql: "SELECT count(*) FROM collections") == 1
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT rowid, typeof(embedding) = 'blob', embedding FROM embeddings
        WHERE \(isAlone ? "+" : "")collection_id = ?
        """, arguments: [collection])
    var vector: [Float] = []
    guard let first = try rows.next() else {
      self.init(rowIDs: [], matrix: nil)
      return
    }
    var rowIDs = [try RecordRow.read(first, into: &vector, database)]
    var matrix = Matrix(dimensions: vector.count)
    matrix.append(vector)
    // What follows goes into memory that is large enough; what is not filled of it takes none.
    let last = try Int.fetchOne(database, sql: "SELECT max(rowid) FROM embeddings") ?? 0
    // No more than the file can hold, should the others be shorter than the first.
    let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
    let pageSize = try Int.fetchOne(database, sql: "PRAGMA page_size") ?? 0
    let most = min(max(0, last), pages * pageSize / (4 * matrix.dimensions) + 1)
    rowIDs.reserveCapacity(most)
    matrix.reserveCapacity(most)
    while let row = try rows.next() {
      let rowID = try RecordRow.read(row, into: &vector, database)
      guard vector.count == matrix.dimensions else {
        throw EmbedError(
          .fileDamaged, "vector of other dimensions in a collection",
          expected: "\(matrix.dimensions)", got: "\(vector.count)"
        ).ofRecord(try RecordRow.id(database, rowID))
      }
      matrix.append(vector)
      rowIDs.append(rowID)
    }
    self.init(rowIDs: rowIDs, matrix: matrix)
  }
}
