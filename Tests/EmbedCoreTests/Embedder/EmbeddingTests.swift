import EmbedCore
import Foundation
import Testing

@Suite struct EmbeddingTests {
  @Test func `cosine, dot product and distance are those of geometry`() {
    let (a, b) = (Embedding([3, 4]), Embedding([4, 3]))
    #expect(a.dotProduct(with: b) == 24)
    #expect(a.cosineSimilarity(to: b) == 24.0 / 25)
    #expect(a.euclideanDistance(to: b) == 2.0.squareRoot())
  }

  @Test func `a zero vector has cosine 0 to everything`() {
    #expect(Embedding([0, 0]).cosineSimilarity(to: Embedding([1, 0])) == 0)
    #expect(Embedding([]).cosineSimilarity(to: Embedding([])) == 0)
  }

  @Test func `rounding never takes a cosine past 1`() {
    let a = Embedding([0.1, 0.2, 0.3, 0.7])
    #expect(a.cosineSimilarity(to: a) <= 1)
  }

  @Test func `bytes are little-endian float32`() throws {
    let embedding = Embedding([1, -2.5])
    #expect(embedding.littleEndianBytes == [0, 0, 0x80, 0x3F, 0, 0, 0x20, 0xC0])
    #expect(embedding.base64 == "AACAPwAAIMA=")
    #expect(try Embedding(littleEndianBytes: embedding.littleEndianBytes) == embedding)
    #expect(try Embedding(base64: embedding.base64) == embedding)
    #expect(embedding.doubles == [1, -2.5])
  }

  @Test func `bytes that are no vector are refused`() {
    let length = #expect(throws: EmbedError.self) { try Embedding(littleEndianBytes: [1, 2, 3]) }
    #expect(
      length?.description == "invalid float32 vector: expected a multiple of 4 bytes, got 3 bytes")
    let text = #expect(throws: EmbedError.self) { try Embedding(base64: "not base64!") }
    #expect(text?.code == .invalidInput)
  }

  @Test func `an embedding goes through JSON and comes back`() throws {
    let embedding = Embedding([0.1, -2, 3e-20], tokenCount: 5, isTruncated: true)
    let data = try JSONEncoder().encode(embedding)
    #expect(try JSONDecoder().decode(Embedding.self, from: data) == embedding)
  }

  @Test func `an error is a sentence of its own, for Foundation too`() {
    let error = EmbedError(
      .inputTooLong, "text too long", expected: "at most 3 tokens", got: "more", input: 1)
    #expect(error.description == "text too long: expected at most 3 tokens, got more (input 1)")
    #expect((error as any Error).localizedDescription == error.description)
  }
}
