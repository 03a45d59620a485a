import EmbedCore
import EmbedTestSupport
import Testing

@testable import EmbedStore

/// Records: what is embedded, what is kept, what is brought up to date.
@Suite struct EmbeddingCollectionTests {
  private let fixture: StoreFixture
  private let embedder = RecordingEmbedder()

  init() throws { fixture = try StoreFixture() }

  private func collection(_ embedder: RecordingEmbedder? = nil) async throws -> EmbeddingCollection
  {
    try await fixture.open().collection("c", embedder: embedder ?? self.embedder)
  }

  private func entries(_ texts: KeyValuePairs<String, String>) -> [CollectionEntry] {
    texts.map { CollectionEntry(id: $0.key, text: $0.value) }
  }

  @Test func `stores a vector as llm does`() async throws {
    let collection = try await collection()
    #expect(try await collection.count() == 0)
    try await collection.embed(
      "hello", id: "1", metadata: RecordMetadata(json: #"{"é":1.50,"b":"\u0001"}"#), storing: true)
    let vector = try await TestEmbedder().embed("hello")
    let bytes = vector.littleEndianBytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
      .joined()
    #expect(
      try fixture.query(
        "SELECT collection_id, id, embedding, content, content_blob, content_hash, metadata FROM embeddings"
      ) == [
        "1|1|\(bytes)|hello|-|5d41402abc4b2a76b9719d911017c592|"
          + #"{"\u00e9": 1.50, "b": "\u0001"}"#
      ])
    #expect(
      try fixture.query(
        "SELECT typeof(id), typeof(embedding), typeof(content_hash), typeof(updated) FROM embeddings"
      )
        == ["text|blob|blob|integer"])
    #expect(try fixture.query("SELECT id, name, model FROM collections") == ["1|c|test"])
    #expect(try await collection.count() == 1)
    #expect(try await collection.exists("1"))
    #expect(try await !collection.exists("2"))
    #expect(try await collection.vector(of: "1")?.vector == vector.vector)
    #expect(try await collection.vector(of: "2") == nil)
    #expect(try await collection.record("1")?.metadata?["é"] == "1.50")
  }

  @Test func `stores bytes as bytes, and nothing for metadata without members`() async throws {
    let collection = try await collection()
    try await collection.embed(
      [
        CollectionEntry(id: "i", content: .binary([1, 0, 2]), metadata: RecordMetadata(json: "{}"))
      ],
      storing: true)
    #expect(
      try fixture.query("SELECT content, content_blob, content_hash, metadata FROM embeddings")
        == ["-|010002|a53f31f3bcfc9ad6b3ecb8a3b26abcfd|-"]
        || fixture.query("SELECT content, content_blob, metadata FROM embeddings") == ["-|010002|-"]
    )
    #expect(embedder.texts == ["3 bytes"])
    #expect(try await collection.record("i")?.content == .binary([1, 0, 2]))
  }

  @Test func `embeds nothing that is there already`() async throws {
    let collection = try await collection()
    try await collection.embed(entries(["1": "a", "2": "b"]))
    let changes = try await collection.embed(entries(["1": "a", "2": "b"]))
    #expect(changes.unchanged == 2)
    #expect(changes.count == 2)
    #expect(embedder.texts == ["a", "b"])
  }

  @Test func `replaces a record whose content is new, in a batch with contents that are not`()
    async throws
  {
    let collection = try await collection()
    try await collection.embed(entries(["1": "hello", "2": "world"]))
    // llm passes over record 1 here, because its name has a content that occurs in the batch.
    let changes = try await collection.embed(entries(["1": "CHANGED", "3": "hello", "4": "new"]))
    #expect(changes.embedded == 2)
    #expect(changes.copied == 1)
    #expect(embedder.texts == ["hello", "world", "CHANGED", "new"])
    #expect(
      try fixture.query(
        "SELECT id, hex(content_hash) = hex(x'5d41402abc4b2a76b9719d911017c592') FROM embeddings")
        == ["1|0", "2|0", "3|1", "4|0"])
    let vector = try await TestEmbedder().embed("CHANGED")
    #expect(try await collection.vector(of: "1")?.vector == vector.vector)
    let copied = try await TestEmbedder().embed("hello")
    #expect(try await collection.vector(of: "3")?.vector == copied.vector)
  }

  @Test func `makes a record of a content that another one has, without embedding it`() async throws
  {
    let collection = try await collection()
    try await collection.embed("same", id: "a")
    let changes = try await collection.embed("same", id: "b")
    #expect(changes.copied == 1)
    #expect(try await collection.count() == 2)
    #expect(embedder.texts == ["same"])
    let twice = try await collection.embed(entries(["c": "new", "d": "new"]))
    #expect(twice.embedded == 1)
    #expect(twice.copied == 1)
    #expect(embedder.texts == ["same", "new"])
  }

  @Test func `brings content and metadata up to date without embedding again`() async throws {
    let collection = try await collection()
    try await collection.embed("text", id: "1")
    #expect(try await collection.embed("text", id: "1", storing: true).updated == 1)
    #expect(try await collection.record("1")?.content == .text("text"))
    let metadata = RecordMetadata(["k": "v"])
    #expect(try await collection.embed("text", id: "1", metadata: metadata).updated == 1)
    #expect(try await collection.record("1")?.content == .text("text"))
    #expect(try await collection.record("1")?.metadata == metadata)
    #expect(
      try await collection.embed("text", id: "1", metadata: metadata, storing: true).unchanged == 1)
    #expect(try await collection.embed("text", id: "1").unchanged == 1)
    #expect(try await collection.embed("text", id: "1", metadata: RecordMetadata([:])).updated == 1)
    #expect(try await collection.record("1")?.metadata == nil)
    #expect(embedder.texts == ["text"])
  }

  @Test func `keeps no content of before beside the vector of another, but the metadata`()
    async throws
  {
    let collection = try await collection()
    try await collection.embed("old", id: "1", metadata: RecordMetadata(["k": "v"]), storing: true)
    try await collection.embed("new", id: "1")
    #expect(try await collection.record("1")?.content == nil)
    #expect(try await collection.record("1")?.metadata?["k"] == "v")
    try await collection.embed("newer", id: "1", storing: true)
    #expect(try await collection.record("1")?.content == .text("newer"))
  }

  @Test func `takes the last of entries of one name`() async throws {
    let collection = try await collection()
    let changes = try await collection.embed(entries(["1": "a", "1": "b"]), storing: true)
    #expect(changes.embedded == 1)
    #expect(try await collection.record("1")?.content == .text("b"))
  }

  @Test func `tells names apart that only look alike`() async throws {
    let collection = try await collection()
    try await collection.embed(
      entries(["\u{E9}": "composed", "e\u{301}": "decomposed", "": "empty"]), storing: true)
    #expect(try await collection.count() == 3)
    #expect(try await collection.record("e\u{301}")?.content == .text("decomposed"))
    #expect(try await collection.delete(["\u{E9}", "nobody"]) == 1)
    #expect(try await collection.exists("e\u{301}"))
  }

  @Test func `embeds a sequence batch by batch`() async throws {
    let embedder = RecordingEmbedder(limit: 25)
    let collection = try await collection(embedder)
    let entries = AsyncStream { continuation in
      for number in 0..<30 {
        continuation.yield(CollectionEntry(id: "\(number)", text: "text \(number)"))
      }
      continuation.finish()
    }
    await #expect(throws: EmbedError.self) {
      try await collection.embedMulti(entries, batchSize: 10)
    }
    // The batch that failed left nothing.
    #expect(try await collection.count() == 20)
  }

  @Test func `keeps all others when an entry is refused, and names it`() async throws {
    let collection = try await collection()
    let message = try await message(fixture.folder) {
      try await collection.embed(entries(["1": "a", "2": "refused", "3": "c"]))
    }
    #expect(message == #"refused (input 1, record "2")"#)
    #expect(try fixture.query("SELECT id FROM embeddings") == ["1", "3"])
    #expect(try await collection.embed(entries(["1": "a", "3": "c"])).unchanged == 2)
  }

  @Test func `removes records that are not in the input any more`() async throws {
    let collection = try await collection()
    try await collection.embed(entries(["a/1": "1", "a/2": "2", "b/1": "3"]))
    #expect(try await collection.deleteAll(except: ["a/1"], prefix: "a/") == 1)
    #expect(try fixture.query("SELECT id FROM embeddings") == ["a/1", "b/1"])
    #expect(try await collection.deleteAll(except: []) == 2)
  }

  @Test func `removes a collection with all that belongs to it`() async throws {
    let store = try await fixture.open()
    for name in ["c", "d"] {
      try await store.collection(name, embedder: embedder).embed("a", id: "1")
    }
    #expect(try await store.exists("c"))
    try await store.delete("c")
    #expect(try await !store.exists("c"))
    #expect(try await store.summaries().map(\.name) == ["d"])
    #expect(try await store.summary(of: "d")?.count == 1)
    #expect(try fixture.query("SELECT count(*) FROM embeddings") == ["1"])
    #expect(try fixture.query("SELECT name FROM embed_recipes") == ["d"])
    #expect(
      try await message(fixture.folder) { try await store.delete("c") }
        == "no such collection: got \"c\"")
  }

  @Test func `two writers lose nothing of each other`() async throws {
    let first = try await fixture.open()
    let second = try await fixture.open()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (name, store) in [("x", first), ("y", second)] {
        group.addTask {
          let collection = try await store.collection("c", embedder: TestEmbedder())
          for number in 0..<50 {
            try await collection.embed("\(name) \(number)", id: "\(name)\(number)", storing: true)
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(try fixture.query("SELECT count(*) FROM embeddings") == ["100"])
    #expect(try fixture.query("SELECT count(*) FROM collections") == ["1"])
  }
}
