// Whoever imports EmbedRemote has embedders and their values without further imports.
@_exported public import EmbedCore
public import Foundation

extension EmbedderRegistry {
  /// The schemes of every remote service, beside `null`, `test` and `first`.
  ///
  /// ```swift
  /// let registry = EmbedderRegistry.standard.merging(.remote())
  /// let embedder = try await registry.embedder("openai:text-embedding-3-small")
  /// ```
  ///
  /// - Parameter environment: the variables that hold keys, addresses and proxies.
  public static func remote(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> EmbedderRegistry {
    var factories: [String: Factory] = [:]
    for description in ServiceDescription.all {
      factories[description.scheme] = { uri, _ in try RemoteEmbedder(uri, environment: environment)
      }
    }
    return EmbedderRegistry(factories)
  }
}
