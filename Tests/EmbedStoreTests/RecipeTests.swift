import EmbedCore
import EmbedTestSupport
import Testing

@testable import EmbedStore

/// Vectors of different making do not mix.
@Suite struct RecipeTests {
  private let fixture: StoreFixture

  init() throws { fixture = try StoreFixture() }

  private func refusal(
    of embedder: RecordingEmbedder, options: EmbedOptions = EmbedOptions(), precision: String? = nil
  ) async throws -> String? {
    let store = try await fixture.open()
    return try await message(fixture.folder) {
      _ = try await store.collection(
        "c", embedder: embedder, options: options, precision: precision)
    }
  }

  private func fill(_ embedder: RecordingEmbedder, count: Int = 1, storing: Bool = true)
    async throws
  {
    let collection = try await fixture.open().collection("c", embedder: embedder, precision: "f32")
    try await collection.embed(
      (0..<count).map { CollectionEntry(id: "\($0)", text: "text \($0)") }, storing: storing)
  }

  @Test func `refuses another recipe and names what differs`() async throws {
    try await fill(RecordingEmbedder(model: "org/Model", roles: [.document]))
    func refused(_ expected: String, _ got: String) -> String {
      "vectors of another making than the collection's: expected \(expected), got \(got) (collection \"c\")"
    }
    let same = RecordingEmbedder(model: "model", roles: [.document, .query])
    #expect(try await refusal(of: same, precision: "f32") == nil)
    #expect(try await refusal(of: same) == nil)
    #expect(try await refusal(of: same, precision: "half") == refused("precision f32", "half"))
    #expect(
      try await refusal(of: RecordingEmbedder(model: "other", roles: [.document]))
        == refused("model org/Model", "other"))
    #expect(
      try await refusal(of: RecordingEmbedder(model: "model", dimensions: 4, roles: [.document]))
        == refused("dimensions 8", "4"))
    #expect(
      try await refusal(of: same, options: EmbedOptions(dimensions: 4))
        == refused("dimensions 8", "4"))
    #expect(
      try await refusal(of: same, options: EmbedOptions(normalization: .none))
        == refused("normalization unit", "none"))
    #expect(
      try await refusal(of: RecordingEmbedder(model: "model")) == refused("role document", "none"))
  }

  @Test func `refuses other weights, and learns what older records did not tell`() async throws {
    try await fill(RecordingEmbedder())
    let first = RecordingEmbedder(fingerprint: ["weights": "1", "pooling": "mean"])
    try await fill(first, count: 2)
    let recipe = try await fixture.open().summary(of: "c")?.recipe
    #expect(recipe?.fingerprint == ["weights": "1", "pooling": "mean"])
    #expect(recipe?.precision == "f32")
    #expect(
      try await refusal(of: RecordingEmbedder(fingerprint: ["weights": "2", "prompt": "p"]))
        == "vectors of another making than the collection's: expected weights \"1\", got \"2\" (collection \"c\")"
    )
    #expect(try await refusal(of: RecordingEmbedder()) == nil)
    #expect(try await refusal(of: RecordingEmbedder(fingerprint: ["prompt": "p"])) == nil)
  }

  @Test func `refuses vectors that turn out to have other dimensions`() async throws {
    try await fill(RecordingEmbedder())
    let embedder = RecordingEmbedder(special: ["odd": [1, 0, 0]])
    let collection = try await fixture.open().collection("c", embedder: embedder)
    #expect(
      try await message(fixture.folder) { try await collection.embed("odd", id: "odd") }
        == "vectors of another making than the collection's: expected dimensions 8, got 3 (collection \"c\")"
    )
    #expect(
      try await message(fixture.folder) {
        try await collection.embed([
          CollectionEntry(id: "1", text: "fine"), CollectionEntry(id: "2", text: "odd"),
        ])
      } == "vector of other dimensions: expected 8, got 3 (input 1, record \"2\")")
    #expect(try fixture.query("SELECT id FROM embeddings") == ["0", "1"])
    #expect(
      try await message(fixture.folder) { _ = try await collection.similar(to: "odd") }
        == "vectors of other dimensions: expected 8, as the collection's, got 3 (collection \"c\")")
  }

  @Test(arguments: [[0, 0, 0] as [Float], [0, -0.0, 0], [.nan, 0, 1], [.infinity, 0, 0], []])
  func `refuses vectors without a direction`(vector: [Float]) async throws {
    let embedder = RecordingEmbedder(special: ["bad": vector])
    let collection = try await fixture.open().collection("c", embedder: embedder)
    let message = try await message(fixture.folder) { try await collection.embed("bad", id: "1") }
    #expect(message?.hasPrefix("vector ") == true)
    #expect(message?.hasSuffix("(input 0, record \"1\")") == true)
    #expect(try fixture.query("SELECT count(*) FROM collections") == ["0"])
  }

  @Test func `takes over a collection of llm, and refuses another model's`() async throws {
    _ = try await fixture.open()
    try fixture.execute(
      """
      INSERT INTO collections VALUES (1, 'c', 'sentence-transformers/Model');
      INSERT INTO embeddings (collection_id, id, embedding, content_hash)
        VALUES (1, 'a', x'0000803f00000000', x'00112233445566778899aabbccddeeff')
      """)
    #expect(
      try await refusal(of: RecordingEmbedder(model: "other", dimensions: 2))?.contains("model")
        == true)
    #expect(
      try await refusal(of: RecordingEmbedder(model: "model"))?.contains("dimensions 2, got 8")
        == true)
    let collection = try await fixture.open().collection(
      "c", embedder: RecordingEmbedder(model: "model", dimensions: 2))
    try await collection.embed("b", id: "b")
    #expect(try fixture.query("SELECT model FROM collections") == ["sentence-transformers/Model"])
    #expect(try await fixture.open().summary(of: "c")?.recipe?.model == "model")
  }

  @Test func `embeds without roles where llm did, and in the collection's role otherwise`()
    async throws
  {
    _ = try await fixture.open()
    try fixture.execute("INSERT INTO collections VALUES (1, 'c', 'model')")
    let embedder = RecordingEmbedder(model: "model", roles: [.document, .query])
    let stranger = try await fixture.open().collection("c", embedder: embedder)
    #expect(stranger.options.role == .none)
    #expect(stranger.queryOptions.role == .none)
    try await stranger.embed("a", id: "a")
    #expect(try await fixture.open().collection("c", embedder: embedder).options.role == .none)
    let own = try await fixture.open().collection("d", embedder: embedder)
    #expect(own.options.role == .document)
    #expect(own.queryOptions.role == .query)
  }

  @Test func `does not take the recipe of a collection that llm removed for that of the next`()
    async throws
  {
    try await fill(RecordingEmbedder())
    try fixture.execute(
      "DELETE FROM embeddings; DELETE FROM collections; INSERT INTO collections VALUES (1, 'c', 'x')"
    )
    let collection = try await fixture.open().collection(
      "c", embedder: RecordingEmbedder(model: "x", dimensions: 3))
    try await collection.embed("a", id: "a")
    #expect(try await fixture.open().summary(of: "c")?.recipe?.dimensions == 3)
  }

  // MARK: - Migration

  @Test func `makes all vectors anew, and goes on where it was broken off`() async throws {
    try await fill(RecordingEmbedder(), count: 30)
    let old = try fixture.query("SELECT hex(embedding) FROM embeddings ORDER BY id")
    func migrate(_ embedder: RecordingEmbedder) async throws -> EmbeddingCollection {
      try await fixture.open().migratedCollection("c", embedder: embedder)
    }
    let broken = RecordingEmbedder(model: "new", dimensions: 3, limit: 25, batchSize: 10)
    await #expect(throws: EmbedError.self) { try await migrate(broken) }
    #expect(try fixture.query("SELECT hex(embedding) FROM embeddings ORDER BY id") == old)
    #expect(try await refusal(of: RecordingEmbedder()) == nil)
    let embedder = RecordingEmbedder(model: "new", dimensions: 3, batchSize: 10)
    let collection = try await migrate(embedder)
    #expect(embedder.texts.count == 10)
    #expect(try await collection.count() == 30)
    for id in ["0", "15", "29"] {
      let vector = try await TestEmbedder(dimensions: 3).embed("text \(id)")
      #expect(try await collection.vector(of: id)?.vector == vector.vector)
    }
    #expect(try fixture.query("SELECT model FROM collections") == ["new"])
    #expect(try fixture.query("SELECT count(*) FROM embed_staging") == ["0"])
    #expect(try await refusal(of: RecordingEmbedder())?.contains("model new") == true)
    #expect(try await refusal(of: embedder) == nil)
    #expect(try await collection.similar(to: "text 3").first?.id == "3")
  }

  @Test func `does not go on with the vectors of yet another recipe`() async throws {
    try await fill(RecordingEmbedder(), count: 30)
    let store = try await fixture.open()
    await #expect(throws: EmbedError.self) {
      try await store.migratedCollection(
        "c", embedder: RecordingEmbedder(model: "one", limit: 25, batchSize: 10))
    }
    let embedder = RecordingEmbedder(model: "two", batchSize: 10)
    _ = try await store.migratedCollection("c", embedder: embedder)
    #expect(embedder.texts.count == 30)
  }

  @Test func `refuses to migrate what it has no contents of`() async throws {
    try await fill(RecordingEmbedder(), storing: false)
    let store = try await fixture.open()
    #expect(
      try await message(fixture.folder) {
        _ = try await store.migratedCollection("c", embedder: RecordingEmbedder(model: "new"))
      }
        == "vectors cannot be made anew: expected contents that are stored, or in an input that can be "
        + "read twice, got none of record \"0\" (collection \"c\")")
  }

  @Test func `makes vectors anew of contents that are handed in, and goes on`() async throws {
    try await fill(RecordingEmbedder(), count: 30, storing: false)
    // One that is stored, and one of another text by now.
    try await fixture.open().collection("c", embedder: RecordingEmbedder()).embed(
      [CollectionEntry(id: "stored", text: "stored text")], storing: true)
    let entries = (0..<30).map { number in
      CollectionEntry(id: "\(number)", text: number == 7 ? "changed" : "text \(number)")
    }
    let old = try fixture.query("SELECT id, hex(embedding), content FROM embeddings ORDER BY id")
    func migrate(_ embedder: RecordingEmbedder, _ entries: [CollectionEntry]) async throws {
      var rest = entries[...]
      _ = try await fixture.open().migratedCollection("c", embedder: embedder) {
        defer { rest = rest.dropFirst(8) }
        return Array(rest.prefix(8))
      }
    }
    let unknown = CollectionEntry(id: "unknown", text: "unknown")
    let partial = try await message(fixture.folder) {
      try await migrate(
        RecordingEmbedder(model: "new", dimensions: 3), Array(entries.dropLast()) + [unknown])
    }
    #expect(partial?.contains("got none of record \"29\"") == true)
    #expect(
      try fixture.query("SELECT id, hex(embedding), content FROM embeddings ORDER BY id") == old)
    let embedder = RecordingEmbedder(model: "new", dimensions: 3)
    try await migrate(embedder, entries)
    #expect(embedder.texts == ["text 29"])
    let collection = try await fixture.open().collection("c", embedder: embedder)
    for entry in entries + [CollectionEntry(id: "stored", text: "stored text")] {
      guard case .text(let text) = entry.content else { continue }
      let vector = try await TestEmbedder(dimensions: 3).embed(text)
      #expect(try await collection.vector(of: entry.id)?.vector == vector.vector)
    }
    #expect(try await collection.count() == 31)
    #expect(try fixture.query("SELECT count(content) FROM embeddings") == ["1"])
    // The hashes are those of the contents: nothing is left to be embedded.
    #expect(try await collection.embed(entries).unchanged == 30)
    #expect(try fixture.query("SELECT count(*) FROM embed_staging") == ["0"])
  }
}
