/// Makes embedders from their addresses: one factory for each scheme.
///
/// ```swift
/// let embedder = try await EmbedderRegistry.standard.embedder("local:all-MiniLM-L6-v2")
/// ```
///
/// A registry is a value: registering a scheme changes that copy alone.
public struct EmbedderRegistry: Sendable {
  /// Makes an embedder of an address whose scheme it was registered for; the registry is passed for schemes that are
  /// made of others.
  public typealias Factory =
    @Sendable (_ uri: EmbedderURI, _ registry: EmbedderRegistry) async throws -> any Embedder

  private var factories: [String: Factory] = [:]

  /// Makes a registry without schemes.
  public init() {}

  /// The schemes of this module: `local`, `null` and `test`.
  public static var standard: EmbedderRegistry {
    var registry = EmbedderRegistry()
    registry.factories = [
      "local": { uri, _ in try await LocalEmbedder.load(uri) },
      "null": { uri, _ in try NullEmbedder(uri) },
      "test": { uri, _ in try TestEmbedder(uri) },
    ]
    return registry
  }

  /// The registered schemes, sorted.
  ///
  /// - Complexity: O(n log n) in their number.
  public var schemes: [String] { factories.keys.sorted() }

  /// Adds a scheme, in lower case.
  ///
  /// - Throws: `EmbedError` with code `invalidURI` when the scheme is taken.
  public mutating func register(_ scheme: String, factory: @escaping Factory) throws(EmbedError) {
    guard factories[scheme] == nil else {
      throw EmbedError(
        .invalidURI, "a scheme to register", expected: "a new one",
        got: "'\(scheme)', which is taken")
    }
    factories[scheme] = factory
  }

  /// Makes the embedder that an address names.
  ///
  /// - Throws: `EmbedError` when the address is wrong, or what its scheme's factory throws.
  public func embedder(_ address: String) async throws -> any Embedder {
    try await embedder(EmbedderURI(address))
  }

  /// Makes the embedder that a parsed address names.
  ///
  /// - Throws: `EmbedError` when the scheme is unknown, or what its factory throws.
  public func embedder(_ uri: EmbedderURI) async throws -> any Embedder {
    guard let factory = factories[uri.scheme] else {
      throw EmbedError(
        .invalidURI, "an embedder's scheme", expected: schemes.joined(separator: ", "),
        got: "'\(uri.scheme)'")
    }
    return try await factory(uri, self)
  }
}
