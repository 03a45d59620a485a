import AsyncHTTPClient
import EmbedCore
import Foundation

/// The proxy that connections go through.
typealias HTTPClientProxy = HTTPClient.Configuration.Proxy

extension HTTPClientProxy {
  /// The proxy for a server: the one named, else the environment's, as curl reads it
  /// (https://everything.curl.dev/usingcurl/proxies/env.html).
  ///
  /// - Parameters:
  ///   - named: `http://HOST:PORT`, `socks5://HOST:PORT`, or `none`; nil asks the environment.
  ///   - environment: `HTTPS_PROXY`, `HTTP_PROXY` (in lower case alone, as a CGI program's client names the other),
  ///     `ALL_PROXY`, `NO_PROXY`.
  /// - Throws: `EmbedError` with code `invalidOption`.
  static func proxy(
    for server: URL, named: String?, environment: [String: String]
  ) throws(EmbedError) -> Self? {
    if let named { return named == "none" ? nil : try parsed(named, from: "proxy") }
    let isSecure = server.scheme == "https"
    let names =
      (isSecure ? ["https_proxy", "HTTPS_PROXY"] : ["http_proxy"]) + ["all_proxy", "ALL_PROXY"]
    guard let name = names.first(where: { !(environment[$0] ?? "").isEmpty }),
      let address = environment[name], !isExempt(server, environment: environment)
    else { return nil }
    return try parsed(address, from: "$" + name)
  }

  private static func parsed(_ address: String, from source: String) throws(EmbedError) -> Self {
    let text = address.contains("://") ? address : "http://" + address
    guard let parts = URLComponents(string: text), let host = parts.host, !host.isEmpty,
      let scheme = parts.scheme, ["http", "socks5", "socks5h"].contains(scheme)
    else {
      // Not echoed: it may hold a password.
      throw EmbedError(
        .invalidOption, "invalid proxy", expected: "http://HOST:PORT or socks5://HOST:PORT",
        at: source)
    }
    if scheme != "http" { return .socksServer(host: host, port: parts.port ?? 1080) }
    let authorization = parts.user.map {
      HTTPClient.Authorization.basic(username: $0, password: parts.password ?? "")
    }
    return .server(host: host, port: parts.port ?? 8080, authorization: authorization)
  }

  private static func isExempt(_ server: URL, environment: [String: String]) -> Bool {
    let host = (server.host ?? "").lowercased()
    // Nobody's proxy knows what listens on this machine.
    if host.isLoopbackHost { return true }
    let list = environment["no_proxy"] ?? environment["NO_PROXY"] ?? ""
    return list.split(whereSeparator: { $0 == "," || $0.isWhitespace }).contains { entry in
      let suffix = entry.lowercased().drop { $0 == "." }
      return suffix == "*" || host == suffix || host.hasSuffix("." + suffix)
    }
  }
}

extension String {
  /// Whether a host's name is this machine's own.
  var isLoopbackHost: Bool {
    let name = lowercased()
    return name == "localhost" || name.hasSuffix(".localhost") || name == "::1" || name == "[::1]"
      || name.hasPrefix("127.")
  }
}
