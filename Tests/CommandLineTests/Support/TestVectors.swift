import Embed
import Foundation
import JSON
import Testing

/// What the program should print with `-m test:…`, computed in this process.
enum TestVectors {
  /// The address of an embedder of four dimensions.
  static let address = "test://?dimensions=4"

  static func vectors(
    of texts: [String], options: EmbedOptions = EmbedOptions()
  ) async throws -> [[Float]] {
    try await TestEmbedder(dimensions: 4).embed(texts, options: options).map(\.vector)
  }

  /// Reads a line that holds a JSON array of numbers.
  static func parse(_ line: some StringProtocol) throws -> [Float] {
    try floats(JSONParser.parse(Array(line.utf8)))
  }

  /// The components of a JSON array of numbers.
  static func floats(_ value: JSONValue?) -> [Float] {
    guard case .array(let elements)? = value else { return [] }
    return elements.compactMap {
      guard case .number(let text) = $0 else { return nil }
      return Float(text)
    }
  }
}

/// The parts of a NumPy file of version 1.0.
struct NumpyArray {
  let header: String
  let components: [Float]

  init(_ bytes: [UInt8]) throws {
    try #require(bytes.starts(with: [0x93] + Array("NUMPY".utf8) + [1, 0]))
    let length = 10 + Int(bytes[8]) + Int(bytes[9]) << 8
    #expect(length.isMultiple(of: 64))
    #expect(bytes[length - 1] == UInt8(ascii: "\n"))
    header = String(decoding: bytes[10..<length], as: UTF8.self)
      .trimmingCharacters(in: .whitespacesAndNewlines)
    components = try Embedding(littleEndianBytes: Array(bytes[length...])).vector
  }
}
