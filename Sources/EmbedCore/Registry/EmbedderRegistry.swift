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

  private var factories: [String: Factory] = [
    "first": { uri, registry in try await FallbackEmbedder(uri, registry: registry) },
    "null": { uri, _ in try NullEmbedder(uri) },
    "test": { uri, _ in try TestEmbedder(uri) },
  ]

  /// Makes a registry of the schemes that need neither a model nor a service: `null` and `test`.
  public init() {}

  /// Makes a registry of `null`, `test` and a module's own schemes, in lower case.
  package init(_ own: [String: Factory]) {
    factories.merge(own) { _, own in own }
  }

  /// The registered schemes, sorted.
  ///
  /// - Complexity: O(n log n) in their number.
  public var schemes: [String] { factories.keys.sorted() }

  /// Adds a scheme; upper and lower case are the same.
  ///
  /// - Throws: `EmbedError` with code `invalidURI` when the scheme is taken, or is none by the rules of RFC 3986: a
  ///   letter, then letters, digits, `+`, `-`, `.`.
  public mutating func register(_ scheme: String, factory: @escaping Factory) throws(EmbedError) {
    guard EmbedderURI.isScheme(scheme) else {
      throw EmbedError(
        .invalidURI, "invalid scheme to register",
        expected: "a letter, then letters, digits, +, -, .",
        got: scheme.quotedForMessage)
    }
    let scheme = scheme.lowercased()
    guard factories[scheme] == nil else {
      throw EmbedError(
        .invalidURI, "scheme registered already", expected: "a new one",
        got: "'\(scheme)'")
    }
    factories[scheme] = factory
  }

  /// Both registries' schemes; where both have one, this registry's counts.
  public func merging(_ other: EmbedderRegistry) -> EmbedderRegistry {
    EmbedderRegistry(other.factories.merging(factories) { _, own in own })
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
        .invalidURI, "unknown scheme of an embedder", expected: schemes.joined(separator: ", "),
        got: "'\(uri.scheme)'")
    }
    return try await factory(uri, self)
  }
}
