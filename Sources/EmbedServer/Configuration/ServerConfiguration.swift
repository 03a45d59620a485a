public import EmbedCore

/// How a server listens, whom it answers, and how much it takes.
public struct ServerConfiguration: Sendable {
  /// Certificates and a key, both in PEM files.
  public struct TLS: Sendable, Hashable {
    /// The file of the certificate, followed by those that it was signed with.
    public var certificateFile: String
    /// The file of the private key.
    public var keyFile: String

    /// Makes a pair of files.
    public init(certificateFile: String, keyFile: String) {
      self.certificateFile = certificateFile
      self.keyFile = keyFile
    }
  }

  /// What a request, and all of them together, may take.
  public struct Limits: Sendable, Hashable {
    /// The bytes of a request's body.
    public var bodyBytes = 8 << 20
    /// The bytes of a request's header fields.
    public var headerBytes = 32 << 10
    /// The inputs of a request.
    public var inputs = 2048
    /// The tokens of a request, each input cut to what the model sees.
    public var tokens = 300_000
    /// The connections that are open at a time.
    public var connections = 1024
    /// How long a client may take to send a request.
    public var receiving: Duration = .seconds(30)
    /// How long a connection may be idle.
    public var idle: Duration = .seconds(75)
    /// How long requests may take that are in work when the server is told to end.
    public var draining: Duration = .seconds(30)

    /// Makes the default limits.
    public init() {}
  }

  /// The address to listen on.
  public var host = "127.0.0.1"
  /// The port to listen on; 0 for a free one.
  public var port = 11445
  /// The keys, of which clients send one; none for a server that answers everyone.
  public var apiKeys: [String] = []
  /// Whether everyone is answered without a key, from other machines too.
  public var answersEveryone = false
  /// How the connection is encrypted; nil for plain HTTP.
  public var tls: TLS?
  /// The origins whose pages may use the server from a browser, beside its own page; `*` for all.
  public var allowedOrigins: [String] = []
  /// What a request, and all of them together, may take.
  public var limits = Limits()
  /// What becomes of texts that are too long for the model when a request does not say.
  public var truncation: EmbedOptions.Truncation = .truncate
  /// Other names of models: a name, and the model's own.
  public var aliases: [String: String] = [:]
  /// The bytes of memory that all loaded models together may take; nil for any number.
  public var modelMemory: Int?
  /// Whether all models are loaded and run before the port opens.
  public var warmsUp = false
  /// Whether the texts of requests are written to the log, at the level `debug`.
  public var logsTexts = false
  /// What the server calls its version.
  public var version = "0"

  /// Makes the default configuration: on this machine's own address, for everyone on it.
  public init() {}

  /// Whether only programs on this machine can connect.
  var isLoopback: Bool { host == "localhost" || Self.isLoopback(host) }

  /// Whether an address is this machine's own, for itself alone.
  static func isLoopback(_ host: String) -> Bool {
    host == "::1"
      || (host.hasPrefix("127.")
        && host.allSatisfy {
          $0.isASCII && ($0.isNumber || $0 == ".")
        })
  }
}
