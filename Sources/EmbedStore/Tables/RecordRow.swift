import EmbedCore
import Foundation
import GRDB

/// A row of the table `embeddings`.
enum RecordRow {
  /// A vector as it is stored, little-endian float32.
  ///
  /// - Throws: `EmbedError` with code `fileDamaged` when it is not one.
  static func vector(_ bytes: [UInt8]?, id: String) throws(EmbedError) -> [Float] {
    guard let bytes, !bytes.isEmpty, bytes.count.isMultiple(of: 4) else {
      throw EmbedError(
        .fileDamaged, "damaged vector", expected: "float32 numbers",
        got: bytes.map { "\($0.count) bytes" } ?? "no bytes",
        at: "record \(id.quotedForMessage)")
    }
    let span = bytes.span.bytes
    return (0..<bytes.count / 4).map { index in
      let bits = span.unsafeLoadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)
      return Float(bitPattern: UInt32(littleEndian: bits))
    }
  }

  /// The records of some names, those that are there, in the order of the names.
  ///
  /// - Throws: `EmbedError` with code `fileDamaged`.
  static func fetch(
    _ database: Database, collection: Int, ids: [String]
  ) throws -> [CollectionRecord] {
    // Databases of older versions lack columns when they cannot be changed.
    let columns = try Set(database.columns(in: "embeddings").map(\.name))
    let blob = columns.contains("content_blob") ? "content_blob" : "NULL"
    let updated = columns.contains("updated") ? "updated" : "NULL"
    let statement = try database.makeStatement(
      sql: """
        SELECT content, \(blob), metadata, \(updated) FROM embeddings
        WHERE collection_id = ? AND id = ?
        """)
    var records: [CollectionRecord] = []
    for id in ids {
      guard let row = try Row.fetchOne(statement, arguments: [collection, id]) else { continue }
      let content =
        row.text(0).map(CollectionContent.text) ?? row.bytes(1).map(CollectionContent.binary)
      records.append(
        CollectionRecord(
          id: id, content: content, metadata: try metadata(row.text(2), id: id),
          updated: row.integer(3)))
    }
    return records
  }

  private static func metadata(_ json: String?, id: String) throws(EmbedError) -> RecordMetadata? {
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
