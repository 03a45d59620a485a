public import EmbedCore

extension EmbedderRegistry {
  /// The schemes `local`, `null` and `test`.
  public static var standard: EmbedderRegistry {
    EmbedderRegistry(["local": { uri, _ in try await LocalEmbedder.load(uri) }])
  }
}
