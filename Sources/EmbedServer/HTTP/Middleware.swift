import Crypto
import EmbedCore
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Metrics

extension HTTPField.Name {
  /// What names a request in the log and in the answer.
  static let requestID: HTTPField.Name = {
    guard let name = HTTPField.Name("x-request-id") else { preconditionFailure("a valid name") }
    return name
  }()
}

/// Gives requests their names, writes them to the log, and counts them.
struct ObservingMiddleware: RouterMiddleware {
  let metrics: any MetricsFactory

  func handle(
    _ request: Request, context: ServerContext,
    next: (Request, ServerContext) async throws -> Response
  ) async throws -> Response {
    let clock = ContinuousClock()
    let start = clock.now
    let id = Self.id(request)
    context.record.update { $0.id = id }
    var response = try await next(request, context)
    response.headers[.requestID] = id
    report(request, response, context, clock.now - start)
    // What a router makes of GET for HEAD has no body; an error has one.
    return request.method == .head ? response.createHeadResponse() : response
  }

  /// The client's own name for the request if it is harmless, else a new one.
  private static func id(_ request: Request) -> String {
    if let id = request.headers[.requestID], (1...128).contains(id.utf8.count),
      id.utf8.allSatisfy({ 0x21...0x7E ~= $0 })
    {
      return id
    }
    return "req_" + UUID().uuidString.lowercased().filter { $0 != "-" }
  }

  private func report(
    _ request: Request, _ response: Response, _ context: ServerContext, _ duration: Duration
  ) {
    // Not the path that was asked for: clients choose it.
    let route = context.endpointPath ?? "none"
    let status = "\(response.status.code)"
    Counter(
      label: "embed_requests_total", dimensions: [("route", route), ("status", status)],
      factory: metrics
    ).increment()
    Metrics.Timer(
      label: "embed_request_duration", dimensions: [("route", route)], factory: metrics
    ).record(duration: duration)
    let record = context.record.current
    var metadata: Logger.Metadata = [
      "request": "\(record.id)",
      "method": "\(request.method)", "path": "\(request.uri.path.quotedForMessage)",
      "status": "\(status)", "duration": "\(duration)",
    ]
    if let model = record.model {
      metadata["model"] = "\(model)"
      metadata["inputs"] = "\(record.inputs)"
      metadata["tokens"] = "\(record.tokens)"
      if record.truncated > 0 { metadata["truncated"] = "\(record.truncated)" }
    }
    if let error = record.error { metadata["error"] = "\(error)" }
    context.logger.log(
      level: response.status.code >= 500 ? .error : .info, "request", metadata: metadata)
  }
}

/// Answers errors in the shape that the clients of each route read.
struct ErrorMiddleware: RouterMiddleware {
  func handle(
    _ request: Request, context: ServerContext,
    next: (Request, ServerContext) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch {
      context.record.update { $0.error = "\(error)" }
      return ErrorStyle(path: request.uri.path).response(APIError(error))
    }
  }
}

/// Refuses pages of other origins, which a browser would let send requests, though not read the answers.
struct OriginMiddleware: RouterMiddleware {
  let allowed: [String]

  func handle(
    _ request: Request, context: ServerContext,
    next: (Request, ServerContext) async throws -> Response
  ) async throws -> Response {
    if let origin = request.headers[.origin], !allowed.contains("*"), !allowed.contains(origin),
      !isOwn(origin, request)
    {
      throw APIError(
        status: .forbidden,
        message: "Pages of the origin \(origin.quotedForMessage) may not use this server.")
    }
    return try await next(request, context)
  }

  /// Whether a page is the server's own.
  private func isOwn(_ origin: String, _ request: Request) -> Bool {
    guard let host = request.head.authority else { return false }
    return origin == "http://\(host)" || origin == "https://\(host)"
  }
}

/// Refuses names that others made to lead to this machine: their pages would be of the server's own origin.
struct HostMiddleware: RouterMiddleware {
  func handle(
    _ request: Request, context: ServerContext,
    next: (Request, ServerContext) async throws -> Response
  ) async throws -> Response {
    if let host = request.head.authority, !Self.isLocal(host) {
      throw APIError(
        status: .misdirectedRequest,
        message:
          "The name \(host.quotedForMessage) is not this server's: expected localhost or its "
          + "address. A server with an API key answers to any name.")
    }
    return try await next(request, context)
  }

  private static func isLocal(_ authority: String) -> Bool {
    if authority.hasPrefix("[") { return authority.hasPrefix("[::1]") }
    let host = authority.split(separator: ":", omittingEmptySubsequences: false)[0].lowercased()
    return host == "localhost" || host.hasSuffix(".localhost")
      || ServerConfiguration.isLoopback(host)
  }
}

/// Asks for a key.
struct AuthenticationMiddleware: RouterMiddleware {
  /// What is open to everyone: the page, which asks for the key itself, and what tells whether the server is well.
  private static let openPaths: Set<String> = ["/", "/health"]
  /// Hashes are as long as each other, and comparing digests takes the same time wherever they differ.
  private let keys: [SHA256.Digest]

  init(keys: [String]) { self.keys = keys.map { SHA256.hash(data: Data($0.utf8)) } }

  func handle(
    _ request: Request, context: ServerContext,
    next: (Request, ServerContext) async throws -> Response
  ) async throws -> Response {
    if !Self.openPaths.contains(request.uri.path), !isAllowed(request) {
      throw APIError(
        status: .unauthorized,
        message: request.headers[.authorization] == nil
          ? "You didn't provide an API key: expected the header 'Authorization: Bearer KEY'."
          : "Incorrect API key provided.",
        code: "invalid_api_key", headers: [.wwwAuthenticate: "Bearer"])
    }
    return try await next(request, context)
  }

  private func isAllowed(_ request: Request) -> Bool {
    guard let field = request.headers[.authorization],
      field.prefix(7).lowercased() == "bearer "
    else { return false }
    let given = SHA256.hash(data: Data(field.dropFirst(7).utf8))
    // All are compared, so that the time does not tell which one it was.
    return keys.reduce(false) { ($1 == given) || $0 }
  }
}

/// Tells a wrong method from a wrong path.
struct MethodMiddleware: RouterMiddleware {
  /// The methods of each path.
  let methods: [String: [HTTPRequest.Method]]

  func handle(
    _ request: Request, context: ServerContext,
    next: (Request, ServerContext) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch let error as HTTPError where error.status == .notFound {
      let (method, path) = (request.method.rawValue, request.uri.path)
      guard let allowed = methods[path] else {
        throw APIError(
          status: .notFound, message: "Unknown request URL: \(method) \(path.quotedForMessage).",
          code: "unknown_url")
      }
      let names = allowed.map(\.rawValue).joined(separator: ", ")
      throw APIError(
        status: .methodNotAllowed,
        message: "The method \(method) is not allowed for \(path): expected \(names).",
        headers: [.allow: names])
    }
  }
}
