import ArgumentParser
import Embed
import EmbedServer
import Foundation
import Logging
import ServiceLifecycle
import UnixSignals

/// `embed serve`: a server for the clients of OpenAI, Ollama, text-embeddings-inference and llama.cpp.
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Serve embeddings over HTTP, to clients of OpenAI, Ollama, TEI and llama.cpp.",
    discussion: """
      The server answers on this machine's own address until it is told otherwise, and then asks \
      for a key. Models are loaded when they are first asked for. Every option can also be given \
      in the environment, --max-inputs as EMBED_SERVE_MAX_INPUTS, and in a file of YAML or JSON, \
      as max-inputs. A page to try it is at the address itself. A re-ranker among the models \
      answers /rerank and /v1/rerank.

      EXAMPLES:
        embed serve
        embed serve -m all-MiniLM-L6-v2 --alias text-embedding-3-small=all-MiniLM-L6-v2 --warm
        EMBED_SERVE_API_KEY=secret embed serve --host 0.0.0.0 --port 8080
        embed serve --config serve.yaml
        curl -s localhost:11445/v1/embeddings -d '{"model":"all-MiniLM-L6-v2","input":"a cat"}'
        embed serve -m all-MiniLM-L6-v2 -m ms-marco-MiniLM-L6-v2
        curl -s localhost:11445/v1/rerank -d '{"model":"ms-marco-MiniLM-L6-v2","query":"pets","documents":["a cat"]}'
      """)

  @OptionGroup(title: "Address") var address: AddressOptions
  @OptionGroup(title: "Models") var models: ServedModelOptions
  @OptionGroup(title: "Access") var access: AccessOptions
  @OptionGroup(title: "Limits") var limits: LimitOptions
  @OptionGroup(title: "Runtime") var runtime: RuntimeOptions

  @Option(
    name: .customLong("log-level"),
    help: ArgumentHelp(
      "trace, debug, info, notice, warning, error or critical. (default: info)",
      valueName: "level"))
  var logLevel: String?
  @Flag(help: "Write the texts of requests to the log, at the level debug.")
  var logTexts = false
  @Option(
    help: ArgumentHelp("A file of options, in YAML or JSON.", valueName: "file"),
    completion: .file())
  var config: String?

  func run() async throws {
    let file = config ?? ProcessInfo.processInfo.environment["EMBED_SERVE_CONFIG"]
    let settings = try await ServeSettings(file: file)
    var configuration = ServerConfiguration()
    configuration.version = ThisProcess.version
    configuration.logsTexts = try settings.flag(logTexts, "log-texts")
    try address.apply(to: &configuration, settings)
    try access.apply(to: &configuration, settings)
    try limits.apply(to: &configuration, settings)
    let served = try models.apply(to: &configuration, settings, runtime, limits)
    let level = try settings.choice(nil as Logger.Level?, "log-level", of: Logger.Level.allCases)
    try settings.requireKnownNames()
    let logger = try Self.logger(
      logLevel.map { name throws(EmbedError) in try Self.level(name) } ?? level ?? .info)
    let server = try EmbedServer(configuration, models: served, logger: logger) { url in
      try? Descriptor.standardError.write("Listening on \(url)\n")
    }
    // From here on, these mean to answer what has arrived, and then to end.
    Interruption.handOver([SIGINT, SIGTERM])
    var group = ServiceGroupConfiguration(
      services: [.init(service: server)], gracefulShutdownSignals: [.sigint, .sigterm],
      logger: logger)
    group.maximumGracefulShutdownDuration = configuration.limits.draining
    try await ServiceGroup(configuration: group).run()
  }

  private static func level(_ name: String) throws(EmbedError) -> Logger.Level {
    guard let level = Logger.Level(rawValue: name) else {
      throw EmbedError(
        .invalidOption, "invalid value of --log-level",
        expected: Logger.Level.allCases.map(\.rawValue).joined(separator: ", "), got: "'\(name)'")
    }
    return level
  }

  private static func logger(_ level: Logger.Level) -> Logger {
    LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
    var logger = Logger(label: "embed")
    logger.logLevel = level
    return logger
  }
}

/// Where the server listens.
struct AddressOptions: ParsableArguments {
  @Option(help: "The address to listen on. (default: 127.0.0.1)")
  var host: String?
  @Option(help: "The port to listen on; 0 for a free one. (default: 11445)")
  var port: Int?
  @Option(
    help: ArgumentHelp("A certificate in PEM, and those that signed it.", valueName: "file"),
    completion: .file())
  var tlsCertificate: String?
  @Option(
    help: ArgumentHelp("The certificate's private key in PEM.", valueName: "file"),
    completion: .file())
  var tlsKey: String?

  fileprivate func apply(
    to configuration: inout ServerConfiguration, _ settings: ServeSettings
  ) throws(EmbedError) {
    configuration.host = settings.text(host, "host") ?? configuration.host
    configuration.port =
      try settings.integer(port, "port", in: 0...65535) ?? configuration.port
    let certificate = settings.text(tlsCertificate, "tls-certificate")
    let key = settings.text(tlsKey, "tls-key")
    guard (certificate == nil) == (key == nil) else {
      throw EmbedError(
        .invalidOption, "half of what TLS needs", expected: "tls-certificate and tls-key",
        got: certificate == nil ? "the key alone" : "the certificate alone")
    }
    if let certificate, let key {
      configuration.tls = ServerConfiguration.TLS(certificateFile: certificate, keyFile: key)
    }
  }
}

/// What the server serves.
struct ServedModelOptions: ParsableArguments {
  @Option(
    name: .shortAndLong, parsing: .singleValue,
    help: ArgumentHelp(
      "A model that may be used: its name, folder or address; may be repeated. "
        + "(default: $EMBED_MODEL, else all-MiniLM-L6-v2)"))
  var model: [String] = []
  @Option(
    help: ArgumentHelp(
      "A file of models that may be used, one a line; lines that begin with # are comments.",
      valueName: "file"), completion: .file())
  var modelsFile: String?
  @Option(
    parsing: .singleValue,
    help: ArgumentHelp("Another name of a model; may be repeated.", valueName: "name=model"))
  var alias: [String] = []
  @Option(
    help: ArgumentHelp(
      "The memory that loaded models may take together; beyond it, those not used the longest are "
        + "let go. (default: no limit)", valueName: "mebibytes"))
  var modelMemory: Int?
  @Flag(help: "Load and run all models before the port opens.")
  var warm = false
  @Option(help: "What becomes of texts that are too long when a request does not say.")
  var onLong: EmbedOptions.Truncation?

  fileprivate func apply(
    to configuration: inout ServerConfiguration, _ settings: ServeSettings,
    _ runtime: RuntimeOptions, _ limits: LimitOptions
  ) throws -> [ServedModel] {
    configuration.warmsUp = try settings.flag(warm, "warm")
    configuration.truncation =
      try settings.choice(onLong, "on-long", of: EmbedOptions.Truncation.allCases) ?? .truncate
    configuration.modelMemory =
      try settings.integer(modelMemory, "model-memory", in: 1...1 << 30).map { $0 << 20 }
    for alias in settings.list(alias, "alias") {
      let parts = alias.split(separator: "=", maxSplits: 1)
      guard parts.count == 2 else {
        throw EmbedError(
          .invalidOption, "invalid alias", expected: "NAME=MODEL", got: "'\(alias)'")
      }
      configuration.aliases[String(parts[0])] = String(parts[1])
    }
    let waiting = try settings.integer(limits.queueLimit, "queue-limit", in: 1...1 << 30) ?? 8192
    return try addresses(settings, runtime).map {
      try ServedModel(address: $0, waitingInputs: waiting)
    }
  }

  private func addresses(
    _ settings: ServeSettings, _ runtime: RuntimeOptions
  ) throws -> [EmbedderURI] {
    var names = settings.list(model, "model")
    if let file = settings.text(modelsFile, "models-file") {
      names += try ServeSettings.lines(of: file, "list of models").filter { !$0.hasPrefix("#") }
    }
    var addresses = try names.map { try EmbedderURI($0) }
    if addresses.isEmpty { addresses = [try ModelOptions.address(of: nil)] }
    var runtime = runtime
    runtime.precision = try settings.choice(
      runtime.precision, "precision", of: LocalEmbedder.Precision.allCases)
    runtime.engine = try settings.choice(
      runtime.engine, "engine", of: LocalEmbedder.Engine.allCases)
    runtime.threads = try settings.integer(runtime.threads, "threads", in: 1...1 << 20)
    // How the local runtime computes matters to local models alone.
    return try addresses.map { $0.scheme == "local" ? try runtime.applied(to: $0) : $0 }
  }
}

/// Whom the server answers.
struct AccessOptions: ParsableArguments {
  @Option(help: "The key that clients must send. Others on this machine can see it: prefer a file.")
  var apiKey: String?
  @Option(
    help: ArgumentHelp(
      "A file of keys, one a line, of which clients must send one.", valueName: "file"),
    completion: .file())
  var apiKeyFile: String?
  @Flag(help: "Answer everyone without a key, from other machines too.")
  var noAuth = false
  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "An origin whose pages may use the server, * for all; may be repeated.", valueName: "origin"))
  var corsOrigin: [String] = []

  fileprivate func apply(
    to configuration: inout ServerConfiguration, _ settings: ServeSettings
  ) throws {
    configuration.answersEveryone = try settings.flag(noAuth, "no-auth")
    configuration.allowedOrigins = settings.list(corsOrigin, "cors-origin")
    configuration.apiKeys = [settings.text(apiKey, "api-key")].compactMap { $0 }
    if let file = settings.text(apiKeyFile, "api-key-file") {
      let keys = try ServeSettings.lines(of: file, "list of API keys")
      guard !keys.isEmpty else {
        throw EmbedError(
          .invalidOption, "no API key", expected: "at least one line", got: "none", at: file)
      }
      configuration.apiKeys += keys
    }
  }
}

/// How much the server takes.
struct LimitOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The inputs of a request. (default: 2048)", valueName: "count"))
  var maxInputs: Int?
  @Option(help: ArgumentHelp("The tokens of a request. (default: 300000)", valueName: "count"))
  var maxTokens: Int?
  @Option(
    help: ArgumentHelp("The bytes of a request's body. (default: 8388608)", valueName: "bytes"))
  var maxBodyBytes: Int?
  @Option(
    help: ArgumentHelp(
      "The connections that are open at a time. (default: 1024)", valueName: "count"))
  var maxConnections: Int?
  @Option(
    help: ArgumentHelp(
      "The inputs that may wait for a model; requests beyond them are told to come again. "
        + "(default: 8192)", valueName: "count"))
  var queueLimit: Int?
  @Option(
    help: ArgumentHelp(
      "How long a client may take to send a request. (default: 30)", valueName: "seconds"))
  var receiveTimeout: Int?
  @Option(
    help: ArgumentHelp("How long a connection may be idle. (default: 75)", valueName: "seconds"))
  var idleTimeout: Int?
  @Option(
    help: ArgumentHelp(
      "How long requests may take that are in work when the server is told to end. (default: 30)",
      valueName: "seconds"))
  var drainTimeout: Int?

  fileprivate func apply(
    to configuration: inout ServerConfiguration, _ settings: ServeSettings
  ) throws(EmbedError) {
    let most = 1 << 40
    var limits = ServerConfiguration.Limits()
    limits.inputs = try settings.integer(maxInputs, "max-inputs", in: 1...most) ?? limits.inputs
    limits.tokens = try settings.integer(maxTokens, "max-tokens", in: 1...most) ?? limits.tokens
    limits.bodyBytes =
      try settings.integer(maxBodyBytes, "max-body-bytes", in: 1...most) ?? limits.bodyBytes
    limits.connections =
      try settings.integer(maxConnections, "max-connections", in: 1...most) ?? limits.connections
    func seconds(
      _ given: Int?, _ name: String, _ preset: Duration
    ) throws(EmbedError) -> Duration {
      try settings.integer(given, name, in: 1...1_000_000).map { .seconds($0) } ?? preset
    }
    limits.receiving = try seconds(receiveTimeout, "receive-timeout", limits.receiving)
    limits.idle = try seconds(idleTimeout, "idle-timeout", limits.idle)
    limits.draining = try seconds(drainTimeout, "drain-timeout", limits.draining)
    configuration.limits = limits
  }
}
