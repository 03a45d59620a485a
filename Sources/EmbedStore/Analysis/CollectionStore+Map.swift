import EmbedCore
import KernelDispatch

/// The records of a collection in the plane.
public struct CollectionMap: Sendable, Hashable {
  /// How the places are found.
  public enum Layout: String, Sendable, Hashable, CaseIterable {
    /// Principal components: the plane in which the vectors vary most. Distances are true, but most of them are lost.
    case pca
    /// Uniform manifold approximation and projection: neighbours stay together, far distances tell little.
    case umap
  }

  /// A record and its place.
  public struct Point: Sendable, Hashable {
    /// The record, its text cut to 1,000 characters, and without a content that is no text.
    public let record: CollectionRecord
    /// Its place from left to right, from -1 to 1.
    public let x: Float
    /// Its place from the bottom to the top, from -1 to 1.
    public let y: Float
  }

  /// The most characters of a text.
  static let textLimit = 1000

  /// How the places were found: `pca` also where there are too few records for neighbourhoods.
  public let layout: Layout
  /// The records in the order of their names.
  public let points: [Point]
  /// The share of the variance of the vectors' directions that the plane of the principal components has, from 0 to 1.
  public let varianceShare: Double
  /// How many records are not on the map, because their vectors have no direction: zeros, or numbers that are not finite.
  public let omittedCount: Int
}

extension CollectionStore {
  /// Lays the records of a collection out in the plane, by the directions of their vectors.
  ///
  /// - Parameters:
  ///   - name: the collection's name.
  ///   - prefix: what the names of the records begin with, byte by byte.
  ///   - layout: how the places are found.
  ///   - seed: chooses among layouts that are about as good; the same seed gives the same one.
  /// - Throws: `EmbedError` with code `collectionNotFound`, or `fileDamaged` when a vector or metadata are not what they
  ///   should be; `CancellationError`.
  /// - Complexity: O(n · dimensions) for the principal components of n records, O(n² · dimensions) for neighbourhoods.
  public func map(
    of name: String, prefix: String = "", layout: CollectionMap.Layout = .umap, seed: UInt64 = 0
  ) async throws -> CollectionMap {
    let all = try await vectors(of: name, prefix: prefix)
    let vectors = all.directions
    let omittedCount = all.ids.count - vectors.ids.count
    guard let matrix = vectors.matrix else {
      return CollectionMap(
        layout: layout, points: [], varianceShare: 0, omittedCount: omittedCount)
    }
    let plane = try await Plane(of: matrix, layout: layout, seed: seed)
    let records = try await records(
      vectors.ids, collection: vectors.collection, limit: CollectionMap.textLimit)
    let points = zip(vectors.ids, plane.places).compactMap { id, place in
      records[Array(id.utf8)].map { CollectionMap.Point(record: $0, x: place.x, y: place.y) }
    }
    return CollectionMap(
      layout: plane.layout, points: points, varianceShare: plane.varianceShare,
      omittedCount: omittedCount)
  }
}

/// The rows of a matrix in the plane.
struct Plane: Sendable {
  let layout: CollectionMap.Layout
  /// From -1 to 1 in both directions.
  let places: [SIMD2<Float>]
  let varianceShare: Double

  /// How many neighbours of a row are kept together.
  static let neighborCount = 15

  /// Lays out rows of the length 1.
  ///
  /// - Throws: `CancellationError`.
  init(of matrix: VectorMatrix, layout: CollectionMap.Layout, seed: UInt64) async throws {
    let components = try await PrincipalComponents(of: matrix, count: 2, seed: seed)
    let total = components.totalVariance
    varianceShare = total > 0 ? min(1, components.variances.reduce(0, +) / total) : 0
    let start = Self.fitted(
      components.places.map { SIMD2(Float($0[0]), $0.count > 1 ? Float($0[1]) : 0) })
    // Where all are neighbours of all, neighbourhoods tell nothing.
    guard layout == .umap, matrix.count > Self.neighborCount + 1 else {
      self.layout = .pca
      places = start
      return
    }
    self.layout = .umap
    let graph = try await NeighborGraph(of: matrix, neighbors: Self.neighborCount)
    // As in the authors' program: so wide a start, and so many rounds.
    let found = try NeighborLayout(edges: graph.edges).places(
      from: start.map { $0 * 10 }, rounds: matrix.count <= 10_000 ? 500 : 200, seed: seed)
    places = Self.fitted(found)
  }

  /// Places moved and scaled alike in both directions, so that they fill the square from -1 to 1.
  private static func fitted(_ places: [SIMD2<Float>]) -> [SIMD2<Float>] {
    guard var (low, high) = places.first.map({ ($0, $0) }) else { return [] }
    for place in places {
      low = pointwiseMin(low, place)
      high = pointwiseMax(high, place)
    }
    let middle = (low + high) / 2
    let extent = (high - low).max() / 2
    return places.map { extent > 0 ? ($0 - middle) / extent : SIMD2(0, 0) }
  }
}
