import EmbedCore
import EmbedTestSupport
import Testing

@testable import EmbedStore

/// The tables of llm, made and brought up to date.
@Suite struct LLMSchemaTests {
  private let fixture: StoreFixture

  init() throws { fixture = try StoreFixture() }

  private func schema(_ name: String) throws -> String {
    try fixture.query("SELECT sql FROM sqlite_master WHERE name = '\(name)'")
      .joined(separator: "\n").replacing(/\s+/, with: " ")
  }

  @Test func `makes the tables of llm 0_36`() async throws {
    _ = try await fixture.open()
    #expect(
      try schema("collections")
        == #"CREATE TABLE "collections" ("id" INTEGER PRIMARY KEY,"name" TEXT,"model" TEXT)"#)
    #expect(
      try schema("embeddings")
        == #"CREATE TABLE "embeddings" ("collection_id" INTEGER REFERENCES "collections"("id"),"id" TEXT,"#
        + #""embedding" BLOB,"content" TEXT,"content_blob" BLOB,"content_hash" BLOB,"metadata" TEXT,"#
        + #""updated" INTEGER, PRIMARY KEY ("collection_id","id"))"#)
    #expect(
      try schema("idx_collections_name")
        == #"CREATE UNIQUE INDEX "idx_collections_name" ON "collections" ("name")"#)
    #expect(
      try schema("idx_embeddings_content_hash")
        == #"CREATE INDEX "idx_embeddings_content_hash" ON "embeddings" ("content_hash")"#)
    #expect(
      try schema("_sqlite_migrations")
        == #"CREATE TABLE "_sqlite_migrations" ("id" INTEGER PRIMARY KEY,"migration_set" TEXT,"name" TEXT,"#
        + #""applied_at" TEXT)"#)
    let migrations = try fixture.query(
      "SELECT migration_set, name, applied_at FROM _sqlite_migrations ORDER BY id")
    #expect(
      migrations.map { $0.split(separator: "|")[..<2].joined(separator: " ") } == [
        "llm.embeddings m001_create_tables", "llm.embeddings m002_foreign_key",
        "llm.embeddings m003_add_updated", "llm.embeddings m004_store_content_hash",
        "llm.embeddings m005_add_content_blob",
      ])
    #expect(
      migrations[0].contains(/\|\d\d\d\d-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}\+00:00$/))
    #expect(try fixture.query("PRAGMA journal_mode") == ["delete"])
    #expect(try fixture.query("PRAGMA user_version") == ["0"])
  }

  @Test func `leaves a database of the newest schema as it is`() async throws {
    _ = try await fixture.open()
    let before = try fixture.folder.read("embeddings.db")
    _ = try await fixture.open()
    #expect(try fixture.folder.read("embeddings.db") == before)
  }

  /// A database as the versions of llm left it that had so many migrations.
  private func writeOld(_ version: Int, oldMigrationsTable: Bool = true) throws {
    try fixture.execute(
      """
      CREATE TABLE [collections] ([id] INTEGER PRIMARY KEY, [name] TEXT, [model] TEXT);
      CREATE UNIQUE INDEX [idx_collections_name] ON [collections] ([name]);
      CREATE TABLE [embeddings] (
        [collection_id] INTEGER \(version >= 2 ? "REFERENCES [collections]([id])" : ""),
        [id] TEXT, [embedding] BLOB, [content] TEXT,
        \(version >= 4 ? "[content_hash] BLOB," : "") [metadata] TEXT,
        \(version >= 3 ? "[updated] INTEGER," : "")
        PRIMARY KEY ([collection_id], [id]));
      INSERT INTO collections VALUES (1, 'old', 'test');
      INSERT INTO embeddings (collection_id, id, embedding, content, metadata) VALUES
        (1, 'a', x'0000803f00000000', 'hello', '{"k": 1}'), (1, 'b', x'000000000000803f', NULL, NULL);
      CREATE TABLE [_sqlite_migrations] (
        \(oldMigrationsTable ? "" : "[id] INTEGER PRIMARY KEY,")
        [migration_set] TEXT, [name] TEXT, [applied_at] TEXT
        \(oldMigrationsTable ? ", PRIMARY KEY ([migration_set], [name])" : ""));
      """)
    let names = [
      "m001_create_tables", "m002_foreign_key", "m003_add_updated", "m004_store_content_hash",
    ]
    for name in names[..<version] {
      try fixture.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('llm.embeddings', '\(name)', 'then')"
      )
    }
    if version >= 3 { try fixture.execute("UPDATE embeddings SET updated = 5") }
    if version == 4 {
      try fixture.execute(
        """
        UPDATE embeddings SET content_hash = x'00112233445566778899aabbccddeeff';
        CREATE INDEX [idx_embeddings_content_hash] ON [embeddings] ([content_hash])
        """)
    }
  }

  @Test(arguments: [1, 2, 3, 4]) func `brings databases of older versions up to date`(version: Int)
    async throws
  {
    try writeOld(version)
    try fixture.execute("INSERT INTO _sqlite_migrations VALUES ('another', 'one', 'then')")
    let store = try await fixture.open()
    _ = store
    let rows = try fixture.query(
      "SELECT id, embedding, content, content_blob, metadata, typeof(updated) FROM embeddings ORDER BY id"
    )
    #expect(
      rows == [
        "a|0000803f00000000|hello|-|{\"k\": 1}|integer", "b|000000000000803f|-|-|-|integer",
      ])
    let hashes = try fixture.query("SELECT content_hash FROM embeddings ORDER BY id")
    if version < 4 {
      #expect(hashes[0] == "5d41402abc4b2a76b9719d911017c592")
      #expect(hashes[1].count == 32)
    } else {
      #expect(hashes == Array(repeating: "00112233445566778899aabbccddeeff", count: 2))
    }
    if version >= 3 { #expect(try fixture.query("SELECT updated FROM embeddings") == ["5", "5"]) }
    #expect(
      try fixture.query("SELECT name, applied_at = 'then' FROM _sqlite_migrations ORDER BY id")
        .count == 6)
    #expect(
      try fixture.query("SELECT \"from\" FROM pragma_foreign_key_list('embeddings')") == [
        "collection_id"
      ])
    #expect(
      try fixture.query(
        "SELECT count(*) FROM sqlite_master WHERE name = 'idx_embeddings_content_hash'") == ["1"])
  }

  @Test func `keeps columns, indices and triggers of others when it brings a table up to date`()
    async throws
  {
    try writeOld(3, oldMigrationsTable: false)
    try fixture.execute(
      """
      ALTER TABLE embeddings ADD COLUMN "my ""note" TEXT;
      UPDATE embeddings SET "my ""note" = 'mine' WHERE id = 'a';
      CREATE INDEX mine ON embeddings (metadata);
      CREATE TABLE log (id TEXT);
      CREATE TRIGGER noted AFTER DELETE ON embeddings BEGIN INSERT INTO log VALUES (old.id); END;
      CREATE VIEW ids AS SELECT id FROM embeddings
      """)
    _ = try await fixture.open()
    #expect(
      try fixture.query("SELECT \"my \"\"note\" FROM embeddings ORDER BY id") == ["mine", "-"])
    #expect(try fixture.query("SELECT id FROM ids") == ["a", "b"])
    try fixture.execute("DELETE FROM embeddings WHERE id = 'a'")
    #expect(try fixture.query("SELECT id FROM log") == ["a"])
    #expect(try fixture.query("SELECT name FROM sqlite_master WHERE name = 'mine'") == ["mine"])
  }

  @Test func `takes tables that were made without migrations`() async throws {
    try fixture.execute(
      """
      CREATE TABLE collections (id INTEGER PRIMARY KEY, name TEXT, model TEXT);
      CREATE TABLE embeddings (collection_id INTEGER REFERENCES collections(id), id TEXT, embedding BLOB,
        content TEXT, content_blob BLOB, content_hash BLOB, metadata TEXT, updated INTEGER,
        PRIMARY KEY (collection_id, id));
      INSERT INTO collections VALUES (7, 'mine', 'test')
      """)
    let store = try await fixture.open()
    #expect(try await store.summaries().map(\.name) == ["mine"])
    #expect(try fixture.query("SELECT count(*) FROM _sqlite_migrations") == ["5"])
  }

  @Test func `reads a database of an older version without changing it`() async throws {
    try writeOld(2)
    let before = try fixture.folder.read("embeddings.db")
    let store = try await fixture.open(for: .read)
    let found = try await store.similar(to: Embedding([1, 0]), in: "old")
    #expect(found.map(\.id) == ["a", "b"])
    #expect(found[0].content == .text("hello"))
    #expect(found[0].metadata?["k"] == "1")
    #expect(
      try await store.problems(of: "old").map(\.what) == [
        "no hash of the content", "no hash of the content",
      ])
    #expect(try fixture.folder.read("embeddings.db") == before)
  }
}
