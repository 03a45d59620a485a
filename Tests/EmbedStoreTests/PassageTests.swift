import EmbedCore
import EmbedTestSupport
import Testing

@testable import EmbedStore

/// Documents in passages: their records, and what becomes of them when documents change.
@Suite struct PassageTests {
  private let fixture: StoreFixture
  private let embedder = RecordingEmbedder()
  private let cutter: PassageCutter

  init() throws {
    fixture = try StoreFixture()
    // Three tokens beside two special ones.
    cutter = try PassageCutter(PieceTokenizer(), limit: 5)
  }

  private func collection(_ embedder: RecordingEmbedder? = nil) async throws -> EmbeddingCollection
  {
    try await fixture.open().collection("c", embedder: embedder ?? self.embedder)
  }

  private func entries(_ texts: KeyValuePairs<String, String>) -> [CollectionEntry] {
    texts.map { CollectionEntry(id: $0.key, text: $0.value) }
  }

  private func contents() throws -> [String] {
    try fixture.query("SELECT id, content FROM embeddings ORDER BY id")
  }

  // MARK: - Records

  @Test func `keeps a document's passages with their places`() async throws {
    let document = CollectionEntry(
      id: "é.md", text: "é b c\nd e f", metadata: try RecordMetadata(json: #"{"k": [1]}"#))
    let cutter = try PassageCutter(PieceTokenizer(), limit: 7, prefix: "p: ")
    let changes = try await collection().embed([document], inPassagesOf: cutter, storing: true)
    #expect(changes.embedded == 2)
    #expect(embedder.texts == ["p: é b c\n", "p: d e f"])
    #expect(
      try fixture.query("SELECT id, content, metadata FROM embeddings ORDER BY id") == [
        "é.md#0001|p: é b c\n|"
          + #"{"k": [1], "document": "\u00e9.md", "start": 0, "end": 7, "line": 1}"#,
        "é.md#0002|p: d e f|"
          + #"{"k": [1], "document": "\u00e9.md", "start": 7, "end": 12, "line": 2}"#,
      ])
  }

  @Test func `gives passages names that sort, however many there are`() {
    #expect(PassageName.name(of: 3, among: 9, in: "a#0001") == "a#0001#0003")
    #expect(PassageName.name(of: 3, among: 9999, in: "a") == "a#0003")
    #expect(PassageName.name(of: 3, among: 10_000, in: "a") == "a#00003")
    #expect(PassageName.name(of: 10_000, among: 10_000, in: "a") == "a#10000")
    #expect(PassageName("a#0001#0003")?.document == Array("a#0001".utf8))
    for id in ["a", "a#", "a#001", "a#000x", "a#00-1", "#"] { #expect(PassageName(id) == nil) }
  }

  @Test func `refuses documents that cannot be cut or told apart, before any work`() async throws {
    let collection = try await collection()
    let bytes = entries(["a": "x"]) + [CollectionEntry(id: "b", content: .binary([1]))]
    #expect(
      try await message(fixture.folder) {
        try await collection.embed(bytes, inPassagesOf: cutter)
      } == "unsupported kind of document: expected a text to cut, got bytes (input 1)")
    let named = CollectionEntry(id: "a", text: "x", metadata: RecordMetadata(["line": "1"]))
    #expect(
      try await message(fixture.folder) {
        try await collection.embed([named], inPassagesOf: cutter)
      }
        == "metadata of a document: expected names that its passages do not have, got \"line\" (input 0)"
    )
    #expect(embedder.texts == [])
  }

  @Test func `names the document of a passage that is refused`() async throws {
    let special = RecordingEmbedder(special: ["d e f": [0, 0]])
    let collection = try await collection(special)
    #expect(
      try await message(fixture.folder) {
        try await collection.embed(
          entries(["x": "1 2 3 4 5 6", "y": "a b c d e f"]), inPassagesOf: cutter, batchSize: 3)
      }
        == "vector of zeros: expected one that has a direction, got 2 zeros (input 1, record \"y#0002\")"
    )
  }

  // MARK: - Changes

  @Test func `brings a document up to date, and removes what it has no more`() async throws {
    let collection = try await collection()
    let others = entries(["ab": "1 2 3 4", "a#0001": "5 6 7 8"])
    try await collection.embed(others, inPassagesOf: cutter)
    // Like passages of a by their names.
    try await collection.embed(entries(["a#0007": "z", "a#x": "y", "a": "whole"]))
    try await collection.embed(
      entries(["a": "a b c d e f g h i"]), inPassagesOf: cutter, storing: true)
    let before = embedder.texts.count
    let changes = try await collection.embed(
      entries(["a": "a b c x y z"]), inPassagesOf: cutter, storing: true)
    #expect(embedder.texts[before...] == ["x y z"])
    #expect((changes.embedded, changes.unchanged, changes.removed) == (1, 1, 1))
    #expect(
      try contents() == [
        "a|-", "a#0001|a b c ", "a#0001#0001|-", "a#0001#0002|-", "a#0002|x y z", "a#0007|-",
        "a#x|-", "ab#0001|-", "ab#0002|-",
      ])
  }

  @Test func `asks for nothing that it has, when a document stays or moves`() async throws {
    let collection = try await collection()
    try await collection.embed(entries(["a": "a b c\n\nd e f"]), inPassagesOf: cutter)
    let before = embedder.texts.count
    let same = try await collection.embed(
      entries(["a": "a b c\n\nd e f"]), inPassagesOf: cutter)
    #expect((same.unchanged, same.count, same.removed) == (2, 2, 0))
    let moved = try await collection.embed(
      entries(["a": "x y z\n\na b c\n\nd e f"]), inPassagesOf: cutter)
    #expect(embedder.texts[before...] == ["x y z\n\n"])
    #expect((moved.embedded, moved.copied) == (1, 2))
    #expect(
      try fixture.query("SELECT metadata FROM embeddings WHERE id = 'a#0003'") == [
        #"{"document": "a", "start": 14, "end": 19, "line": 5}"#
      ])
  }

  @Test(arguments: [1, 2, 3, 100])
  func `ends the same after a break at any place`(batchSize: Int) async throws {
    let old = entries(["a": "1 2 3 4 5 6 7 8 9 10 11 12", "b": "1 2 3"])
    let new = entries(["a": "1 2 3 x y z 7", "b": "q", "c": "a b c d e f"])
    func end(_ limit: Int?) async throws -> [String] {
      let fixture = try StoreFixture()
      let store = try await fixture.open()
      try await store.collection("c", embedder: RecordingEmbedder())
        .embed(old, inPassagesOf: cutter, storing: true)
      if let limit {
        let breaking = RecordingEmbedder(limit: limit)
        _ = try? await store.collection("c", embedder: breaking)
          .embed(new, inPassagesOf: cutter, storing: true, batchSize: batchSize)
      }
      try await store.collection("c", embedder: RecordingEmbedder())
        .embed(new, inPassagesOf: cutter, storing: true, batchSize: batchSize)
      return try fixture.query("SELECT id, content, metadata FROM embeddings ORDER BY id")
    }
    let expected = try await end(nil)
    #expect(
      expected.map { $0.prefix(6) } == ["a#0001", "a#0002", "a#0003", "b#0001", "c#0001", "c#0002"])
    for limit in 0..<5 { #expect(try await end(limit) == expected) }
  }

  @Test func `takes the last of two documents of one name`() async throws {
    try await collection().embed(
      entries(["a": "a b c d e f", "a": "x y"]), inPassagesOf: cutter, storing: true)
    #expect(try contents() == ["a#0001|x y"])
  }

  @Test func `keeps the passages of documents that stay, and no others`() async throws {
    let collection = try await collection()
    try await collection.embed(
      entries(["p/a": "a b c d", "p/b": "e f g h", "q": "i"]), inPassagesOf: cutter)
    try await collection.embed(entries(["p/a#0009": "like one", "p/c": "whole", "p/d": "whole"]))
    let removed = try await collection.deleteAll(
      except: ["p/d"], passagesOf: ["p/a"], prefix: "p/")
    #expect(removed == 4)
    #expect(
      try fixture.query("SELECT id FROM embeddings ORDER BY id") == [
        "p/a#0001", "p/a#0002", "p/d", "q#0001",
      ])
  }

  // MARK: - Search

  @Test func `finds the nearest passage of each document`() async throws {
    // Vectors of 21 passages, each farther away than the one before.
    var special: [String: [Float]] = ["query": [1, 0]]
    let texts = (0..<20).map { "n\($0)" }
    for (index, text) in (texts + ["far"]).enumerated() { special[text] = [1, Float(index) / 8] }
    let embedder = RecordingEmbedder(special: special)
    let collection = try await collection(embedder)
    var passages = texts.enumerated().map { index, text in
      CollectionEntry(
        id: PassageName.name(of: index + 1, among: 20, in: "a"), text: text,
        metadata: RecordMetadata(["document": "a"]))
    }
    passages.append(CollectionEntry(id: "b", text: "far"))
    try await collection.embed(passages)
    func find(_ filter: SimilarityFilter) async throws -> [String] {
      try await collection.similar(to: "query", filter).map(\.id)
    }
    #expect(try await find(SimilarityFilter(count: 2)) == ["a#0001", "a#0002"])
    #expect(try await find(SimilarityFilter(count: 2, onePerDocument: true)) == ["a#0001", "b"])
    #expect(try await find(SimilarityFilter(count: 1, onePerDocument: true)) == ["a#0001"])
    #expect(try await find(SimilarityFilter(count: 100, onePerDocument: true)) == ["a#0001", "b"])
    #expect(
      try await find(SimilarityFilter(count: 2, minimumScore: 0.9, onePerDocument: true))
        == ["a#0001"])
    let nearest = try await collection.similar(
      toRecord: "a#0001", SimilarityFilter(count: 2, onePerDocument: true))
    #expect(nearest.map(\.id) == ["a#0002", "b"])
    // Without the metadata, the name alone makes no passage.
    try await collection.embed(entries(["b#0001": "n0"]))
    #expect(
      try await Set(find(SimilarityFilter(count: 3, onePerDocument: true)))
        == ["a#0001", "b#0001", "b"])
  }
}
