import EmbedCore
import EmbedTestSupport
import KernelDispatch
import Testing

@testable import EmbedStore

/// Collections in the plane.
@Suite struct MapTests {
  private static func matrix(_ vectors: [[Float]]) -> VectorMatrix {
    var matrix = VectorMatrix(dimensions: vectors[0].count)
    for vector in vectors { matrix.append(vector) }
    return matrix
  }

  private static func dot(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
  }

  // MARK: - Principal components

  @Test func `finds the axes of a cross by hand`() async throws {
    // Around (1, 2): three along (0.6, 0.8), one along (-0.8, 0.6), to both sides.
    let vectors: [[Float]] = [[2.8, 4.4], [-0.8, -0.4], [0.2, 2.6], [1.8, 1.4]]
    let components = try await PrincipalComponents(of: Self.matrix(vectors), count: 2, seed: 0)
    #expect(abs(components.variances[0] - 4.5) < 1e-5)
    #expect(abs(components.variances[1] - 0.5) < 1e-5)
    #expect(abs(components.totalVariance - 5) < 1e-5)
    #expect(abs(components.directions[0][0] - 0.6) < 1e-5)
    #expect(abs(components.directions[0][1] - 0.8) < 1e-5)
    // The larger component is positive.
    #expect(abs(components.directions[1][0] - 0.8) < 1e-5)
    #expect(abs(components.directions[1][1] + 0.6) < 1e-5)
    let expected: [[Double]] = [[3, 0], [-3, 0], [0, -1], [0, 1]]
    for (place, expected) in zip(components.places, expected) {
      #expect(abs(place[0] - expected[0]) < 1e-5 && abs(place[1] - expected[1]) < 1e-5)
    }
  }

  /// The eigenvalues of the covariances, by power iteration and deflation in double precision.
  private func variances(_ vectors: [[Float]], _ count: Int) -> [Double] {
    let size = vectors[0].count
    let scale = 1 / Double(vectors.count)
    let rows = vectors.map { $0.map(Double.init) }
    let mean: [Double] = (0..<size).map { place in
      rows.reduce(0.0) { $0 + $1[place] } * scale
    }
    var covariances: [[Double]] = (0..<size).map { a in
      (0..<size).map { b in
        rows.reduce(0.0) { sum, row in sum + (row[a] - mean[a]) * (row[b] - mean[b]) } * scale
      }
    }
    return (0..<count).map { _ in
      var vector = [Double](repeating: 1, count: size)
      var value = 0.0
      for _ in 0..<3000 {
        let image = covariances.map { Self.dot($0, vector) }
        value = Self.dot(image, image).squareRoot()
        vector = image.map { $0 / value }
      }
      for a in 0..<size {
        for b in 0..<size { covariances[a][b] -= value * vector[a] * vector[b] }
      }
      return value
    }
  }

  @Test func `finds the components that brute force finds, orthonormal and in order`() async throws
  {
    // More rows than a block has; each component of another width, far from the origin.
    let vectors = SeededVectors(dimensions: 10).vectors(600).map { vector in
      vector.enumerated().map { 3 + $1 * (1 + Float($0)) }
    }
    let components = try await PrincipalComponents(of: Self.matrix(vectors), count: 2, seed: 4)
    for (variance, expected) in zip(components.variances, variances(vectors, 2)) {
      #expect(abs(variance - expected) < 1e-4 * expected)
    }
    #expect(components.variances[0] > components.variances[1])
    for a in 0..<2 {
      for b in 0..<2 {
        let product = Self.dot(components.directions[a], components.directions[b])
        #expect(abs(product - (a == b ? 1 : 0)) < 1e-12)
      }
      let places = components.places.map { $0[a] }
      #expect(abs(places.reduce(0, +)) < 1e-2)
      let variance = places.reduce(0) { $0 + $1 * $1 } / 600
      #expect(abs(variance - components.variances[a]) < 1e-4 * variance)
    }
    let again = try await PrincipalComponents(of: Self.matrix(vectors), count: 2, seed: 4)
    #expect(again.places == components.places)
  }

  @Test(arguments: [[[Float]]([[1, 0]]), [[1], [-1], [1]], [[0.6, 0.8], [0.6, 0.8]]])
  func `takes rows without two directions`(vectors: [[Float]]) async throws {
    let plane = try await Plane(of: Self.matrix(vectors), layout: .umap, seed: 0)
    #expect(plane.layout == .pca)
    #expect(plane.places.count == vectors.count)
    #expect(plane.places.allSatisfy { $0.y == 0 && abs($0.x) <= 1 })
  }

  // MARK: - Neighbourhoods

  /// How many of the rows' nearest on the map are of the same group, as a share.
  private func purity(_ places: [SIMD2<Float>], groupSize: Int) -> Double {
    var same = 0
    for (row, place) in places.enumerated() {
      let nearest = places.indices.filter { $0 != row }.sorted {
        let (a, b) = (places[$0] - place, places[$1] - place)
        return (a * a).sum() < (b * b).sum()
      }.prefix(5)
      same += nearest.count { $0 / groupSize == row / groupSize }
    }
    return Double(same) / Double(5 * places.count)
  }

  @Test func `keeps planted groups together where the plane of greatest variance mixes them`()
    async throws
  {
    let matrix = Self.matrix(
      SeededVectors(dimensions: 24).groups(Array(repeating: 25, count: 12), spread: 0.6)
        .map { vector in
          let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
          return vector.map { $0 / length }
        })
    let umap = try await Plane(of: matrix, layout: .umap, seed: 1)
    let pca = try await Plane(of: matrix, layout: .pca, seed: 1)
    #expect(umap.layout == .umap)
    #expect(purity(umap.places, groupSize: 25) > 0.95)
    #expect(purity(pca.places, groupSize: 25) < 0.8)
    for plane in [umap, pca] {
      #expect(plane.places.allSatisfy { abs($0.x) <= 1.0001 && abs($0.y) <= 1.0001 })
      #expect(plane.places.contains { max(abs($0.x), abs($0.y)) > 0.999 })
    }
    #expect(try await Plane(of: matrix, layout: .umap, seed: 1).places == umap.places)
    #expect(try await Plane(of: matrix, layout: .umap, seed: 2).places != umap.places)
  }

  @Test func `takes every pair of neighbours once, the nearest fully`() async throws {
    let vectors = SeededVectors(dimensions: 5).vectors(300)
    let matrix = Self.matrix(vectors)
    let graph = try await NeighborGraph(of: matrix, neighbors: 7)
    let pairs = Set(graph.edges.map { [$0.first, $0.second] })
    #expect(pairs.count == graph.edges.count)
    #expect(graph.edges.allSatisfy { $0.first < $0.second && $0.weight > 0 && $0.weight <= 1 })
    for row in 0..<300 {
      let nearest = matrix.nearest(to: vectors[row], count: 8, by: .cosine).dropFirst()
      for (rank, neighbor) in nearest.enumerated() {
        let pair = [min(row, neighbor.index), max(row, neighbor.index)]
        #expect(pairs.contains(pair))
        if rank == 0 {
          #expect(graph.edges.first { [$0.first, $0.second] == pair }?.weight ?? 0 > 0.999)
        }
      }
    }
  }

  @Test func `lays out copies without end or NaN`() async throws {
    let vectors = SeededVectors(dimensions: 4).vectors(2)
    let matrix = Self.matrix((0..<80).map { vectors[$0 % 2] })
    let plane = try await Plane(of: matrix, layout: .umap, seed: 0)
    #expect(plane.places.allSatisfy { abs($0.x) <= 1.0001 && abs($0.y) <= 1.0001 })
  }

  // MARK: - Collections

  @Test func `maps the records of a prefix, and leaves out what has no direction`() async throws {
    let fixture = try StoreFixture()
    let store = try await fixture.open()
    var vectors = SeededVectors(dimensions: 4).vectors(12)
    vectors[3] = [0, 0, 0, 0]
    vectors[5] = [1, .nan, 0, 0]
    try await fixture.fill("c", vectors, in: store)
    try fixture.execute("UPDATE embeddings SET metadata = '{\"a\": 1}' WHERE id = '0002'")
    let map = try await store.map(of: "c")
    #expect(map.points.count == 10)
    #expect(map.omittedCount == 2)
    #expect(map.layout == .pca)
    #expect(map.varianceShare > 0.5 && map.varianceShare < 1)
    #expect(map.points.map(\.record.id).prefix(4) == ["0000", "0001", "0002", "0004"])
    #expect(map.points[2].record.metadata?["a"] == "1")
    #expect(
      try await store.map(of: "c", prefix: "001").points.map(\.record.id) == ["0010", "0011"])
    let none = try await store.map(of: "c", prefix: "x")
    #expect(none.points.isEmpty && none.omittedCount == 0)
    #expect(
      try await message(fixture.folder) { _ = try await store.map(of: "none") }
        == "no such collection: got \"none\"")
  }
}
