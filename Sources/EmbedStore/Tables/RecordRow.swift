import EmbedCore
import Foundation
import GRDB

/// A row of the table `embeddings`.
enum RecordRow {
  /// A vector as it is stored, little-endian float32.
  ///
  /// - Throws: `EmbedError` with code `fileDamaged` when it is not one.
  static func vector(_ bytes: [UInt8]?, id: String) throws(EmbedError) -> [Float] {
    do throws(EmbedError) {
      guard let bytes else { throw damagedVector("no bytes") }
      var vector: [Float] = []
      try read(bytes.span.bytes, into: &vector)
      return vector
    } catch {
      throw error.ofRecord(id)
    }
  }

  /// Reads a vector into memory that is there.
  ///
  /// - Throws: `EmbedError` with code `fileDamaged` when it is not one.
  private static func read(_ bytes: RawSpan, into vector: inout [Float]) throws(EmbedError) {
    guard bytes.byteCount > 0, bytes.byteCount.isMultiple(of: 4) else {
      throw damagedVector("\(bytes.byteCount) bytes")
    }
    if vector.count != bytes.byteCount / 4 {
      vector = [Float](repeating: 0, count: bytes.byteCount / 4)
    }
    for index in vector.indices {
      let bits = bytes.unsafeLoadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)
      vector[index] = Float(bitPattern: UInt32(littleEndian: bits))
    }
  }

  /// Reads the first three columns of a row, its number, whether it has bytes, and these as a vector, without a copy of
  /// the bytes.
  ///
  /// - Returns: the row's number.
  /// - Throws: `EmbedError` with code `fileDamaged`.
  static func read(
    _ row: Row, into vector: inout [Float], _ database: Database
  ) throws -> Int64 {
    let rowID: Int64 = row[0]
    do {
      guard row.integer(1) == 1 else { throw damagedVector("no bytes") }
      try row.withUnsafeData(atIndex: 2) { data in
        try read((data ?? Data()).bytes, into: &vector)
      }
    } catch let error as EmbedError {
      throw error.ofRecord(try id(database, rowID))
    }
    return rowID
  }

  /// Bytes that are no vector.
  private static func damagedVector(_ got: String) -> EmbedError {
    EmbedError(.fileDamaged, "damaged vector", expected: "float32 numbers", got: got)
  }

  /// The name of a row.
  static func id(_ database: Database, _ rowID: Int64) throws -> String {
    let row = try Row.fetchOne(
      database, sql: "SELECT id FROM embeddings WHERE rowid = ?", arguments: [rowID])
    return row?.text(0) ?? ""
  }

  /// The vectors of some names, by the names' bytes; those that are there.
  ///
  /// - Throws: `EmbedError` with code `fileDamaged`.
  static func vectors(
    _ database: Database, collection: Int, ids: [String]
  ) throws -> [[UInt8]: [Float]] {
    let statement = try database.cachedStatement(
      sql: "SELECT embedding FROM embeddings WHERE collection_id = ? AND id = ?")
    var vectors: [[UInt8]: [Float]] = [:]
    for id in ids {
      guard let row = try Row.fetchOne(statement, arguments: [collection, id]) else { continue }
      vectors[Array(id.utf8)] = try vector(row.bytes(0), id: id)
    }
    return vectors
  }

  /// The records of some names, those that are there, in the order of the names.
  ///
  /// - Parameter textLimit: the most characters of a text, when contents that are no text are left out; nil for whole
  ///   contents.
  /// - Throws: `EmbedError` with code `fileDamaged`.
  static func fetch(
    _ database: Database, collection: Int, ids: [String], textLimit: Int? = nil
  ) throws -> [CollectionRecord] {
    let statement = try statement(database, "collection_id = ? AND id = ?", textLimit: textLimit)
    return try ids.compactMap { id in
      try Row.fetchOne(statement, arguments: [collection, id]).map(record)
    }
  }

  /// The records of some rows.
  ///
  /// - Throws: `EmbedError` with code `fileDamaged`.
  static func fetch(_ database: Database, rowIDs: [Int64]) throws -> [CollectionRecord] {
    let statement = try statement(database, "rowid = ?")
    return try rowIDs.compactMap { try Row.fetchOne(statement, arguments: [$0]).map(record) }
  }

  private static func statement(
    _ database: Database, _ condition: String, textLimit: Int? = nil
  ) throws -> Statement {
    // Databases of older versions lack columns when they cannot be changed.
    let columns = try Set(database.columns(in: "embeddings").map(\.name))
    let text = textLimit.map { "substr(content, 1, \(min($0, 1 << 30)))" } ?? "content"
    let blob = columns.contains("content_blob") && textLimit == nil ? "content_blob" : "NULL"
    let updated = columns.contains("updated") ? "updated" : "NULL"
    return try database.cachedStatement(
      sql: """
        SELECT id, \(text), \(blob), metadata, \(updated) FROM embeddings WHERE \(condition)
        """)
  }

  private static func record(_ row: Row) throws(EmbedError) -> CollectionRecord {
    let id = row.text(0) ?? ""
    let content =
      row.text(1).map(CollectionContent.text) ?? row.bytes(2).map(CollectionContent.binary)
    return CollectionRecord(
      id: id, content: content, metadata: try metadata(row.text(3), id: id),
      updated: row.integer(4))
  }

  /// Metadata as they are stored; nil when there are none.
  ///
  /// - Throws: `EmbedError` with code `fileDamaged` when they are no JSON object.
  static func metadata(_ json: String?, id: String) throws(EmbedError) -> RecordMetadata? {
    guard let json, !json.isEmpty else { return nil }
    do throws(EmbedError) {
      return try RecordMetadata(json: json)
    } catch {
      throw EmbedError(
        .fileDamaged, "damaged metadata", expected: "a JSON object",
        got: json.quotedForMessage, at: "record \(id.quotedForMessage)")
    }
  }
}
