/// How two vectors are compared.
enum Metric: String, CaseIterable {
  /// The cosine of the angle between them, from -1 to 1.
  case cosine
  /// The sum of products.
  case dot
  /// The straight-line distance.
  case euclidean
}

/// Vectors of the same dimensions, one after another, that are compared many at a time.
struct VectorTable {
  /// The length of each vector; 0 as long as there is none.
  private(set) var dimensions = 0
  /// The components, `(count, dimensions)`.
  private var components: [Float] = []
  /// The vectors' Euclidean lengths, `(count)`.
  private(set) var norms: [Float] = []

  /// The number of vectors.
  var count: Int { norms.count }

  /// Appends a vector.
  ///
  /// - Precondition: it has as many components as those before.
  /// - Complexity: O(`dimensions`).
  mutating func append(_ vector: some Collection<Float>) {
    precondition(count == 0 || vector.count == dimensions, "vectors have the same dimensions")
    dimensions = vector.count
    components += vector
    let norm = components.withUnsafeBytes { bytes in
      let last = UnsafeRawBufferPointer(rebasing: bytes.suffix(4 * dimensions))
      return Self.sum(last, last, Self.product).squareRoot()
    }
    norms.append(norm)
  }

  /// Compares vectors of another table with all of this one.
  ///
  /// - Returns: the values, `(queries.count, count)`.
  /// - Precondition: both tables have the same dimensions.
  /// - Complexity: O(`queries.count` · `count` · `dimensions`).
  func compare(_ queries: Range<Int>, of other: VectorTable, by metric: Metric) -> [Float] {
    precondition(dimensions == other.dimensions, "vectors of different dimensions are compared")
    var values: [Float] = []
    values.reserveCapacity(queries.count * count)
    let size = 4 * dimensions
    components.withUnsafeBytes { rows in
      other.components.withUnsafeBytes { queryRows in
        for query in queries {
          let vector = UnsafeRawBufferPointer(
            rebasing: queryRows[query * size..<(query + 1) * size])
          for row in 0..<count {
            let candidate = UnsafeRawBufferPointer(rebasing: rows[row * size..<(row + 1) * size])
            switch metric {
            case .cosine:
              let lengths = norms[row] * other.norms[query]
              let product = Self.sum(vector, candidate, Self.product)
              values.append(lengths > 0 ? max(-1, min(1, product / lengths)) : 0)
            case .dot:
              values.append(Self.sum(vector, candidate, Self.product))
            case .euclidean:
              values.append(Self.sum(vector, candidate, Self.squaredDifference).squareRoot())
            }
          }
        }
      }
    }
    return values
  }

  private typealias Lanes = SIMD16<Float>

  @inline(__always)
  private static func product(_ a: Lanes, _ b: Lanes) -> Lanes { a * b }

  @inline(__always)
  private static func squaredDifference(_ a: Lanes, _ b: Lanes) -> Lanes { (a - b) * (a - b) }

  /// The sum of a term over the components of two vectors.
  @inline(__always)
  private static func sum(
    _ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer, _ term: (Lanes, Lanes) -> Lanes
  ) -> Float {
    let width = MemoryLayout<Lanes>.size
    var sum = Lanes.zero
    var offset = 0
    while offset + width <= a.count {
      sum += term(
        a.loadUnaligned(fromByteOffset: offset, as: Lanes.self),
        b.loadUnaligned(fromByteOffset: offset, as: Lanes.self))
      offset += width
    }
    var (lastA, lastB) = (Lanes.zero, Lanes.zero)
    for lane in 0..<(a.count - offset) / 4 {
      lastA[lane] = a.loadUnaligned(fromByteOffset: offset + 4 * lane, as: Float.self)
      lastB[lane] = b.loadUnaligned(fromByteOffset: offset + 4 * lane, as: Float.self)
    }
    return (sum + term(lastA, lastB)).sum()
  }
}
