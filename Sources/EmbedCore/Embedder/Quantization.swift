import Foundation

/// How the components of a vector become integers of eight bits, for databases that keep them so.
///
/// The integers are those of sentence-transformers, one for one.
///
/// Source: `quantize_embeddings` of sentence-transformers 6.2 (`util/quantization.py`).
public enum Quantization: Sendable, Hashable {
  /// Each component as one of 256 steps of its dimension's range, from -128.
  case int8(QuantizationRanges)
  /// Each component as one of 256 steps of its dimension's range, from 0.
  case uint8(QuantizationRanges)
  /// Eight components in an integer from -128, a bit each: the byte of `ubinary` less 128.
  case binary
  /// Eight components in a byte, the first its highest bit, which is set if the component is above 0; the last byte is
  /// filled up with zeros.
  case ubinary

  /// The length in bytes of a vector of so many dimensions.
  public func byteCount(dimensions: Int) -> Int {
    switch self {
    case .int8, .uint8: dimensions
    case .binary, .ubinary: (dimensions + 7) / 8
    }
  }

  /// Whether the integers begin at -128.
  public var isSigned: Bool {
    switch self {
    case .int8, .binary: true
    case .uint8, .ubinary: false
    }
  }
}

/// The smallest and the largest value of each dimension, of vectors that stand for all that will be quantized.
///
/// Only vectors that were quantized with the same ranges can be compared.
public struct QuantizationRanges: Sendable, Hashable {
  /// `(dimensions)`: the smallest values.
  public private(set) var minima: [Float]
  /// `(dimensions)`: the largest values.
  public private(set) var maxima: [Float]

  /// Takes the ranges of vectors; those of two vectors, one of minima and one of maxima, are these.
  ///
  /// - Throws: `EmbedError` with code `invalidInput` when there is no vector, they are of different dimensions, or a
  ///   component is not finite.
  /// - Complexity: O(number of components).
  public init(of embeddings: [Embedding]) throws(EmbedError) {
    guard let first = embeddings.first else {
      throw EmbedError(.invalidInput, "no vectors to take ranges of", expected: "at least one")
    }
    (minima, maxima) = (first.vector, first.vector)
    for (index, embedding) in embeddings.enumerated() {
      guard embedding.vector.allSatisfy(\.isFinite) else {
        throw EmbedError(.invalidInput, "vector not finite", input: index)
      }
      try embedding.require(dimensions: minima.count, input: index)
      widen(to: embedding.vector, embedding.vector)
    }
  }

  /// The number of dimensions.
  public var dimensions: Int { minima.count }

  /// Widens the ranges to hold others, as if they were of the vectors of both.
  ///
  /// - Throws: `EmbedError` with code `invalidInput` when the others are of different dimensions.
  /// - Complexity: O(`dimensions`).
  public mutating func formUnion(_ other: QuantizationRanges) throws(EmbedError) {
    try Embedding(other.minima).require(dimensions: dimensions)
    widen(to: other.minima, other.maxima)
  }

  private mutating func widen(to lowest: [Float], _ highest: [Float]) {
    for index in minima.indices {
      minima[index] = min(minima[index], lowest[index])
      maxima[index] = max(maxima[index], highest[index])
    }
  }
}

/// A vector in integers of eight bits.
public struct QuantizedEmbedding: Sendable, Hashable {
  /// The integers as they lie in memory, negative ones in two's complement.
  public let bytes: [UInt8]
  /// Whether the bytes are of integers from -128.
  public let isSigned: Bool

  /// The integers.
  ///
  /// - Complexity: O(number of bytes).
  public var integers: [Int] {
    bytes.map { isSigned ? Int(Int8(bitPattern: $0)) : Int($0) }
  }

  /// The bytes in base64 with padding.
  ///
  /// - Complexity: O(number of bytes).
  public var base64: String { Data(bytes).base64EncodedString() }
}

extension Embedding {
  /// The vector in integers of eight bits; what is cut to fewer dimensions is cut before.
  ///
  /// - Throws: `EmbedError` with code `invalidInput` when the ranges are of other dimensions.
  /// - Complexity: O(`dimensions`).
  public func quantized(
    _ quantization: Quantization
  ) throws(EmbedError) -> QuantizedEmbedding {
    var bytes: [UInt8]
    switch quantization {
    case .int8(let ranges), .uint8(let ranges): bytes = try steps(of: ranges)
    case .binary, .ubinary: bytes = signs
    }
    if quantization.isSigned {
      // What is taken off is half of the range: in two's complement, that is the highest bit.
      for index in bytes.indices { bytes[index] ^= 0x80 }
    }
    return QuantizedEmbedding(bytes: bytes, isSigned: quantization.isSigned)
  }

  /// Which of 256 steps of its range each component is on, in single precision as in the source.
  private func steps(of ranges: QuantizationRanges) throws(EmbedError) -> [UInt8] {
    try require(dimensions: ranges.dimensions)
    return vector.indices.map { index in
      let start = ranges.minima[index]
      let step = (ranges.maxima[index] - start) / 255
      let place = ((vector[index] - start) / (step == 0 ? 1 : step)).rounded(.down)
      // What is no number is on no step; it must not trap.
      return place >= 255 ? 255 : place > 0 ? UInt8(place) : 0
    }
  }

  /// The bits of the components that are above 0.
  private var signs: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: (dimensions + 7) / 8)
    for (index, component) in vector.enumerated() where component > 0 {
      bytes[index / 8] |= 0x80 >> UInt8(index % 8)
    }
    return bytes
  }

  fileprivate func require(dimensions expected: Int, input: Int? = nil) throws(EmbedError) {
    guard dimensions == expected else {
      throw EmbedError(
        .invalidInput, "vector of other dimensions than the ranges", expected: "\(expected)",
        got: "\(dimensions)", input: input)
    }
  }
}
