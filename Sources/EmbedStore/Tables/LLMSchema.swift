import Crypto
import Foundation
import GRDB

/// The tables of llm 0.36, and how those of older versions become them.
///
/// Source: llm/embeddings_migrations.py and sqlite_utils/migrations.py; the schema was read from databases that llm made.
enum LLMSchema {
  /// The names that llm keeps of what it has done, in order.
  private static let migrations = [
    "m001_create_tables", "m002_foreign_key", "m003_add_updated", "m004_store_content_hash",
    "m005_add_content_blob",
  ]

  /// The columns of the table `embeddings`.
  private static let columns: [(name: String, declaration: String)] = [
    ("collection_id", "INTEGER REFERENCES \"collections\"(\"id\")"), ("id", "TEXT"),
    ("embedding", "BLOB"), ("content", "TEXT"), ("content_blob", "BLOB"), ("content_hash", "BLOB"),
    ("metadata", "TEXT"), ("updated", "INTEGER"),
  ]

  /// The names of all tables.
  static func tableNames(_ database: Database) throws -> Set<String> {
    try String.fetchSet(
      database.cachedStatement(sql: "SELECT name FROM sqlite_master WHERE type = 'table'"))
  }

  /// Whether nothing is missing.
  static func isCurrent(_ database: Database) throws -> Bool {
    let needed: Set = ["collections", "embeddings", "_sqlite_migrations", RecipeTable.name]
    return try tableNames(database).isSuperset(of: needed)
      && applied(database).isSuperset(of: migrations)
  }

  /// Makes the tables that are missing and brings old ones up to date, in the transaction of the caller.
  static func migrate(_ database: Database) throws {
    if try isCurrent(database) { return }
    let tables = try tableNames(database)
    try prepareMigrationsTable(database, exists: tables.contains("_sqlite_migrations"))
    if !tables.contains("collections") {
      try database.execute(
        sql: """
          CREATE TABLE "collections" ("id" INTEGER PRIMARY KEY,"name" TEXT,"model" TEXT);
          CREATE UNIQUE INDEX "idx_collections_name" ON "collections" ("name");
          """)
    }
    if !tables.contains("embeddings") {
      try createEmbeddings(database, named: "embeddings", extra: [])
    } else if try !hasCurrentEmbeddings(database) {
      try rebuildEmbeddings(database)
    }
    try database.execute(
      sql: """
        CREATE INDEX IF NOT EXISTS "idx_embeddings_content_hash" ON "embeddings" ("content_hash")
        """)
    try RecipeTable.create(database)
    try record(database)
  }

  private static func applied(_ database: Database) throws -> Set<String> {
    try String.fetchSet(
      database,
      sql: "SELECT name FROM _sqlite_migrations WHERE migration_set = 'llm.embeddings'")
  }

  /// Makes the table in which llm's library keeps what it has done, or gives an old one its new form.
  private static func prepareMigrationsTable(_ database: Database, exists: Bool) throws {
    let isNew =
      try exists && database.columns(in: "_sqlite_migrations").contains { $0.name == "id" }
    if isNew { return }
    if exists {
      try database.execute(sql: "ALTER TABLE _sqlite_migrations RENAME TO _sqlite_migrations_old")
    }
    try database.execute(
      sql: """
        CREATE TABLE "_sqlite_migrations" \
        ("id" INTEGER PRIMARY KEY,"migration_set" TEXT,"name" TEXT,"applied_at" TEXT);
        CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
          ON "_sqlite_migrations" ("migration_set","name");
        """)
    if exists {
      try database.execute(
        sql: """
          INSERT INTO _sqlite_migrations (migration_set, name, applied_at)
            SELECT migration_set, name, applied_at FROM _sqlite_migrations_old ORDER BY rowid;
          DROP TABLE _sqlite_migrations_old;
          """)
    }
  }

  private static func record(_ database: Database) throws {
    let format = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    // Python's spelling: 2026-07-04 12:00:00.000000+00:00
    let now = Date().formatted(format).replacing("T", with: " ").replacing("Z", with: "000+00:00")
    let applied = try applied(database)
    for name in migrations where !applied.contains(name) {
      try database.execute(
        sql: """
          INSERT INTO _sqlite_migrations (migration_set, name, applied_at)
          VALUES ('llm.embeddings', ?, ?)
          """, arguments: [name, now])
    }
  }
}

// MARK: - The table of embeddings

extension LLMSchema {
  private static func createEmbeddings(
    _ database: Database, named name: String, extra: [(name: String, declaration: String)]
  ) throws {
    let declarations = (columns + extra).map { "\($0.name.quotedIdentifier) \($0.declaration)" }
    try database.execute(
      sql: """
        CREATE TABLE \(name.quotedIdentifier) (\(declarations.joined(separator: ",")),
         PRIMARY KEY ("collection_id","id"))
        """)
  }

  private static func hasCurrentEmbeddings(_ database: Database) throws -> Bool {
    let names = try Set(database.columns(in: "embeddings").map { $0.name.lowercased() })
    return try names.isSuperset(of: columns.map(\.name))
      && !database.foreignKeys(on: "embeddings").isEmpty
  }

  /// Copies the table into one of the newest form; columns, indices and triggers that llm does not know come along.
  private static func rebuildEmbeddings(_ database: Database) throws {
    let old = try database.columns(in: "embeddings")
    let oldNames = Set(old.map { $0.name.lowercased() })
    let known = Set(columns.map(\.name))
    let extra = old.filter { !known.contains($0.name.lowercased()) }.map { ($0.name, $0.type) }
    let attachments = try String.fetchAll(
      database,
      sql: """
        SELECT sql FROM sqlite_master
        WHERE tbl_name = 'embeddings' AND type IN ('index', 'trigger') AND sql IS NOT NULL
        """)
    database.add(function: contentHash)
    defer { database.remove(function: contentHash) }
    try createEmbeddings(database, named: "embeddings_new", extra: extra)
    let copied = columns.map { column in
      switch column.name {
      case _ where oldNames.contains(column.name): column.name.quotedIdentifier
      case "content_hash": "embed_content_hash(content)"
      case "updated": "CAST(strftime('%s', 'now') AS INTEGER)"
      default: "NULL"
      }
    }
    let extraNames = extra.map(\.0.quotedIdentifier)
    let targets = columns.map(\.name.quotedIdentifier) + extraNames
    try database.execute(
      sql: """
        INSERT INTO embeddings_new (\(targets.joined(separator: ",")))
          SELECT \((copied + extraNames).joined(separator: ",")) FROM embeddings;
        DROP TABLE embeddings;
        PRAGMA legacy_alter_table = 1;
        ALTER TABLE embeddings_new RENAME TO embeddings;
        PRAGMA legacy_alter_table = 0;
        """)
    for sql in attachments { try database.execute(sql: sql) }
  }

  /// The hash of a stored text; a random one where none is stored, which no content has.
  private static let contentHash = DatabaseFunction("embed_content_hash", argumentCount: 1) {
    values in
    guard let text = String.fromDatabaseValue(values[0]) else {
      return Data((0..<16).map { _ in UInt8.random(in: .min ... .max) })
    }
    return Data(CollectionContent.text(text).hash)
  }
}

extension String {
  /// The name in the quotes of SQL.
  var quotedIdentifier: String { "\"\(replacing("\"", with: "\"\""))\"" }
}
