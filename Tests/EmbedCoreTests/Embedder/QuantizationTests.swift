import EmbedCore
import EmbedTestSupport
import Foundation
import Testing

@Suite struct QuantizationTests {
  private let reference: Reference
  private let vectors: [Embedding]
  private let ranges: QuantizationRanges

  /// What `Scripts/reference/generate-quantization.py` writes.
  private struct Reference: Decodable {
    let vectors: [[Float]]
    let ranges: [[Float]]
    let int8: [[Int]]
    let uint8: [[Int]]
    let binary: [[Int]]
    let ubinary: [[Int]]
    let int8OfOwnRanges: [[Int]]
    let uint8OfOwnRanges: [[Int]]

    enum CodingKeys: String, CodingKey {
      case vectors, ranges, int8, uint8, binary, ubinary
      case int8OfOwnRanges = "int8 of own ranges"
      case uint8OfOwnRanges = "uint8 of own ranges"
    }
  }

  init() throws {
    let path = PackageFolder.path("Tests/Reference/quantization.json")
    reference = try JSONDecoder().decode(
      Reference.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    vectors = reference.vectors.map { Embedding($0) }
    ranges = try QuantizationRanges(of: reference.ranges.map { Embedding($0) })
  }

  private func integers(
    of embeddings: [Embedding], _ quantization: Quantization
  ) throws -> [[Int]] {
    try embeddings.map { try $0.quantized(quantization).integers }
  }

  @Test func `integers are those of sentence-transformers`() throws {
    #expect(try integers(of: vectors, .int8(ranges)) == reference.int8)
    #expect(try integers(of: vectors, .uint8(ranges)) == reference.uint8)
    #expect(try integers(of: vectors, .binary) == reference.binary)
    #expect(try integers(of: vectors, .ubinary) == reference.ubinary)
  }

  @Test func `ranges of the vectors themselves are those of sentence-transformers`() throws {
    let own = Array(vectors.dropFirst(2))
    var ranges = try QuantizationRanges(of: Array(own.prefix(9)))
    try ranges.formUnion(QuantizationRanges(of: Array(own.dropFirst(9))))
    #expect(try ranges == QuantizationRanges(of: own))
    #expect(try integers(of: own, .int8(ranges)) == reference.int8OfOwnRanges)
    #expect(try integers(of: own, .uint8(ranges)) == reference.uint8OfOwnRanges)
  }

  @Test func `bytes are two's complement`() throws {
    let ranges = try QuantizationRanges(of: [Embedding([0, 0]), Embedding([255, 255])])
    let embedding = Embedding([1, 254])
    #expect(try embedding.quantized(.int8(ranges)).bytes == [0x81, 0x7E])
    #expect(try embedding.quantized(.uint8(ranges)).bytes == [1, 254])
    #expect(try embedding.quantized(.uint8(ranges)).base64 == "Af4=")
    #expect(try Embedding([1, -1, 2]).quantized(.ubinary).bytes == [0xA0])
  }

  @Test func `counts bytes`() throws {
    let ranges = try QuantizationRanges(of: [Embedding(.init(repeating: 0, count: 9))])
    #expect(Quantization.int8(ranges).byteCount(dimensions: 9) == 9)
    #expect(Quantization.binary.byteCount(dimensions: 9) == 2)
    #expect(Quantization.ubinary.byteCount(dimensions: 8) == 1)
  }

  @Test func `components and ranges without bounds trap nowhere`() throws {
    let limit = Float.greatestFiniteMagnitude
    let ranges = try QuantizationRanges(of: [Embedding([-limit, 0]), Embedding([limit, 0])])
    let embedding = Embedding([.infinity, .nan])
    #expect(try embedding.quantized(.uint8(ranges)).bytes == [0, 0])
    #expect(try Embedding([limit, limit]).quantized(.uint8(ranges)).bytes == [0, 255])
  }

  @Test func `refuses ranges that fit no vector`() throws {
    let other = try #require(throws: EmbedError.self) {
      try Embedding([1]).quantized(.int8(ranges))
    }
    #expect(other.description == "vector of other dimensions than the ranges: expected 19, got 1")
    #expect(throws: EmbedError.self) { try QuantizationRanges(of: []) }
    #expect(throws: EmbedError.self) { try QuantizationRanges(of: [Embedding([.nan])]) }
    let second = try #require(throws: EmbedError.self) {
      try QuantizationRanges(of: [Embedding([1]), Embedding([1, 2])])
    }
    #expect(second.inputIndex == 1)
    var widened = ranges
    #expect(throws: EmbedError.self) {
      try widened.formUnion(QuantizationRanges(of: [Embedding([1])]))
    }
  }
}
