extension Embedder {
  /// Embeds texts, one vector each, in order.
  public func embed(_ texts: [String], options: EmbedOptions = EmbedOptions()) async throws
    -> [Embedding]
  {
    try await embed(texts.map(EmbeddingInput.text), options: options)
  }

  /// Embeds one text.
  public func embed(_ text: String, options: EmbedOptions = EmbedOptions()) async throws
    -> Embedding
  {
    try await embedOne(.text(text), options: options)
  }

  /// Embeds one encoded image (PNG, JPEG, …).
  public func embed(image: [UInt8], options: EmbedOptions = EmbedOptions()) async throws
    -> Embedding
  {
    try await embedOne(.image(image), options: options)
  }

  private func embedOne(_ input: EmbeddingInput, options: EmbedOptions) async throws -> Embedding {
    let embeddings = try await embed([input], options: options)
    precondition(embeddings.count == 1, "an embedder returns one embedding for each input")
    return embeddings[0]
  }
}
