import EmbedCore
import EmbedTestSupport
import Testing

@testable import EmbedStore

/// The nearest records.
@Suite struct SimilarTests {
  private let fixture: StoreFixture
  private let store: CollectionStore
  private let collection: EmbeddingCollection

  init() async throws {
    fixture = try StoreFixture()
    store = try await fixture.open()
    collection = try await store.collection(
      "c", embedder: RecordingEmbedder(dimensions: 16, roles: [.query, .document]))
  }

  private func fill(_ count: Int) async throws -> [CollectionEntry] {
    let entries = (0..<count).map { number in
      CollectionEntry(
        id: "\(number % 2 == 0 ? "even" : "Odd")/\(number)", text: "text \(number)",
        metadata: RecordMetadata(["third": "\(number % 3)", "n": "\(number)"]))
    }
    try await collection.embed(entries, storing: true)
    return entries
  }

  /// All records in the order of double precision.
  private func expected(
    _ query: String, _ entries: [CollectionEntry]
  ) async throws -> [(id: String, score: Double)] {
    let embedder = TestEmbedder(dimensions: 16)
    let query = try await embedder.embed(query, options: EmbedOptions(role: .query))
    let texts = entries.map { if case .text(let text) = $0.content { text } else { "" } }
    let vectors = try await embedder.embed(texts, options: EmbedOptions(role: .document))
    return zip(entries, vectors).map { ($0.id, $1.cosineSimilarity(to: query)) }
      .sorted { $0.1 > $1.1 }
  }

  @Test func `finds what brute force in double precision finds`() async throws {
    let entries = try await fill(10_000)
    let expected = try await expected("a question", entries)
    let found = try await collection.similar(to: "a question", SimilarityFilter(count: 500))
    #expect(found.map(\.id) == expected.prefix(500).map(\.id))
    for (found, expected) in zip(found, expected) {
      #expect(abs(found.score - expected.score) < 1e-15)
    }
    let all = try await collection.similar(to: "a question", SimilarityFilter(count: 20_000))
    #expect(all.count == 10_000)
    #expect(try await collection.similar(to: "a question", SimilarityFilter(count: 0)).isEmpty)
  }

  @Test func `searches in fewer bits find the same, with exact scores`() async throws {
    let entries = try await fill(10_000)
    let expected = try await expected("a question", entries)
    let scores = Dictionary(uniqueKeysWithValues: expected.map { ($0.id, $0.score) })
    for (method, least) in [(SearchMethod.int8, 98), (.binary, 40)] {
      let found = try await collection.similar(
        to: "a question", SimilarityFilter(count: 100, method: method))
      #expect(found.count == 100)
      #expect(found.allSatisfy { abs($0.score - (scores[$0.id] ?? .nan)) < 1e-15 })
      #expect(found.map(\.score) == found.map(\.score).sorted(by: >))
      let hits = Set(found.map(\.id)).intersection(expected.prefix(100).map(\.id))
      #expect(hits.count >= least, "\(method)")
    }
  }

  @Test(arguments: SearchMethod.allCases)
  func `many queries find what each finds alone`(method: SearchMethod) async throws {
    _ = try await fill(5000)
    let texts = (0..<300).map { "question \($0)" }
    let filter = SimilarityFilter(count: 5, prefix: "even/", method: method)
    let together = try await collection.similar(to: texts, filter)
    #expect(together.count == 300)
    for index in [0, 1, 255, 256, 299] {
      #expect(try await collection.similar(to: texts[index], filter) == together[index])
    }
    #expect(try await collection.similar(to: [String](), filter).isEmpty)
  }

  @Test(arguments: SearchMethod.allCases)
  func `every way of searching sees changes and heeds filters`(method: SearchMethod) async throws {
    _ = try await fill(30)
    let filter = SimilarityFilter(count: 100, metadata: ["third": "1"], method: method)
    #expect(try await collection.similar(to: "q", filter).count == 10)
    try await collection.embed("another", id: "another", metadata: RecordMetadata(["third": "1"]))
    #expect(try await collection.similar(to: "q", filter).count == 11)
    let found = try await collection.similar(toRecord: "another", filter)
    #expect(found.count == 10)
    #expect(!found.contains { $0.id == "another" })
  }

  @Test func `a prefix is one of bytes, whatever follows it`() async throws {
    let ids = ["a", "a\u{10FFFF}\u{10FFFF}", "ab", "A", "b", "e\u{301}", "é"]
    try await collection.embed(ids.map { CollectionEntry(id: $0, text: $0) })
    func found(_ prefix: String) async throws -> Set<[UInt8]> {
      Set(
        try await collection.similar(to: "q", SimilarityFilter(prefix: prefix)).map {
          Array($0.id.utf8)
        })
    }
    #expect(try await found("a") == Set(ids.prefix(3).map { Array($0.utf8) }))
    #expect(try await found("é") == [Array("é".utf8)])
    #expect(try await found("c").isEmpty)
  }

  @Test func `filters by name, metadata and score`() async throws {
    let entries = try await fill(3000)
    let expected = try await expected("q", entries)
    let odd = try await collection.similar(to: "q", SimilarityFilter(count: 7, prefix: "Odd/"))
    #expect(odd.map(\.id) == Array(expected.map(\.id).filter { $0.hasPrefix("Odd/") }.prefix(7)))
    // llm takes these for patterns that know no upper and lower case.
    for prefix in ["odd/", "_dd/", "%"] {
      #expect(try await collection.similar(to: "q", SimilarityFilter(prefix: prefix)).isEmpty)
    }
    let third = try await collection.similar(
      to: "q", SimilarityFilter(prefix: "even/", metadata: ["third": "1", "n": "4"]))
    #expect(third.map(\.id) == ["even/4"])
    #expect(third[0].content == .text("text 4"))
    #expect(third[0].metadata?["third"] == "1")
    let near = try await collection.similar(
      to: "q", SimilarityFilter(count: 3000, minimumScore: 0.5))
    #expect(near.map(\.id) == expected.filter { $0.score >= 0.5 }.map(\.id))
    #expect(!near.isEmpty)
  }

  @Test func `leaves the record out that it looks for`() async throws {
    _ = try await fill(20)
    let found = try await collection.similar(toRecord: "even/4", SimilarityFilter(count: 100))
    #expect(found.count == 19)
    #expect(!found.contains { $0.id == "even/4" })
    #expect(
      try await message(fixture.folder) { _ = try await collection.similar(toRecord: "nobody") }
        == "no such record: got \"nobody\" (collection \"c\")")
    #expect(
      try await message(fixture.folder) { _ = try await store.similar(toRecord: "a", in: "none") }
        == "no such collection: got \"none\"")
  }

  @Test func `prefers the first names of equally near records`() async throws {
    try await collection.embed(["c", "a", "b"].map { CollectionEntry(id: $0, text: "same") })
    #expect(
      try await collection.similar(to: "same", SimilarityFilter(count: 2)).map(\.id) == ["a", "b"])
  }

  @Test func `sees what this program and others change`() async throws {
    _ = try await fill(10)
    #expect(try await collection.similar(to: "q", SimilarityFilter(count: 100)).count == 10)
    try await collection.embed("another", id: "another")
    #expect(try await collection.similar(to: "q", SimilarityFilter(count: 100)).count == 11)
    try fixture.execute("DELETE FROM embeddings WHERE id LIKE 'even/%'")
    #expect(try await collection.similar(to: "q", SimilarityFilter(count: 100)).count == 6)
    let another = try await fixture.open().collection("c", embedder: collection.embedder)
    try await another.embed("new", id: "new")
    let found = try await collection.similar(to: "q", SimilarityFilter(count: 100))
    #expect(found.count == 7)
    #expect(found.contains { $0.id == "new" })
  }

  @Test func `gives a stored vector of zeros the score 0`() async throws {
    _ = try await fill(2)
    try fixture.execute("UPDATE embeddings SET embedding = zeroblob(64) WHERE id = 'even/0'")
    let found = try await collection.similar(to: "q")
    #expect(found.first { $0.id == "even/0" }?.score == 0)
  }

  @Test(arguments: SearchMethod.allCases)
  func `leaves out vectors that are not finite`(method: SearchMethod) async throws {
    _ = try await fill(4)
    let infinity = "x'" + String(repeating: "0000807f", count: 16) + "'"
    let notANumber = "x'" + String(repeating: "0000c07f", count: 16) + "'"
    try fixture.execute("UPDATE embeddings SET embedding = \(infinity) WHERE id = 'even/0'")
    try fixture.execute("UPDATE embeddings SET embedding = \(notANumber) WHERE id = 'even/2'")
    let found = try await collection.similar(to: "q", SimilarityFilter(method: method))
    #expect(Set(found.map(\.id)) == ["Odd/1", "Odd/3"])
    let query = Embedding([Float](repeating: .infinity, count: 16))
    #expect(try await collection.similar(to: query, SimilarityFilter(method: method)).isEmpty)
  }

  @Test(arguments: [
    ("x'00'", "1 bytes"), ("NULL", "no bytes"), ("'text'", "no bytes"), ("x''", "0 bytes"),
  ])
  func `names a record whose vector is damaged`(value: String, got: String) async throws {
    _ = try await fill(2)
    try fixture.execute("UPDATE embeddings SET embedding = \(value) WHERE id = 'even/0'")
    #expect(
      try await message(fixture.folder) { _ = try await collection.similar(to: "q") }
        == "damaged vector: expected float32 numbers, got \(got) (record even/0)".replacing(
          "even/0", with: "\"even/0\""))
  }

  @Test func `finds all that is wrong with a collection`() async throws {
    _ = try await fill(6)
    #expect(try await store.problems(of: "c").isEmpty)
    try fixture.execute(
      """
      UPDATE embeddings SET embedding = zeroblob(64) WHERE id = 'even/0';
      UPDATE embeddings SET embedding = x'0000803f' WHERE id = 'Odd/1';
      UPDATE embeddings SET embedding = x'00' WHERE id = 'even/2';
      UPDATE embeddings SET content = 'other', metadata = 'none' WHERE id = 'Odd/3';
      UPDATE embeddings SET content_hash = NULL WHERE id = 'even/4'
      """)
    let problems = try await store.problems(of: "c")
    #expect(
      problems.map { "\($0.id ?? "-"): \($0.what)" } == [
        "Odd/1: vector of 1 dimensions among those of 16",
        "Odd/3: hash of another content", "Odd/3: metadata that are no JSON object",
        "even/0: vector of zeros", "even/2: damaged vector: 1 bytes",
        "even/4: no hash of the content",
      ])
  }
}
