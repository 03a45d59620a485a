import Foundation

/// The address of an embedder: a scheme, and what that scheme needs to know.
///
/// ```
/// local:all-MiniLM-L6-v2?threads=2      scheme, path, parameters
/// ollama://localhost:11434?model=bge    scheme, host, port, parameters
/// all-MiniLM-L6-v2                      the same as local:all-MiniLM-L6-v2
/// ./my-model                            the same as local:./my-model
/// ```
///
/// A string without a scheme is the name or folder of a local model, taken literally. With a scheme, the path and the
/// parameters are percent-decoded (RFC 3986).
public struct EmbedderURI: Sendable, Hashable {
  /// The scheme in lower case.
  public let scheme: String
  /// The host, without the brackets of an IPv6 address; nil when there is none.
  public let host: String?
  /// The port, 1 to 65535.
  public let port: Int?
  /// What follows the scheme or the host, decoded.
  public let path: String
  /// Names and values after `?`, decoded, in lower-case names and order of appearance; a name without `=` has the
  /// value `""`.
  public let parameters: [Parameter]
  /// Everything after the scheme and its colon, as written.
  public let remainder: String

  /// A name and its value.
  public struct Parameter: Sendable, Hashable {
    /// The name, in lower case.
    public let name: String
    /// The value, `""` when none was written.
    public let value: String

    /// Makes a parameter; the name is turned to lower case.
    public init(_ name: String, _ value: String) {
      self.name = name.lowercased()
      self.value = value
    }
  }

  /// Makes an address of its parts.
  ///
  /// - Precondition: the scheme follows the rules of RFC 3986, the port is from 1 to 65535 and has a host, and behind a
  ///   host the path is empty or begins with a slash.
  /// - Complexity: O(length of the parts).
  public init(
    scheme: String, host: String? = nil, port: Int? = nil, path: String,
    parameters: [Parameter] = []
  ) {
    precondition(Self.isScheme(scheme), "a scheme is a letter, then letters, digits, +, -, .")
    precondition(port.map { host != nil && (1...65535).contains($0) } ?? true, "a host's port")
    precondition(host == nil || path.isEmpty || path.hasPrefix("/"), "a path behind a host")
    self.scheme = scheme.lowercased()
    self.host = host
    self.port = port
    self.path = path
    self.parameters = parameters
    let authority = host.map { host in
      "//" + (host.contains(":") ? "[\(host)]" : host) + (port.map { ":\($0)" } ?? "")
    }
    let query = parameters.map {
      "\(Self.percentEncoded($0.name))=\(Self.percentEncoded($0.value))"
    }
    remainder =
      (authority ?? "") + Self.percentEncoded(path)
      + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
  }

  /// Parses an address.
  ///
  /// - Throws: `EmbedError` with code `invalidURI`.
  /// - Complexity: O(`string.count`).
  public init(_ string: String) throws(EmbedError) {
    guard !string.isEmpty, !string.utf8.contains(0) else {
      throw EmbedError(
        .invalidURI, "invalid address of an embedder", expected: "a model's name or a URI",
        got: string.isEmpty ? "nothing" : "a NUL character")
    }
    guard let colon = string.firstIndex(of: ":"), Self.isScheme(string[..<colon]) else {
      (scheme, host, port, path, parameters) = ("local", nil, nil, string, [])
      remainder = string
      return
    }
    scheme = string[..<colon].lowercased()
    remainder = String(string[string.index(after: colon)...])
    guard let parts = URLComponents(string: string) else {
      throw EmbedError(
        .invalidURI, "invalid address of an embedder", expected: "a URI", got: string)
    }
    guard parts.user == nil, parts.password == nil else {
      // Not echoed: it may be a secret.
      throw EmbedError(
        .invalidURI, "invalid address of an embedder",
        expected: "no user or password before the host")
    }
    if let port = parts.port, !(1...65535).contains(port) {
      throw EmbedError(
        .invalidURI, "invalid port of an embedder", expected: "1 to 65535", got: "\(port)",
        at: string)
    }
    let host = parts.host?.trimmingCharacters(in: ["[", "]"])
    self.host = host?.isEmpty == true ? nil : host
    port = parts.port
    path = parts.path
    parameters = (parts.queryItems ?? []).map {
      Parameter($0.name, $0.value ?? "")
    }
  }

  /// RFC 3986, section 3.1: a letter, then letters, digits, `+`, `-`, `.`.
  static func isScheme(_ text: some StringProtocol) -> Bool {
    guard let first = text.utf8.first, isLetter(first) else { return false }
    return text.utf8.allSatisfy {
      isLetter($0) || (0x30...0x39).contains($0) || $0 == 0x2B || $0 == 0x2D || $0 == 0x2E
    }
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }
}

extension EmbedderURI: CustomStringConvertible {
  /// The address as text, which parses to the same parts.
  ///
  /// - Complexity: O(length of the text).
  public var description: String { "\(scheme):\(appending([]).remainder)" }

  /// The same address with further parameters behind its own, so that they have the last word.
  ///
  /// - Complexity: O(length of the text).
  public func appending(_ parameters: [Parameter]) -> EmbedderURI {
    EmbedderURI(
      scheme: scheme, host: host, port: port, path: path, parameters: self.parameters + parameters)
  }

  /// RFC 3986, section 2.3: everything is encoded but the unreserved characters and the slash.
  fileprivate static func percentEncoded(_ text: String) -> String {
    var result = ""
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "/"):
        result.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        result += "%" + String(byte >> 4, radix: 16) + String(byte & 0xF, radix: 16)
      }
    }
    return result
  }
}

extension EmbedderURI {
  /// The value of the last parameter of that name.
  ///
  /// - Complexity: O(number of parameters).
  public func parameter(_ name: String) -> String? {
    parameters.last { $0.name == name }?.value
  }

  /// The parameter's value as a whole number of at least `minimum`.
  ///
  /// - Throws: `EmbedError` with code `invalidURI` when it is there and something else.
  public func integerParameter(_ name: String, minimum: Int) throws(EmbedError) -> Int? {
    guard let text = parameter(name) else { return nil }
    guard let number = Int(text), number >= minimum else {
      throw EmbedError(
        .invalidURI, "invalid parameter \(name) of \(scheme)",
        expected: "a whole number from \(minimum)",
        got: "'\(text)'")
    }
    return number
  }

  /// The parameter's value as one of an enumeration's names.
  ///
  /// - Throws: `EmbedError` with code `invalidURI` when it is there and something else.
  public func choiceParameter<Choice>(_ name: String) throws(EmbedError) -> Choice?
  where Choice: RawRepresentable & CaseIterable, Choice.RawValue == String {
    guard let text = parameter(name) else { return nil }
    guard let choice = Choice(rawValue: text) else {
      throw EmbedError(
        .invalidURI, "invalid parameter \(name) of \(scheme)",
        expected: Choice.allCases.map(\.rawValue).joined(separator: ", "), got: "'\(text)'")
    }
    return choice
  }

  /// Refuses parameters that the scheme does not know, so that a misspelled one is not passed over.
  ///
  /// - Throws: `EmbedError` with code `invalidURI`.
  public func requireParameters(in known: Set<String>) throws(EmbedError) {
    guard let unknown = parameters.first(where: { !known.contains($0.name) }) else { return }
    throw EmbedError(
      .invalidURI, "unknown parameter of \(scheme)",
      expected: known.isEmpty ? "none" : known.sorted().joined(separator: ", "),
      got: "'\(unknown.name)'")
  }
}
