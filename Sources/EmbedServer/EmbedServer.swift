import CoreMetrics
public import EmbedCore
import HTTPTypes
package import Hummingbird
import HummingbirdCore
import HummingbirdTLS
public import Logging
import Metrics
import NIOCore
import NIOSSL
public import ServiceLifecycle
import Tracing

/// A server of embeddings over HTTP, for the clients of OpenAI, Ollama, text-embeddings-inference and llama.cpp.
///
/// ```swift
/// let model = ServedModel("all-MiniLM-L6-v2") {
///   LoadedModel(try await LocalEmbedder.load("all-MiniLM-L6-v2"))
/// }
/// let server = try EmbedServer(ServerConfiguration(), models: [model], logger: Logger(label: "server"))
/// try await server.run()
/// ```
///
/// Any embedder can be behind a model, one of a service elsewhere too. Requests that come while others are computed are
/// batched. Metrics go to swift-metrics and, beside, to the route `/metrics`; spans to swift-distributed-tracing. Inside a
/// `ServiceGroup`, graceful shutdown answers all requests that have arrived.
public struct EmbedServer: Service {
  private let configuration: ServerConfiguration
  private let service: EmbeddingService
  private let metrics = PrometheusMetrics()
  private let allMetrics: any MetricsFactory
  private let logger: Logger
  private let onListening: @Sendable (String) async -> Void

  /// Makes a server that does not listen yet.
  ///
  /// - Parameters:
  ///   - configuration: How it listens, whom it answers, and how much it takes.
  ///   - models: What it may load; the first one is used by requests that name none.
  ///   - logger: Where requests, models and faults are logged.
  ///   - onListening: Gets the server's address once it takes connections, such as `http://127.0.0.1:11445`.
  /// - Throws: `EmbedError` with code `invalidOption` when models or aliases do not fit together, or when other machines
  ///   could connect without a key.
  public init(
    _ configuration: ServerConfiguration, models: [ServedModel], logger: Logger,
    onListening: @escaping @Sendable (String) async -> Void = { _ in }
  ) throws(EmbedError) {
    guard
      configuration.isLoopback || configuration.answersEveryone || !configuration.apiKeys.isEmpty
    else {
      throw EmbedError(
        .invalidOption, "server open to other machines",
        expected: "an API key, or the word that none is wanted", got: "neither",
        at: "host \(configuration.host.quotedForMessage)")
    }
    self.configuration = configuration
    self.logger = logger
    self.onListening = onListening
    allMetrics = MultiplexMetricsHandler(factories: [metrics, MetricsSystem.factory])
    let catalog = try ModelCatalog(
      models, aliases: configuration.aliases, memoryLimit: configuration.modelMemory,
      logger: logger, metrics: allMetrics)
    service = EmbeddingService(catalog: catalog, configuration: configuration)
  }

  /// Listens until the task is cancelled or told to shut down gracefully.
  ///
  /// - Throws: `EmbedError` when a certificate cannot be read, a model that is to be warmed up cannot be loaded, or the
  ///   address cannot be listened on.
  public func run() async throws {
    if configuration.warmsUp { try await warmUp() }
    do {
      try await application().run()
    } catch let error as IOError {
      throw EmbedError(
        .resourceExhausted, "cannot listen", expected: "a free address and port", got: "\(error)",
        at: "\(configuration.host):\(configuration.port)")
    }
  }

  /// The routes behind the transport.
  package func application() throws -> some ApplicationProtocol {
    let address = BindAddress.hostname(configuration.host, port: configuration.port)
    return Application(
      router: router(), server: try transport(),
      configuration: ApplicationConfiguration(
        address: address, serverName: "swift-embed",
        availableConnectionsDelegate: MaximumAvailableConnections(configuration.limits.connections)
      ),
      onServerRunning: { channel in await onListening(url(of: channel)) }, logger: logger)
  }

  private func warmUp() async throws {
    for id in service.catalog.ids {
      let model = try await service.catalog.model(id)
      if model.isReranker {
        _ = try await model.reranker.rank(query: "warm", documents: ["warm"])
      } else {
        _ = try await model.embedder.embed("warm")
      }
    }
  }

  private func url(of channel: any Channel) -> String {
    let scheme = configuration.tls == nil ? "http" : "https"
    let host = configuration.host.contains(":") ? "[\(configuration.host)]" : configuration.host
    return "\(scheme)://\(host):\(channel.localAddress?.port ?? configuration.port)"
  }

  private func transport() throws -> HTTPServerBuilder {
    let limits = configuration.limits
    let http = HTTPServerBuilder.http1(
      configuration: HTTP1Channel.Configuration(
        additionalChannelHandlers: [InterimResponder(bodyLimit: limits.bodyBytes)],
        idleTimeout: TimeAmount(limits.idle),
        httpDecoderConfiguration: .init(
          maxHeaderFieldSize: limits.headerBytes, maxHeaderListSize: limits.headerBytes,
          maxHeaderFieldCount: 200)))
    guard let tls = configuration.tls else { return http }
    do {
      let certificates = try NIOSSLCertificate.fromPEMFile(tls.certificateFile)
      let key = try NIOSSLPrivateKey(file: tls.keyFile, format: .pem)
      return try .tls(
        http,
        tlsConfiguration: .makeServerConfiguration(
          certificateChain: certificates.map { .certificate($0) }, privateKey: .privateKey(key)))
    } catch {
      throw EmbedError(
        .fileInaccessible, "certificate or key cannot be used", expected: "PEM files that fit",
        got: "\(error)", at: "\(tls.certificateFile), \(tls.keyFile)")
    }
  }
}

// MARK: - Routes

extension EmbedServer {
  private typealias Handler = @Sendable (Request, ServerContext) async throws -> Response

  /// The paths, their methods and who answers them.
  private var routes: [(path: String, method: HTTPRequest.Method, handler: Handler)] {
    let openAI = OpenAIRoutes(service: service)
    let ollama = OllamaRoutes(service: service)
    let tei = TEIRoutes(service: service)
    let reranking = RerankRoutes(service: service)
    let llamaCpp = LlamaCppRoutes(service: service, openAI: openAI)
    let operation = OperationRoutes(service: service, metrics: metrics)
    return [
      ("/v1/embeddings", .post, openAI.embeddings),
      ("/embeddings", .post, llamaCpp.embeddings),
      ("/v1/models", .get, openAI.models),
      ("/v1/models/**", .get, openAI.model),
      ("/api/embed", .post, ollama.embed),
      ("/api/embeddings", .post, ollama.embeddings),
      ("/api/tags", .get, ollama.tags),
      ("/api/version", .get, ollama.version),
      ("/embed", .post, tei.embed),
      ("/tokenize", .post, tei.tokenize),
      ("/similarity", .post, tei.similarity),
      ("/rerank", .post, reranking.tei),
      ("/v1/rerank", .post, reranking.rerank),
      ("/v2/rerank", .post, reranking.rerank),
      ("/embedding", .post, llamaCpp.embedding),
      ("/info", .get, operation.info),
      ("/health", .get, operation.health),
      ("/metrics", .get, operation.metrics),
      ("/openapi.json", .get, operation.openAPI),
      ("/", .get, Self.page),
      ("/", .post, tei.embed),
    ]
  }

  /// What OpenAI's client sends beside, in a browser too.
  private static let clientFields = [
    "arch", "lang", "os", "package-version", "retry-count", "runtime", "runtime-version", "timeout",
  ].compactMap { HTTPField.Name("x-stainless-\($0)") }

  private func router() -> Router<ServerContext> {
    let router = Router(context: ServerContext.self, options: .autoGenerateHeadEndpoints)
    router.add(middleware: ObservingMiddleware(metrics: allMetrics))
    router.add(middleware: TracingMiddleware())
    router.add(middleware: ErrorMiddleware())
    // With a key, or for everyone, the server may stand behind a name.
    if configuration.isLoopback, configuration.apiKeys.isEmpty, !configuration.answersEveryone {
      router.add(middleware: HostMiddleware())
    }
    let origins = configuration.allowedOrigins
    router.add(middleware: OriginMiddleware(allowed: origins))
    if !origins.isEmpty {
      // Others than the allowed origins do not get here.
      router.add(
        middleware: CORSMiddleware(
          allowOrigin: origins.contains("*") ? .all : .originBased,
          allowHeaders: [.accept, .authorization, .contentType] + Self.clientFields))
      // Pages are to read what went wrong.
      router.add(middleware: ErrorMiddleware())
    }
    if !configuration.apiKeys.isEmpty {
      router.add(middleware: AuthenticationMiddleware(keys: configuration.apiKeys))
    }
    var methods: [String: [HTTPRequest.Method]] = [:]
    for route in routes { methods[route.path, default: []].append(route.method) }
    router.add(middleware: MethodMiddleware(methods: methods))
    for route in routes {
      router.on(RouterPath(route.path), method: route.method, use: route.handler)
    }
    return router
  }

  /// `GET /`.
  private static let page: Handler = { _, _ in
    Response(
      status: .ok,
      headers: [
        .contentType: "text/html; charset=utf-8", .cacheControl: "no-cache",
        .contentSecurityPolicy: PlaygroundPage.contentSecurityPolicy,
        .xContentTypeOptions: "nosniff",
      ], body: ResponseBody(byteBuffer: ByteBuffer(string: PlaygroundPage.html)))
  }
}
