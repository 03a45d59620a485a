import EmbedCore
import EmbedTestSupport
import Foundation
import GRDB
import Testing

@testable import EmbedStore

/// Databases that cannot be used: a clear error each, and nothing lost.
@Suite struct StoreFailureTests {
  private let fixture: StoreFixture

  init() throws { fixture = try StoreFixture() }

  private func refusal(for access: CollectionStore.Access = .write) async throws -> String? {
    try await message(fixture.folder) { _ = try await fixture.open(for: access) }
  }

  @Test func `misses a database that is to be read`() async throws {
    #expect(
      try await refusal(for: .read)
        == "no database of embeddings: expected a file, got nothing (DIR/embeddings.db)")
    #expect(!FileManager.default.fileExists(atPath: fixture.path))
  }

  @Test func `reads an empty file, and makes a database of it`() async throws {
    try fixture.folder.write("", to: "embeddings.db")
    #expect(try await fixture.open(for: .read).summaries().isEmpty)
    let store = try await fixture.open(for: .read)
    await #expect(throws: EmbedError.self) { try await store.similar(to: Embedding([1]), in: "c") }
    #expect(try await fixture.open().summaries().isEmpty)
  }

  @Test(arguments: [CollectionStore.Access.read, .write])
  func `refuses what is no database`(access: CollectionStore.Access) async throws {
    try fixture.folder.write(String(repeating: "not a database\n", count: 100), to: "embeddings.db")
    #expect(
      try await refusal(for: access)
        == "not a database, or a damaged one: expected SQLite's format, got file is not a database "
        + "(DIR/embeddings.db)")
    #expect(try fixture.folder.read("embeddings.db").count == 1500)
  }

  @Test func `refuses a database that was cut short`() async throws {
    let collection = try await fixture.open().collection(
      "c", embedder: TestEmbedder(dimensions: 256))
    try await collection.embed((0..<200).map { CollectionEntry(id: "\($0)", text: "\($0)") })
    let bytes = try fixture.folder.read("embeddings.db")
    try fixture.folder.write(Array(bytes[..<(bytes.count / 2)]), to: "embeddings.db")
    let message = try await message(fixture.folder) {
      _ = try await fixture.open(for: .read).similar(toRecord: "1", in: "c")
    }
    #expect(message?.hasPrefix("not a database, or a damaged one: ") == true)
  }

  @Test func `cannot make a database where there is no folder, nor of a folder`() async throws {
    let message = try await message(fixture.folder) {
      _ = try await CollectionStore.open(at: fixture.folder.path("no/such/e.db"))
    }
    #expect(message == "cannot use the database: unable to open database file (DIR/no/such/e.db)")
    try fixture.folder.makeFolder(named: "embeddings.db")
    #expect(try await refusal()?.hasPrefix("cannot use the database: ") == true)
  }

  @Test func `refuses to write to what was opened for reading`() async throws {
    _ = try await fixture.open()
    let collection = try await fixture.open(for: .read).collection("c", embedder: TestEmbedder())
    #expect(
      try await message(fixture.folder) { try await collection.embed("a", id: "1") }
        == "cannot write to the database: expected one opened for writing, got one opened for reading "
        + "(DIR/embeddings.db)")
  }

  @Test func `keeps what it has when there is no space left`() async throws {
    let store = try await fixture.open()
    let collection = try await store.collection("c", embedder: TestEmbedder(dimensions: 1024))
    try await collection.embed("a", id: "first")
    try await store.queue.writeWithoutTransaction {
      try $0.execute(sql: "PRAGMA max_page_count = 20")
    }
    let message = try await message(fixture.folder) {
      try await collection.embed((0..<50).map { CollectionEntry(id: "\($0)", text: "\($0)") })
    }
    #expect(message == "cannot write to the database: no space left (DIR/embeddings.db)")
    #expect(try fixture.query("SELECT id FROM embeddings") == ["first"])
    #expect(try await store.problems(of: "c").isEmpty)
  }

  @Test func `waits for another program's transaction, and tells when that takes too long`()
    async throws
  {
    _ = try await fixture.open()
    let other = try fixture.connectionOfAnother()
    try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
    let impatient = try await CollectionStore.open(at: fixture.path, patience: 0.05)
      .collection("c", embedder: TestEmbedder())
    #expect(
      try await message(fixture.folder) { try await impatient.embed("a", id: "1") }
        == "database locked: expected other programs to end their transactions, got one that takes longer "
        + "(DIR/embeddings.db)")
    let patient = try await fixture.open().collection("c", embedder: TestEmbedder())
    async let changes = patient.embed("a", id: "1")
    try await Task.sleep(for: .milliseconds(100))
    try await other.writeWithoutTransaction { try $0.execute(sql: "COMMIT") }
    #expect(try await changes.embedded == 1)
  }

  @Test func `rolls back what a program left that was killed`() async throws {
    let collection = try await fixture.open().collection("c", embedder: TestEmbedder())
    try await collection.embed("a", id: "1")
    // A database in the middle of a commit, with its journal, as a killed program leaves both.
    let other = try fixture.connectionOfAnother()
    try await other.writeWithoutTransaction { database in
      try database.execute(sql: "PRAGMA cache_size = 1; BEGIN IMMEDIATE")
      for number in 0..<500 {
        try database.execute(
          sql: "INSERT INTO embeddings (collection_id, id, embedding) VALUES (1, ?, zeroblob(900))",
          arguments: ["lost\(number)"])
      }
    }
    let copy = try fixture.folder.read("embeddings.db")
    let journal = try fixture.folder.read("embeddings.db-journal")
    let folder = try TemporaryFolder()
    try folder.write(copy, to: "e.db")
    try folder.write(journal, to: "e.db-journal")
    let store = try await CollectionStore.open(at: folder.path("e.db"), for: .read)
    #expect(try await store.summary(of: "c")?.count == 1)
    #expect(try await store.similar(toRecord: "1", in: "c").isEmpty)
  }

  // MARK: - Queries

  @Test func `hands out the rows of a query, and keeps nobody from writing`() async throws {
    let collection = try await fixture.open().collection("c", embedder: TestEmbedder())
    try await collection.embed("a", id: "1")
    let other = try StoreFixture()
    try other.execute(
      "CREATE TABLE posts (id INTEGER, body, n REAL); INSERT INTO posts VALUES (1, 'one', 1.5), (2, x'00ff', NULL)"
    )
    let rows = try SQLRows(
      "SELECT id, body, n FROM blog.posts ORDER BY id DESC", in: fixture.path,
      attaching: [("blog", other.path)])
    #expect(rows.columns == ["id", "body", "n"])
    #expect(rows.count == 2)
    try await collection.embed("b", id: "2")
    #expect(
      try rows.rows(0..<10) == [
        [.integer(2), .blob([0, 255]), .null], [.integer(1), .text("one"), .real(1.5)],
      ])
    #expect(try rows.rows(1..<2).count == 1)
    #expect(try SQLRows("SELECT id FROM embeddings", in: fixture.path, attaching: []).count == 2)
  }

  @Test(arguments: [
    "SELEKT 1", "DELETE FROM embeddings", "DELETE FROM embeddings RETURNING id",
    "SELECT * FROM nothing",
  ])
  func `refuses what is no query`(sql: String) async throws {
    _ = try await fixture.open()
    let message = try await message(fixture.folder) {
      _ = try SQLRows(sql, in: fixture.path, attaching: [])
    }
    #expect(message?.hasPrefix("--sql: ") == true)
  }
}
