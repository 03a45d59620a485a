/// An embedder of empty vectors, for tests of what surrounds an embedder: `null://`.
public struct NullEmbedder: Embedder {
  /// `null`, without dimensions or limits.
  public let info = EmbedderInfo(
    modelID: "null", dimensions: 0, maximumTokens: nil, preferredBatchSize: 1024,
    supportsImages: true)

  /// Makes the embedder.
  public init() {}

  /// Makes the embedder of an address without parameters.
  ///
  /// - Throws: `EmbedError` with code `invalidURI` for any parameter.
  public init(_ uri: EmbedderURI) throws(EmbedError) {
    try uri.requireParameters(in: [])
  }

  /// Returns an empty vector for each input.
  ///
  /// - Throws: `EmbedError` with code `invalidOption` when dimensions are asked for.
  @concurrent
  public func embed(_ inputs: [EmbeddingInput], options: EmbedOptions) async throws -> [Embedding] {
    if let dimensions = options.dimensions {
      throw EmbedError(
        .invalidOption, "null:// has no dimensions", expected: "none", got: "\(dimensions)")
    }
    try Task.checkCancellation()
    return inputs.map { _ in Embedding([]) }
  }
}
