import EmbedCore
import GRDB

/// Our own tables beside llm's: the recipe of each collection, and the vectors of an unfinished migration.
enum RecipeTable {
  static let name = "embed_recipes"
  static let stagingName = "embed_staging"

  /// What is kept of a collection.
  struct Entry: Sendable {
    var recipe: CollectionRecipe
    /// The address of the embedder, if it has one.
    var address: String?
  }

  static func create(_ database: Database) throws {
    try database.execute(
      sql: """
        CREATE TABLE IF NOT EXISTS "embed_recipes" ("collection_id" INTEGER PRIMARY KEY,
          "name" TEXT, "model" TEXT, "recipe" TEXT, "address" TEXT);
        CREATE TABLE IF NOT EXISTS "embed_staging" ("collection_id" INTEGER, "id" TEXT,
          "recipe" TEXT, "content_hash" BLOB, "embedding" BLOB, PRIMARY KEY ("collection_id","id"));
        """)
  }

  /// The entry of a collection; nil when there is none, or only that of another one that had the same number before
  /// llm removed it.
  ///
  /// - Throws: `EmbedError` with code `fileDamaged`.
  static func find(
    _ database: Database, id: Int, name: String, model: String
  ) throws -> Entry? {
    guard try LLMSchema.tableNames(database).contains(Self.name) else { return nil }
    let row = try Row.fetchOne(
      database,
      sql: """
        SELECT recipe, address FROM embed_recipes WHERE collection_id = ? AND name = ? AND model = ?
        """, arguments: [id, name, model])
    guard let row, let json = row.text(0) else { return nil }
    return Entry(
      recipe: try CollectionRecipe(json: json, collection: name), address: row.text(1))
  }

  static func save(
    _ entry: Entry, _ database: Database, id: Int, name: String, model: String
  ) throws {
    try database.execute(
      sql: "INSERT OR REPLACE INTO embed_recipes VALUES (?, ?, ?, ?, ?)",
      arguments: [id, name, model, entry.recipe.json, entry.address])
  }

  static func delete(_ database: Database, id: Int) throws {
    try database.execute(
      sql: """
        DELETE FROM embed_recipes WHERE collection_id = :id;
        DELETE FROM embed_staging WHERE collection_id = :id
        """, arguments: ["id": id])
  }
}
