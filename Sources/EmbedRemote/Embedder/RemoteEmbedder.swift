public import EmbedCore
public import Foundation
import Synchronization

/// An embedding service, behind the same protocol as the models on this machine.
///
/// ```swift
/// let embedder = try RemoteEmbedder(EmbedderURI("ollama://localhost?model=nomic-embed-text"))
/// let vector = try await embedder.embed("A cat sat on the mat.")
/// ```
///
/// Inputs are sent in batches of what the service takes, a few at a time. A request that may succeed later is sent again,
/// as the service asks or after growing delays, until `deadline`. A batch that is refused is halved until the input to
/// blame is found. Vectors are checked before they are believed.
///
/// Parameters of the URI, for every service:
///
/// | parameter | meaning |
/// |---|---|
/// | `model` | the model's name; without a host, the path is the model too: `openai:text-embedding-3-small` |
/// | `url` | the base address, instead of the URI's host and path |
/// | `tls`, `https` | whether to use TLS; without a word, for all but this machine and services that have none |
/// | `ca` | a file of certificates in PEM to trust beside the system's |
/// | `proxy` | `http://HOST:PORT`, `socks5://HOST:PORT` or `none`, instead of the environment's |
/// | `key-env` | the environment variable that holds the key |
/// | `timeout`, `deadline` | seconds for one attempt (60), and for a request with all attempts (300) |
/// | `retries` | how often a request is sent again at most (5) |
/// | `batch`, `concurrency` | inputs a request at most; requests at the same time (4) |
/// | `normalized` | whether the service's vectors have unit length: `yes`, `no`, `auto` to measure each (the default) |
/// | `query-prompt`, `document-prompt` | text in front of queries and documents, instead of that of a known model |
public struct RemoteEmbedder: Embedder {
  /// What the URI tells of the service and its model; its dimensions are known with the first vector.
  public let info: EmbedderInfo
  let service: ServiceDescription
  let client: ServiceClient
  /// What speaks with the service; an older server gets another one.
  let dialect: ServiceHolder
  let settings: Settings

  /// What the URI says of batches and vectors.
  struct Settings: Sendable {
    var maximumInputs: Int
    var concurrency: Int
    var normalized: Normalized
    var prompts: [EmbedOptions.Role: String]
  }

  enum Normalized: String, CaseIterable {
    case yes, no, auto
  }

  /// Makes an embedder of a service; no request is sent.
  ///
  /// - Parameters:
  ///   - uri: the service's scheme, where it is, which model.
  ///   - environment: the variables that hold keys, addresses and proxies.
  /// - Throws: `EmbedError` with codes `invalidURI`, `invalidOption`, `unauthorized` when a key is missing,
  ///   `fileInaccessible` when certificates cannot be read.
  public init(
    _ uri: EmbedderURI, environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(EmbedError) {
    guard let description = ServiceDescription.all.first(where: { $0.scheme == uri.scheme }) else {
      throw EmbedError(
        .invalidURI, "unknown scheme of a service",
        expected: ServiceDescription.all.map(\.scheme).joined(separator: ", "),
        got: "'\(uri.scheme)'")
    }
    let parameters = RemoteService.commonParameters.map(\.name) + description.parameters.map(\.name)
    try uri.requireParameters(in: Set(parameters + ["https"]))
    let address = try ServiceAddress(description, uri: uri, environment: environment)
    let model = try Self.model(description, uri)
    var prompts = description.prompts(model)
    for (role, name) in [(EmbedOptions.Role.query, "query-prompt"), (.document, "document-prompt")]
    {
      if let prompt = uri.parameter(name) { prompts[role] = prompt }
    }
    let service = try description.make(ServiceSettings(uri: uri, model: model))
    let maximumInputs = service.maximumInputs ?? description.maximumInputs
    let batch = try uri.integerParameter("batch", minimum: 1) ?? maximumInputs
    settings = Settings(
      maximumInputs: min(batch, maximumInputs),
      concurrency: min(try uri.integerParameter("concurrency", minimum: 1) ?? 4, 64),
      normalized: try uri.choiceParameter("normalized") ?? .auto, prompts: prompts)
    self.service = description
    dialect = ServiceHolder(service)
    client = try Self.client(description, address, uri, environment)
    info = EmbedderInfo(
      modelID: model.isEmpty ? description.scheme : model, dimensions: nil, maximumTokens: nil,
      preferredBatchSize: settings.maximumInputs * settings.concurrency,
      supportsImages: description.takesImages, roles: description.roles.union(prompts.keys))
  }

  private static func model(
    _ description: ServiceDescription, _ uri: EmbedderURI
  ) throws(EmbedError) -> String {
    // Behind a host, the path is the server's.
    let path = uri.host == nil ? uri.path : ""
    let model = uri.parameter("model") ?? (path.isEmpty ? description.model ?? "" : path)
    guard !model.isEmpty || !description.namesModel else {
      throw EmbedError(
        .invalidURI, "\(description.scheme) has no model",
        expected: "\(description.scheme):MODEL or model=MODEL", got: "none")
    }
    return model
  }

  private static func client(
    _ description: ServiceDescription, _ address: ServiceAddress, _ uri: EmbedderURI,
    _ environment: [String: String]
  ) throws(EmbedError) -> ServiceClient {
    let proxy = try HTTPClientProxy.proxy(
      for: address.base, named: uri.parameter("proxy"), environment: environment)
    let timeout = Duration.seconds(try uri.integerParameter("timeout", minimum: 1) ?? 60)
    let transport = try HTTPTransport(
      .init(certificateAuthority: uri.parameter("ca"), proxy: proxy, silence: timeout))
    var configuration = ServiceClient.Configuration(name: description.scheme, base: address.base)
    configuration.timeout = timeout
    configuration.deadline = .seconds(try uri.integerParameter("deadline", minimum: 1) ?? 300)
    configuration.retries.maximumRetries = try uri.integerParameter("retries", minimum: 0) ?? 5
    if let key = address.key {
      configuration.secret = key
      switch description.keyField {
      case .bearer: configuration.headers = [("authorization", "Bearer \(key)")]
      case .field(let name): configuration.headers = [(name, key)]
      }
    }
    return ServiceClient(configuration, transport: transport)
  }
}

/// The service in use, which may be replaced by a successor.
final class ServiceHolder: Sendable {
  private let value: Mutex<any EmbeddingService>

  init(_ service: any EmbeddingService) { value = Mutex(service) }

  var current: any EmbeddingService { value.withLock { $0 } }

  func replace(by service: any EmbeddingService) { value.withLock { $0 = service } }
}

extension RemoteEmbedder: CustomStringConvertible, CustomReflectable {
  /// The service and the model, without keys.
  public var description: String { "\(service.scheme):\(info.modelID)" }

  /// The same for `dump` and debuggers.
  public var customMirror: Mirror { Mirror(self, children: ["info": info]) }
}
