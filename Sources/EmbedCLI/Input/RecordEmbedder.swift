import Embed

/// Embeds records, and names the one that is to blame when that fails.
struct RecordEmbedder {
  let embedder: any Embedder
  let options: EmbedOptions

  /// Embeds records and hands their vectors on, in order, in one or several parts.
  ///
  /// - Throws: `EmbedError`, after all records before the one that it names were handed on; what `deliver` throws.
  func embed(
    _ records: ArraySlice<Record>,
    deliver: (_ embeddings: [Embedding], _ records: ArraySlice<Record>) throws -> Void
  ) async throws {
    let embeddings: [Embedding]
    do {
      embeddings = try await embedder.embed(records.map(\.text), options: options)
    } catch let error as EmbedError where error.code == .invalidInput || error.code == .inputTooLong
    {
      // An embedder knows a call's inputs, the user knows lines. A call fails whole: halving it finds the line.
      guard records.count > 1 else { throw error.at(records.first?.location) }
      let middle = records.startIndex + records.count / 2
      try await embed(records[..<middle], deliver: deliver)
      try await embed(records[middle...], deliver: deliver)
      return
    }
    try deliver(embeddings, records)
  }
}

extension EmbedError {
  /// The same error at another place.
  func at(_ location: String?) -> EmbedError {
    EmbedError(code, what, expected: expected, got: got, at: location, underlying: underlying)
  }
}
