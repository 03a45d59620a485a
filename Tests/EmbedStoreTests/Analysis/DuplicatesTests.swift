import EmbedCore
import Testing

@testable import EmbedStore

/// Pairs of records that are nearly the same.
@Suite struct DuplicatesTests {
  private let fixture: StoreFixture
  private let store: CollectionStore

  init() async throws {
    fixture = try StoreFixture()
    store = try await fixture.open()
  }

  /// A pair as text: both names and the score.
  private static func line(_ first: String, _ second: String, _ score: Double) -> String {
    "\(first) \(second) \(score)"
  }

  private func lines(
    minimumScore: Double, count: Int = 1_000_000, prefix: String = ""
  ) async throws -> [String] {
    try await store.duplicates(
      in: "c", minimumScore: minimumScore, count: count, prefix: prefix
    ).map { Self.line($0.first.id, $0.second.id, $0.score) }
  }

  /// All pairs in the order of double precision.
  private func expected(
    _ vectors: [(id: String, vector: [Float])], from least: Double
  ) -> [String] {
    func dot(_ a: [Double], _ b: [Double]) -> Double {
      var sum = 0.0
      for index in a.indices { sum += a[index] * b[index] }
      return sum
    }
    let rows = vectors.map { $0.vector.map(Double.init) }
    let squares = rows.map { dot($0, $0) }
    var pairs: [(first: String, second: String, score: Double)] = []
    for a in rows.indices {
      for b in rows.indices.dropFirst(a + 1) {
        let lengths = (squares[a] * squares[b]).squareRoot()
        let score = lengths == 0 ? 0 : max(-1, min(1, dot(rows[a], rows[b]) / lengths))
        if score >= least { pairs.append((vectors[a].id, vectors[b].id, score)) }
      }
    }
    // The sort keeps the order of those that are equal.
    return pairs.sorted { $0.score > $1.score }.map { Self.line($0.first, $0.second, $0.score) }
  }

  @Test func `finds the pairs that brute force in double precision finds`() async throws {
    // More rows than a block and a strip have, with copies and a vector of zeros among them.
    var vectors = SeededVectors(dimensions: 3).vectors(1100)
    vectors[1099] = vectors[3]
    vectors[700] = vectors[3]
    vectors[400] = [0, 0, 0]
    let named = try await fixture.fill("c", vectors, in: store)
    let expected = expected(named, from: 0.99)
    #expect(try await lines(minimumScore: 0.99) == expected)
    #expect(expected.count > 1000)
    #expect(try await lines(minimumScore: 0.99, count: 500) == Array(expected.prefix(500)))
    #expect(
      try await lines(minimumScore: 1).prefix(3) == [
        "0003 0700 1.0", "0003 1099 1.0", "0700 1099 1.0",
      ])
    #expect(try await lines(minimumScore: 0.99, count: 0) == [])
  }

  @Test func `gives vectors of zeros the score 0`() async throws {
    try await fixture.fill("c", [[0, 0], [1, 0], [0, 0], [-1, 0]], in: store)
    #expect(
      try await lines(minimumScore: -1) == [
        "0000 0001 0.0", "0000 0002 0.0", "0000 0003 0.0", "0001 0002 0.0", "0002 0003 0.0",
        "0001 0003 -1.0",
      ])
    #expect(try await lines(minimumScore: 0.001) == [])
  }

  @Test func `takes a score for the bound itself, and not the float below it`() async throws {
    let named = try await fixture.fill(
      "c", SeededVectors(dimensions: 384).vectors(2), in: store)
    let line = try #require(expected(named, from: -1).first)
    let score = try #require(Double(line.split(separator: " ")[2]))
    #expect(try await lines(minimumScore: score) == [line])
    #expect(try await lines(minimumScore: score.nextUp) == [])
  }

  @Test func `keeps the first of many copies`() async throws {
    let vector = SeededVectors(dimensions: 8).vectors(1)[0]
    let ids = try await fixture.fill("c", Array(repeating: vector, count: 600), in: store).map(\.id)
    let pairs = try await lines(minimumScore: 0.5, count: 700)
    let firsts = (1..<600).map { Self.line(ids[0], ids[$0], 1) }
    let seconds = (2..<103).map { Self.line(ids[1], ids[$0], 1) }
    #expect(pairs == firsts + seconds)
  }

  @Test func `keeps to names with a prefix, and to vectors that are finite`() async throws {
    let vectors = SeededVectors(dimensions: 8).vectors(1)
    try await fixture.fill(
      "c", [[1, .nan], [1, .infinity], [1, 2], [2, 4], [1, 2]], in: store)
    #expect(
      try await lines(minimumScore: -1) == ["0002 0003 1.0", "0002 0004 1.0", "0003 0004 1.0"])
    #expect(try await lines(minimumScore: -1, prefix: "000").count == 3)
    #expect(try await lines(minimumScore: -1, prefix: "0003") == [])
    #expect(try await lines(minimumScore: -1, prefix: "x") == [])
    try await fixture.fill("d", vectors, in: store)
    #expect(try await store.duplicates(in: "d", minimumScore: -1).isEmpty)
    #expect(
      try await message(fixture.folder) { _ = try await store.duplicates(in: "none") }
        == "no such collection: got \"none\"")
  }

  @Test func `hands out the records`() async throws {
    let collection = try await store.collection("c", embedder: RecordingEmbedder())
    try await collection.embed(
      [CollectionEntry(id: "b", text: "same"), CollectionEntry(id: "a", text: "same")],
      storing: true)
    let pairs = try await store.duplicates(in: "c")
    #expect(pairs.map(\.first.id) == ["a"])
    #expect(pairs.map(\.second.content) == [.text("same")])
  }
}
