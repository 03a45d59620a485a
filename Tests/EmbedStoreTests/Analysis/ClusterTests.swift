import EmbedCore
import EmbedTestSupport
import KernelDispatch
import Testing

@testable import EmbedStore

/// Clusters of records.
@Suite struct ClusterTests {
  private let fixture: StoreFixture
  private let store: CollectionStore

  init() async throws {
    fixture = try StoreFixture()
    store = try await fixture.open()
  }

  private static func matrix(_ vectors: [[Float]]) -> VectorMatrix {
    var matrix = VectorMatrix(dimensions: vectors[0].count)
    for vector in vectors {
      let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
      matrix.append(vector.map { $0 / length })
    }
    return matrix
  }

  @Test(arguments: [0, 1, 2, 3])
  func `recovers planted clusters, the largest first`(seed: UInt64) async throws {
    // More rows than a block has.
    let sizes = [300, 20, 700, 100, 200, 50]
    let matrix = Self.matrix(SeededVectors(dimensions: 16).groups(sizes, spread: 0.05))
    let clusters = try await SphericalKMeans(matrix: matrix, count: 6).clusters(seed: seed)
    var start = 0
    let planted = sizes.map { size in
      defer { start += size }
      return Set(start..<start + size)
    }.sorted { $0.count > $1.count }
    #expect(clusters.map(\.members.count) == planted.map(\.count))
    #expect(zip(clusters, planted).allSatisfy { Set($0.members) == $1 })
    #expect(clusters.allSatisfy { $0.cohesion > 0.99 && $0.cohesion <= 1 })
  }

  @Test func `gives the same clusters for the same seed, each row to its nearest centre`()
    async throws
  {
    let vectors = SeededVectors(dimensions: 6).vectors(1500)
    let matrix = Self.matrix(vectors)
    let means = SphericalKMeans(matrix: matrix, count: 12)
    let clusters = try await means.clusters(seed: 9)
    #expect(try await means.clusters(seed: 9) == clusters)
    #expect(try await means.clusters(seed: 10) != clusters)
    #expect(clusters.flatMap(\.members).sorted() == Array(0..<1500))
    let counts = clusters.map(\.members.count)
    #expect(counts == counts.sorted(by: >))
    let centers = clusters.map { cluster in
      (0..<6).map { place in cluster.members.reduce(0.0) { $0 + Double(matrix[$1][place]) } }
    }
    func cosine(_ row: Int, _ center: [Double]) -> Double {
      let length = center.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return zip(matrix[row], center).reduce(0) { $0 + Double($1.0) * $1.1 } / length
    }
    for (number, cluster) in clusters.enumerated() {
      let own = cluster.members.map { cosine($0, centers[number]) }
      #expect(abs(cluster.cohesion - own.reduce(0, +) / Double(own.count)) < 1e-6)
      #expect(zip(own, own.dropFirst()).allSatisfy { $0 > $1 - 1e-6 })
      for (row, own) in zip(cluster.members, own) {
        #expect(centers.allSatisfy { cosine(row, $0) < own + 1e-6 })
      }
    }
  }

  @Test func `leaves no cluster empty, whatever copies there are`() async throws {
    let different = SeededVectors(dimensions: 4).vectors(9)
    let matrix = Self.matrix((0..<90).map { different[$0 < 50 ? 0 : $0 % 9] })
    for count in 1...9 {
      let clusters = try await SphericalKMeans(matrix: matrix, count: count).clusters(seed: 3)
      #expect(clusters.count == count)
      #expect(clusters.allSatisfy { !$0.members.isEmpty })
    }
    await #expect(throws: SphericalKMeans.TooFewDirections.self) {
      _ = try await SphericalKMeans(matrix: matrix, count: 10).clusters(seed: 3)
    }
    let all = try await SphericalKMeans(matrix: Self.matrix(different), count: 9).clusters(seed: 3)
    #expect(all.map(\.members) == (0..<9).map { [$0] })
  }

  @Test func `gives a centre that no row is nearest to the row that fits worst`() async throws {
    let matrix = Self.matrix([[1, 0], [1, 0.1], [1, 0.5], [0, 1]])
    let centers = Self.matrix([[1, 0], [-1, 0], [0, 1], [0, -1]])
    let assignments = try await SphericalKMeans(matrix: matrix, count: 4).assign(to: centers)
    #expect(assignments == [0, 3, 1, 2])
  }

  @Test func `writes the numbers, and keeps other metadata and what is as it should be`()
    async throws
  {
    let groups = SeededVectors(dimensions: 8).groups([2, 3], spread: 0.01)
    try await fixture.fill("c", groups + [[Float](repeating: 0, count: 8)], in: store)
    try fixture.execute(
      """
      UPDATE embeddings SET updated = 5;
      UPDATE embeddings SET metadata = '{"a": 1.50, "cluster": 7, "b": null}' WHERE id = '0001';
      UPDATE embeddings SET metadata = '{"cluster": 0}' WHERE id IN ('0002', '0005')
      """)
    let clusters = try await store.cluster("c", into: 2)
    #expect(clusters.map(\.number) == [0, 1])
    #expect(clusters.map(\.count) == [3, 2])
    #expect(Set(clusters[0].central.map(\.id)) == ["0002", "0003", "0004"])
    #expect(
      try fixture.query("SELECT id, metadata, updated > 5 FROM embeddings ORDER BY id") == [
        "0000|{\"cluster\": 1}|1", "0001|{\"a\": 1.50, \"cluster\": 1, \"b\": null}|1",
        "0002|{\"cluster\": 0}|0", "0003|{\"cluster\": 0}|1", "0004|{\"cluster\": 0}|1",
        "0005|-|1",
      ])
    _ = try await store.cluster("c", into: 1, key: "é")
    #expect(
      try fixture.query("SELECT metadata FROM embeddings WHERE id = '0002'") == [
        #"{"cluster": 0, "\u00e9": 0}"#
      ])
  }

  @Test func `writes all or nothing`() async throws {
    try await fixture.fill("c", SeededVectors(dimensions: 4).vectors(5), in: store)
    try fixture.execute("UPDATE embeddings SET metadata = '[1]' WHERE id = '0003'")
    #expect(
      try await message(fixture.folder) { _ = try await store.cluster("c", into: 2) }
        == "damaged metadata: expected a JSON object, got \"[1]\" (record \"0003\")")
    #expect(
      try fixture.query("SELECT count(*) FROM embeddings WHERE metadata IS NOT NULL") == ["1"])
    let reader = try await fixture.open(for: .read)
    #expect(
      try await message(fixture.folder) { _ = try await reader.cluster("c", into: 2) }
        == "cannot write to the database: expected one opened for writing, got one opened for reading (DIR/embeddings.db)"
    )
  }

  @Test func `names what is not there`() async throws {
    #expect(
      try await message(fixture.folder) { _ = try await store.cluster("none", into: 2) }
        == "no such collection: got \"none\"")
    try await fixture.fill("c", [[0, 0], [.nan, 1]], in: store)
    #expect(
      try await message(fixture.folder) { _ = try await store.cluster("c", into: 1) }
        == "more clusters than different vectors: expected at most 0, got 1 (collection \"c\")")
  }
}
