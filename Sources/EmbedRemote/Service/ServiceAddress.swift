import EmbedCore
import Foundation

/// Where a service is, and the key for it.
struct ServiceAddress: Sendable {
  /// The address that paths are put behind, without a slash at its end.
  let base: URL
  /// The key; nil when there is none.
  let key: String?

  /// Finds the address and the key that a URI and the environment name.
  ///
  /// The address is that of `url=`, of the URI's host, of the environment, or the service's own. A key of the
  /// environment goes to the service's own address and to that of the environment; to another host only the key of
  /// `key-env=` is sent, so that no server gets the key of another.
  ///
  /// - Throws: `EmbedError` with codes `invalidURI`, `unauthorized`.
  init(
    _ description: ServiceDescription, uri: EmbedderURI, environment: [String: String]
  ) throws(EmbedError) {
    let variable = description.addressVariables.first { !(environment[$0] ?? "").isEmpty }
    var isOwn = false
    if let text = uri.parameter("url") {
      base = try Self.url(text, of: description, from: "url")
    } else if let host = uri.host {
      base = try Self.url(host: host, uri, description)
    } else if let variable, let text = environment[variable] {
      base = try Self.url(text, of: description, from: "$" + variable)
      isOwn = true
    } else if let address = description.address {
      base = try Self.url(address, of: description, from: description.scheme)
      isOwn = true
    } else {
      throw EmbedError(
        .invalidURI, "\(description.scheme) has no address",
        expected: (["\(description.scheme)://HOST"] + description.addressVariables.map { "$" + $0 })
          .joined(separator: " or "), got: "none")
    }
    let host = (base.host ?? "").lowercased()
    let ownHost = description.address.flatMap { URL(string: $0)?.host }
    isOwn = isOwn || host == ownHost || description.keyHosts.contains { host.hasSuffix($0) }
    key = try Self.key(description, uri: uri, isOwn: isOwn, environment: environment)
  }

  private static func url(
    _ text: String, of description: ServiceDescription, from source: String
  ) throws(EmbedError) -> URL {
    // OLLAMA_HOST may be a host alone.
    let hasScheme = text.contains("://")
    guard var parts = URLComponents(string: hasScheme ? text : "http://" + text),
      let host = parts.host, !host.isEmpty, ["http", "https"].contains(parts.scheme?.lowercased()),
      parts.user == nil, parts.password == nil, parts.fragment == nil
    else {
      throw EmbedError(
        .invalidURI, "invalid address of \(description.scheme)",
        expected: "http(s)://HOST[:PORT][/PATH]",
        // It may hold a password.
        got: text.contains("@") ? "other text" : text.quotedForMessage, at: source)
    }
    if !hasScheme, parts.port == nil { parts.port = description.port }
    if parts.path.isEmpty || parts.path == "/" { parts.path = description.path }
    return try finished(parts, description)
  }

  private static func url(
    host: String, _ uri: EmbedderURI, _ description: ServiceDescription
  ) throws(EmbedError) -> URL {
    var parts = URLComponents()
    var isSecure = description.usesTLS && !host.isLoopbackHost
    for name in ["https", "tls"] { isSecure = try uri.flag(name) ?? isSecure }
    parts.scheme = isSecure ? "https" : "http"
    parts.host = host.contains(":") ? "[\(host)]" : host
    parts.port = uri.port ?? description.port
    parts.path = uri.path.isEmpty || uri.path == "/" ? description.path : uri.path
    return try finished(parts, description)
  }

  private static func finished(
    _ parts: URLComponents, _ description: ServiceDescription
  ) throws(EmbedError) -> URL {
    var parts = parts
    while parts.path.hasSuffix("/") { parts.path.removeLast() }
    guard let url = parts.url else {
      throw EmbedError(.invalidURI, "invalid address of \(description.scheme)", expected: "a host")
    }
    return url
  }

  private static func key(
    _ description: ServiceDescription, uri: EmbedderURI, isOwn: Bool, environment: [String: String]
  ) throws(EmbedError) -> String? {
    if let name = uri.parameter("key-env") {
      guard let key = environment[name], !key.isEmpty else {
        throw EmbedError(
          .unauthorized, "no key for \(description.scheme)", expected: "one in $\(name)",
          got: "none",
          at: "key-env")
      }
      return try checked(key, name)
    }
    guard isOwn else { return nil }
    for name in description.keyVariables {
      if let key = environment[name], !key.isEmpty { return try checked(key, name) }
    }
    guard !description.requiresKey else {
      throw EmbedError(
        .unauthorized, "no key for \(description.scheme)",
        expected: description.keyVariables.map { "$" + $0 }.joined(separator: " or ")
          + " or key-env=NAME",
        got: "none")
    }
    return nil
  }

  /// A key as a header field can hold it.
  private static func checked(_ key: String, _ variable: String) throws(EmbedError) -> String {
    let key = key.trimmingCharacters(in: .whitespacesAndNewlines)
    guard key.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw EmbedError(
        .unauthorized, "invalid key", expected: "visible ASCII characters", got: "others",
        at: "$" + variable)
    }
    return key
  }
}

extension EmbedderURI {
  /// A parameter that is on when it is there: `tls`, `tls=true`; nil when absent.
  ///
  /// - Throws: `EmbedError` with code `invalidURI`.
  func flag(_ name: String) throws(EmbedError) -> Bool? {
    switch parameter(name)?.lowercased() {
    case nil: return nil
    case "", "true", "1", "yes": return true
    case "false", "0", "no": return false
    case let other?:
      throw EmbedError(
        .invalidURI, "invalid parameter \(name) of \(scheme)", expected: "true or false",
        got: other.quotedForMessage)
    }
  }
}
