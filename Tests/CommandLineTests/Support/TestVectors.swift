import Embed

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
