import EmbedCore
import Foundation

/// What the environment says about the hub, in the words of Hugging Face's own libraries.
struct HubSettings: Sendable {
  /// The address of the hub, without a slash at its end.
  var endpoint: URL
  /// What tells the hub who asks, a secret; nil for nobody.
  var token: String?
  /// The absolute path of the cache.
  var cache: String
  /// Whether no request may be sent.
  var isOffline: Bool
  /// Whether snapshots link to the files rather than have copies.
  var linksFiles: Bool
  /// The variables, among them those of proxies.
  var environment: [String: String]

  /// Reads the variables.
  ///
  /// - Throws: `EmbedError` with code `invalidOption` for an endpoint that is no address and a token that cannot be one.
  init(environment: [String: String]) throws(EmbedError) {
    let folders = HuggingFaceFolders(
      environment: environment, home: environment["HOME"] ?? NSHomeDirectory())
    self.environment = environment
    endpoint = try Self.endpoint(environment["HF_ENDPOINT"] ?? "")
    token = try Self.token(environment, file: folders.expandingHome(folders.tokenFile))
    cache = URL(fileURLWithPath: folders.expandingHome(folders.hubCache)).standardizedFileURL.path
    let offline = environment["HF_HUB_OFFLINE"].flatMap { $0.isEmpty ? nil : $0 }
    isOffline = Self.isTrue(offline ?? environment["TRANSFORMERS_OFFLINE"])
    linksFiles = !Self.isTrue(environment["HF_HUB_DISABLE_SYMLINKS"])
  }

  private static func isTrue(_ value: String?) -> Bool {
    ["1", "ON", "YES", "TRUE"].contains(value?.uppercased())
  }

  private static func endpoint(_ value: String) throws(EmbedError) -> URL {
    var text = value.isEmpty ? "https://huggingface.co" : value
    while text.hasSuffix("/") { text.removeLast() }
    guard let url = URL(string: text), ["http", "https"].contains(url.scheme), let host = url.host,
      !host.isEmpty, url.user == nil, url.query == nil, url.fragment == nil
    else {
      throw EmbedError(
        .invalidOption, "invalid address of the hub", expected: "https://HOST",
        got: text.contains("@") ? "one with a name or a password" : text.quotedForMessage,
        at: "$HF_ENDPOINT")
    }
    return url
  }

  /// The token of the environment, else that which a login has left in a file.
  private static func token(
    _ environment: [String: String], file: String
  ) throws(EmbedError) -> String? {
    if isTrue(environment["HF_HUB_DISABLE_IMPLICIT_TOKEN"]) { return nil }
    for name in ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"] {
      if let token = try clean(environment[name] ?? "", from: "$" + name) { return token }
    }
    guard let data = FileManager.default.contents(atPath: file), data.count <= 10_000 else {
      return nil
    }
    return try clean(String(decoding: data, as: UTF8.self), from: file)
  }

  private static func clean(_ text: String, from source: String) throws(EmbedError) -> String? {
    let token = text.trimmingCharacters(in: .whitespacesAndNewlines)
    if token.isEmpty { return nil }
    guard token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      // Not echoed: it is a secret.
      throw EmbedError(
        .invalidOption, "invalid token", expected: "printable ASCII characters without spaces",
        got: "others", at: source)
    }
    return token
  }
}
