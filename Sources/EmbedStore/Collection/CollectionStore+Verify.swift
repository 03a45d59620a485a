import EmbedCore
import Foundation
import GRDB

/// Something that is wrong with a collection.
public struct CollectionProblem: Sendable, Hashable {
  /// The record concerned; nil when it is the database.
  public let id: String?
  /// What is wrong, in a few words.
  public let what: String
}

extension CollectionStore {
  /// Looks for what is wrong with the records of a collection, and with the database's file.
  ///
  /// - Throws: `EmbedError` with code `collectionNotFound`, or when the database cannot be read at all.
  /// - Complexity: O(n) in the size of the database.
  public func problems(of name: String) async throws -> [CollectionProblem] {
    try await read { database in
      guard let row = try CollectionRow.find(database, name: name) else {
        throw EmbedError.noCollection(name)
      }
      let file = try String.fetchAll(database, sql: "PRAGMA quick_check").filter { $0 != "ok" }
      var problems = file.map { CollectionProblem(id: nil, what: $0) }
      let entry = try RecipeTable.find(database, id: row.id, name: name, model: row.model)
      var dimensions = entry?.recipe.dimensions
      let columns = try Set(database.columns(in: "embeddings").map(\.name))
      let hash = columns.contains("content_hash") ? "content_hash" : "NULL"
      let blob = columns.contains("content_blob") ? "content_blob" : "NULL"
      let rows = try Row.fetchCursor(
        database,
        sql: """
          SELECT id, embedding, \(hash), content, \(blob), metadata FROM embeddings
          WHERE collection_id = ? ORDER BY id
          """, arguments: [row.id])
      while let row = try rows.next() {
        for what in Self.problems(of: row, dimensions: &dimensions) {
          problems.append(CollectionProblem(id: row.text(0) ?? "", what: what))
        }
      }
      return problems
    }
  }

  /// - Parameter dimensions: those of the vectors before; nil before the first.
  private static func problems(of row: Row, dimensions: inout Int?) -> [String] {
    var problems: [String] = []
    if row.text(0) == nil { problems.append("no id") }
    do throws(EmbedError) {
      let vector = try RecordRow.vector(row.bytes(1), id: row.text(0) ?? "")
      if vector.contains(where: { !$0.isFinite }) { problems.append("vector not finite") }
      if vector.allSatisfy({ $0 == 0 }) { problems.append("vector of zeros") }
      if let dimensions, dimensions != vector.count {
        problems.append("vector of \(vector.count) dimensions among those of \(dimensions)")
      }
      dimensions = dimensions ?? vector.count
    } catch {
      problems.append("\(error.what): \(error.got ?? "")")
    }
    let content =
      row.text(3).map(CollectionContent.text) ?? row.bytes(4).map(CollectionContent.binary)
    if let hash = row.bytes(2) {
      if let content, content.hash != hash { problems.append("hash of another content") }
    } else {
      problems.append("no hash of the content")
    }
    if let json = row.text(5), (try? RecordMetadata(json: json)) == nil {
      problems.append("metadata that are no JSON object")
    }
    return problems
  }
}
