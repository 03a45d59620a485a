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
    let results = try await embedder.embedEach(
      records.map { .text($0.text) }, options: options)
    var embeddings: [Embedding] = []
    for (record, result) in zip(records, results) {
      switch result {
      case .success(let embedding): embeddings.append(embedding)
      case .failure(let error):
        try deliver(embeddings, records.prefix(embeddings.count))
        // An embedder knows a call's inputs, the user knows lines.
        throw error.at(record.location)
      }
    }
    try deliver(embeddings, records)
  }
}

extension EmbedError {
  /// The same error at another place.
  func at(_ location: String?) -> EmbedError {
    // What the error is about beside the record, such as a model's folder, stays.
    let places = [location, self.location].compactMap(\.self)
    return EmbedError(
      code, what, expected: expected, got: got,
      at: places.isEmpty ? nil : places.joined(separator: ", "), underlying: underlying)
  }
}
