public import EmbedCore
import KernelDispatch

/// Embeddings that are compared many at a time by the CPU's vector instructions: similarities, and the nearest ones.
///
/// ```swift
/// let index = EmbeddingIndex(try await embedder.embed(texts))
/// let query = try await embedder.embed("where do cats sit?")
/// for match in index.nearest(to: query, count: 10) { print(match.score, texts[match.index]) }
/// ```
///
/// All vectors are compared, so that the result is exact. A million vectors of 384 dimensions take 1.5 GB.
public struct EmbeddingIndex: Sendable {
  /// How two vectors are compared; an open set, to which later versions add.
  public struct Metric: RawRepresentable, Sendable, Hashable, CaseIterable {
    /// The name, as options spell it.
    public let rawValue: String

    /// Makes a metric of its name; nil when there is none of that name.
    public init?(rawValue: String) {
      guard let metric = Self.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
      self = metric
    }

    let kernel: VectorMatrix.Metric

    private init(_ name: String, _ kernel: VectorMatrix.Metric) {
      rawValue = name
      self.kernel = kernel
    }

    /// The cosine of the angle between them, from -1 to 1, and 0 when either is all zero; more is nearer.
    public static let cosine = Metric("cosine", .cosine)
    /// The sum of products; more is nearer.
    public static let dot = Metric("dot", .dot)
    /// The straight-line distance; less is nearer.
    public static let euclidean = Metric("euclidean", .euclidean)

    /// All metrics of this version.
    public static let allCases = [cosine, dot, euclidean]
  }

  /// An embedding that was found.
  public struct Match: Sendable, Hashable {
    /// Its place in the index, counted from 0.
    public let index: Int
    /// Its cosine, dot product or distance.
    public let score: Float
  }

  /// The number of embeddings.
  public private(set) var count = 0
  /// The number of components of each; 0 as long as there is none.
  public private(set) var dimensions = 0
  /// nil as long as no embedding has components.
  private var matrix: VectorMatrix?

  /// Makes an index of embeddings.
  ///
  /// - Precondition: all have the same dimensions.
  /// - Complexity: O(number of components).
  public init(_ embeddings: [Embedding] = []) {
    for embedding in embeddings { append(embedding) }
  }

  /// Adds an embedding at the end.
  ///
  /// - Precondition: it has the dimensions of those before.
  /// - Complexity: O(`dimensions`), amortized.
  public mutating func append(_ embedding: Embedding) { append(embedding.vector) }

  /// Adds a vector at the end.
  ///
  /// - Precondition: it has the dimensions of those before.
  /// - Complexity: O(`dimensions`), amortized.
  public mutating func append(_ vector: some Collection<Float>) {
    precondition(count == 0 || vector.count == dimensions, "vectors of an index are as long")
    if count == 0 {
      dimensions = vector.count
      matrix = dimensions > 0 ? VectorMatrix(dimensions: dimensions) : nil
    }
    matrix?.append(vector)
    count += 1
  }

  /// The embeddings nearest to another one, at most `count` of them, the nearest first; of equally near ones the first.
  ///
  /// - Precondition: it has the same dimensions.
  /// - Complexity: O(n · `dimensions` + n log `count`) for n embeddings.
  public func nearest(
    to query: Embedding, count: Int, by metric: Metric = .cosine
  ) -> [Match] {
    precondition(self.count == 0 || query.dimensions == dimensions, "a query is as long")
    guard let matrix else { return (0..<min(count, self.count)).map { Match(index: $0, score: 0) } }
    return matrix.nearest(to: query.vector, count: count, by: metric.kernel).map {
      Match(index: $0.index, score: $0.value)
    }
  }

  /// Compares a range of embeddings with all of another index: `(rows.count, others.count)` values, row by row.
  ///
  /// The error of a cosine is at most 1e-6. Many rows at a time are quicker than many calls.
  ///
  /// - Precondition: the rows are in the index, and both have the same dimensions.
  /// - Complexity: O(`rows.count` · `others.count` · `dimensions`).
  public func similarities(
    of rows: Range<Int>, to others: EmbeddingIndex, by metric: Metric = .cosine
  ) -> [Float] {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= count, "rows of the index")
    precondition(others.count == 0 || dimensions == others.dimensions, "indices are as wide")
    var values = [Float](repeating: 0, count: rows.count * others.count)
    if let matrix, let others = others.matrix {
      matrix.similarities(of: rows, to: others, by: metric.kernel, into: &values)
    }
    return values
  }

  /// The square of an embedding's Euclidean length.
  package func squaredLength(_ row: Int) -> Double { matrix.map { $0.squaredLength(row) } ?? 0 }

  /// Compares an embedding with all: a value each.
  ///
  /// - Precondition: it has the same dimensions.
  /// - Complexity: O(`count` · `dimensions`).
  public func similarities(to query: Embedding, by metric: Metric = .cosine) -> [Float] {
    EmbeddingIndex([query]).similarities(of: 0..<1, to: self, by: metric)
  }
}
