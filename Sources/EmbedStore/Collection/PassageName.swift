import EmbedCore
import GRDB

/// The name of a passage's record: its document's name, `#`, and its number, such as `guide/install.md#0003`.
///
/// A document's numbers have as many digits as its last one, at least four, so that the names sort as the passages stand.
/// Passages of two documents never have the same name, for the last `#` divides it.
struct PassageName: Sendable {
  /// The document's name.
  let document: [UInt8]
  /// The number, counted from 1, in digits.
  let digits: [UInt8]

  private static let mark = UInt8(ascii: "#")
  private static let digitCount = 4

  /// Takes a name apart; nil when it is no passage's.
  init?(_ id: String) {
    let bytes = Array(id.utf8)
    guard let end = bytes.lastIndex(of: Self.mark) else { return nil }
    document = Array(bytes[..<end])
    digits = Array(bytes[(end + 1)...])
    let isNumber = digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard digits.count >= Self.digitCount, isNumber else { return nil }
  }

  /// The name of a passage.
  ///
  /// - Parameters:
  ///   - number: the passage's number, counted from 1.
  ///   - count: the number of the document's passages.
  static func name(of number: Int, among count: Int, in document: String) -> String {
    let digits = "\(number)"
    let length = max(digitCount, "\(count)".utf8.count)
    return "\(document)#" + String(repeating: "0", count: length - digits.utf8.count) + digits
  }

  /// The document of a record, if its name and its metadata say that it is a passage.
  static func document(of id: String, _ metadata: RecordMetadata?) -> [UInt8]? {
    guard let name = PassageName(id), let document = metadata?["document"],
      name.document.elementsEqual(document.utf8)
    else { return nil }
    return name.document
  }
}

/// A document all of whose passages are in the collection.
struct FinishedDocument: Sendable {
  let id: String
  /// The number of its passages.
  let count: Int

  /// Removes the passages that the document has no more.
  ///
  /// - Returns: how many were removed.
  /// - Complexity: O(n) in the number of its passages, old and new.
  func removeOtherPassages(_ database: Database, _ collection: Int) throws -> Int {
    let own = Set(
      (1...max(1, count)).map {
        Array(PassageName.name(of: $0, among: count, in: id).utf8)
      })
    // `$` follows `#`.
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT id, metadata FROM embeddings WHERE collection_id = ? AND id >= ? AND id < ?
        """, arguments: [collection, id + "#", id + "$"])
    var removed = 0
    for row in rows {
      guard let name = row.text(0), !own.contains(Array(name.utf8)),
        let metadata = row.text(1).flatMap({ try? RecordMetadata(json: $0) }),
        PassageName.document(of: name, metadata)?.elementsEqual(id.utf8) == true
      else { continue }
      try database.execute(
        sql: "DELETE FROM embeddings WHERE collection_id = ? AND id = ?",
        arguments: [collection, name])
      removed += database.changesCount
    }
    return removed
  }
}
