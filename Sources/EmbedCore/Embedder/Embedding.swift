import Foundation

/// A vector that stands for an input's meaning.
public struct Embedding: Sendable, Hashable, Codable {
  /// The components, `dimensions` of them.
  public let vector: [Float]
  /// How many tokens of the input were used, special tokens included; 0 when the embedder does not tell.
  public let tokenCount: Int
  /// Whether the end of the input was cut off.
  public let isTruncated: Bool

  /// Makes an embedding of its components.
  public init(_ vector: [Float], tokenCount: Int = 0, isTruncated: Bool = false) {
    self.vector = vector
    self.tokenCount = tokenCount
    self.isTruncated = isTruncated
  }

  /// The number of components.
  public var dimensions: Int { vector.count }

  /// The components in double precision.
  ///
  /// - Complexity: O(`dimensions`).
  public var doubles: [Double] { vector.map(Double.init) }
}

extension Embedding {
  /// The sum of products with another vector of the same dimensions, accumulated in double precision.
  ///
  /// - Precondition: both have the same dimensions.
  /// - Complexity: O(`dimensions`).
  public func dotProduct(with other: Embedding) -> Double {
    precondition(
      dimensions == other.dimensions, "vectors of different dimensions have no dot product")
    var sum = 0.0
    for (a, b) in zip(vector, other.vector) { sum += Double(a) * Double(b) }
    return sum
  }

  /// The cosine of the angle to another vector of the same dimensions, from -1 to 1; 0 when either is all zero.
  ///
  /// - Precondition: both have the same dimensions.
  /// - Complexity: O(`dimensions`).
  public func cosineSimilarity(to other: Embedding) -> Double {
    let lengths = (dotProduct(with: self) * other.dotProduct(with: other)).squareRoot()
    guard lengths > 0 else { return 0 }
    return max(-1, min(1, dotProduct(with: other) / lengths))
  }

  /// The straight-line distance to another vector of the same dimensions.
  ///
  /// - Precondition: both have the same dimensions.
  /// - Complexity: O(`dimensions`).
  public func euclideanDistance(to other: Embedding) -> Double {
    precondition(dimensions == other.dimensions, "vectors of different dimensions have no distance")
    var sum = 0.0
    for (a, b) in zip(vector, other.vector) {
      let difference = Double(a) - Double(b)
      sum += difference * difference
    }
    return sum.squareRoot()
  }
}

extension Embedding {
  /// The components as little-endian float32, `4 * dimensions` bytes.
  ///
  /// - Complexity: O(`dimensions`).
  public var littleEndianBytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(4 * vector.count)
    for component in vector {
      let bits = component.bitPattern
      bytes.append(UInt8(truncatingIfNeeded: bits))
      bytes.append(UInt8(truncatingIfNeeded: bits >> 8))
      bytes.append(UInt8(truncatingIfNeeded: bits >> 16))
      bytes.append(UInt8(truncatingIfNeeded: bits >> 24))
    }
    return bytes
  }

  /// The little-endian float32 bytes in base64 with padding, as the OpenAI API writes them.
  ///
  /// - Complexity: O(`dimensions`).
  public var base64: String { Data(littleEndianBytes).base64EncodedString() }

  /// Makes an embedding of little-endian float32 bytes.
  ///
  /// - Throws: `EmbedError` with code `invalidInput` when the number of bytes is not a multiple of 4.
  /// - Complexity: O(`bytes.count`).
  public init(littleEndianBytes bytes: [UInt8]) throws(EmbedError) {
    guard bytes.count.isMultiple(of: 4) else {
      throw EmbedError(
        .invalidInput, "invalid float32 vector", expected: "a multiple of 4 bytes",
        got: "\(bytes.count) bytes")
    }
    self.init(
      stride(from: 0, to: bytes.count, by: 4).map { start in
        Float(
          bitPattern: UInt32(bytes[start]) | UInt32(bytes[start + 1]) << 8
            | UInt32(bytes[start + 2]) << 16 | UInt32(bytes[start + 3]) << 24)
      })
  }

  /// Makes an embedding of base64 text that holds little-endian float32.
  ///
  /// - Throws: `EmbedError` with code `invalidInput` when the text is not such base64.
  /// - Complexity: O(`base64.count`).
  public init(base64: String) throws(EmbedError) {
    guard let data = Data(base64Encoded: base64) else {
      throw EmbedError(
        .invalidInput, "invalid float32 vector", expected: "base64", got: "other text")
    }
    try self.init(littleEndianBytes: [UInt8](data))
  }
}
