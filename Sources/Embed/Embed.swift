// Whoever imports Embed has embedders, their values and models without further imports.
@_exported public import EmbedCore
@_exported public import ModelFiles

extension EmbedderRegistry {
  /// The schemes `local`, `null` and `test`.
  public static var standard: EmbedderRegistry {
    EmbedderRegistry(["local": { uri, _ in try await LocalEmbedder.load(uri) }])
  }
}
