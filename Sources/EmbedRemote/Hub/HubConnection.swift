import AsyncHTTPClient
import EmbedCore
import Foundation
import NIOHTTP1
import Synchronization

/// Why an attempt to get something failed, and whether another may fare better.
struct HubFailure: Error {
  let error: EmbedError
  var isTemporary = false
  /// What came instead; it may say when to come back.
  var reply: HTTPReply?
  /// Whether there is more than before, so that the attempt was not in vain.
  var hasProgressed = false
}

/// Asks a hub, and whoever it redirects to; the token is for the hub alone.
final class HubConnection: Sendable {
  private let settings: HubSettings
  private let retries: RetryPolicy
  private let pause: @Sendable (Duration) async throws -> Void
  private let transports = Mutex<[String: HTTPTransport]>([:])
  /// Whether anybody has ever answered.
  private let hasAnswered = Atomic(false)

  private static let maximumRedirections = 10
  private static let patience = Duration.seconds(60)

  /// - Parameter pause: how to wait before another attempt.
  init(
    _ settings: HubSettings, retries: RetryPolicy,
    pause: @escaping @Sendable (Duration) async throws -> Void
  ) {
    self.settings = settings
    self.retries = retries
    self.pause = pause
  }

  // MARK: - Addresses

  /// Where the hub lists the files of a model.
  func listing(of model: HubModel) -> String {
    "\(settings.endpoint.absoluteString)/api/models/\(model.id)/revision/\(model.revision.percentEncoded)?blobs=true"
  }

  /// Where the hub has a file of a model.
  func address(of file: String, model: HubModel, commit: String) -> String {
    let path = file.split(separator: "/").map { String($0).percentEncoded }.joined(separator: "/")
    return "\(settings.endpoint.absoluteString)/\(model.id)/resolve/\(commit)/\(path)"
  }

  // MARK: - Attempts

  /// Makes attempts until one succeeds, or none may help any more.
  ///
  /// - Throws: the error of the last `HubFailure`; everything else that an attempt throws.
  func retrying<Value>(_ attempt: () async throws -> Value) async throws -> Value {
    var failures = 0
    while true {
      do {
        return try await attempt()
      } catch let failure as HubFailure {
        failures = failure.hasProgressed ? 1 : failures + 1
        guard failure.isTemporary, failures <= retries.maximumRetries,
          let delay = retries.delay(after: failures, reply: failure.reply)
        else { throw failure.error }
        try await pause(delay)
      }
    }
  }

  /// The whole reply of an address of the hub.
  ///
  /// - Throws: `EmbedError`; `CancellationError`.
  func contents(_ address: String, model: HubModel, limit: Int) async throws -> [UInt8] {
    try await retrying {
      let stream = try await open(address, model: model)
      var bytes: [UInt8] = []
      try await forEachPart(of: stream, from: address) { part in
        bytes += part
        guard bytes.count <= limit else {
          throw EmbedError(
            .invalidReply, "reply too large", expected: "at most \(limit) bytes", got: "more",
            at: address.withoutQuery)
        }
      }
      return bytes
    }
  }

  /// Sends a request and follows redirections to what there is.
  ///
  /// - Parameter offset: the first byte that is wanted; the reply's status tells whether it begins there.
  /// - Returns: a reply with status 200, 206 or 416.
  /// - Throws: `HubFailure`; `CancellationError`.
  func open(_ address: String, model: HubModel, from offset: Int = 0) async throws -> HTTPStream {
    var place = address
    for _ in 0...Self.maximumRedirections {
      let stream = try await request(place, from: offset)
      switch stream.status {
      case 200, 206, 416: return stream
      case 301, 302, 303, 307, 308:
        place = try redirection(of: stream, from: place)
      default: throw failure(stream, at: place, model)
      }
    }
    throw HubFailure(
      error: EmbedError(
        .invalidReply, "redirected too often",
        expected: "at most \(Self.maximumRedirections) times",
        got: "more", at: address.withoutQuery))
  }

  /// Takes the parts of a reply, and tells what ended it before its end.
  ///
  /// - Throws: `HubFailure`; `CancellationError`; what `take` throws.
  func forEachPart(
    of stream: HTTPStream, from address: String, _ take: ([UInt8]) throws -> Void
  ) async throws {
    do {
      try await stream.forEachPart(take)
    } catch let failure as HTTPFailure {
      throw self.failure(failure, at: address)
    }
  }

  private func request(_ address: String, from offset: Int) async throws -> HTTPStream {
    guard let url = URL(string: address) else {
      throw HubFailure(
        error: EmbedError(
          .invalidReply, "invalid address", got: address.withoutQuery.quotedForMessage))
    }
    var request = HTTPClientRequest(url: address)
    request.headers.add(name: "user-agent", value: "swift-embed")
    // Checksums and ranges are those of the file itself.
    request.headers.add(name: "accept-encoding", value: "identity")
    if offset > 0 { request.headers.add(name: "range", value: "bytes=\(offset)-") }
    if let token = settings.token, url.origin == settings.endpoint.origin {
      request.headers.add(name: "authorization", value: "Bearer \(token)")
    }
    do {
      let stream = try await transport(to: url).open(request, deadline: .now + Self.patience)
      hasAnswered.store(true, ordering: .relaxed)
      return stream
    } catch let failure as HTTPFailure {
      throw self.failure(failure, at: address)
    }
  }

  /// The connections to a server: each may have its own proxy or none.
  private func transport(to url: URL) throws(EmbedError) -> HTTPTransport {
    try transports.withLock { transports throws(EmbedError) in
      if let transport = transports[url.origin] { return transport }
      let proxy = try HTTPClient.Configuration.Proxy.proxy(
        for: url, named: nil, environment: settings.environment)
      let transport = try HTTPTransport(.init(proxy: proxy))
      transports[url.origin] = transport
      return transport
    }
  }

  private func redirection(of stream: HTTPStream, from address: String) throws -> String {
    guard let location = stream.headers.first(name: "location"), let base = URL(string: address),
      let url = URL(string: location, relativeTo: base)?.absoluteURL, url.host != nil,
      url.scheme == "https" || url.scheme == "http" && base.scheme == "http"
    else {
      throw HubFailure(
        error: EmbedError(
          .invalidReply, "invalid redirection", expected: "an address with the scheme https",
          got: (stream.headers.first(name: "location") ?? "none").withoutQuery.quotedForMessage,
          at: address.withoutQuery))
    }
    return url.absoluteString
  }
}

// MARK: - Failures

extension HubConnection {
  private func failure(_ failure: HTTPFailure, at address: String) -> HubFailure {
    let (code, isTemporary): (EmbedError.Code, Bool) =
      switch failure.reason {
      // Who has answered before is being restarted; who never has is not there.
      case .refused, .unreachable: (.unreachable, hasAnswered.load(ordering: .relaxed))
      case .interrupted: (.unreachable, true)
      case .timedOut: (.timedOut, true)
      case .tooLong: (.invalidReply, false)
      }
    let isCut = failure.reason == .interrupted
    return HubFailure(
      error: EmbedError(
        code, isCut ? "the connection to the hub was cut" : "cannot reach the hub",
        got: withoutToken(failure.description), at: address.withoutQuery),
      isTemporary: isTemporary)
  }

  /// The error that a status stands for, with what the hub says about it.
  private func failure(_ stream: HTTPStream, at address: String, _ model: HubModel) -> HubFailure {
    let said =
      stream.headers.first(name: "x-error-message").map { ", " + withoutToken($0).printable } ?? ""
    let got = "status \(stream.status)\(said)"
    let error: EmbedError
    switch (stream.headers.first(name: "x-error-code"), stream.status) {
    case ("GatedRepo", _):
      error = EmbedError(
        .unauthorized, "the model's authors choose who may have it",
        expected: "a token in $HF_TOKEN of somebody whom they have let in", got: got,
        at: "\(settings.endpoint.absoluteString)/\(model.id)")
    case ("RevisionNotFound", _):
      error = EmbedError(
        .modelNotFound, "no such revision", expected: "a branch, a tag or a commit of \(model.id)",
        got: "\(model.revision.printable), \(got)", at: address.withoutQuery)
    case ("EntryNotFound", _):
      error = EmbedError(
        .invalidReply, "the hub lists a file that it has not", got: got, at: address.withoutQuery)
    case (let code, 401), (let code, 403):
      let isUnknown = code == "RepoNotFound"
      let other = settings.token == nil ? "a token in $HF_TOKEN" : "another token in $HF_TOKEN"
      error = EmbedError(
        isUnknown ? .modelNotFound : .unauthorized,
        isUnknown
          ? "no such model on the hub, or a private one"
          : "the hub does not let everybody have this",
        expected: isUnknown ? "the name of a public model, or \(other)" : other, got: got,
        at: address.withoutQuery)
    case (_, 404):
      error = EmbedError(
        .modelNotFound, "no such model on the hub", expected: "ORGANIZATION/NAME",
        got: "\(model.id), \(got)", at: address.withoutQuery)
    case (_, 429):
      error = EmbedError(
        .overloaded, "the hub has had too many requests", expected: "another try later", got: got,
        at: address.withoutQuery)
    case (_, 408), (_, 504):
      error = EmbedError(
        .timedOut, "the hub did not answer in time", got: got, at: address.withoutQuery)
    default:
      error = EmbedError(.serviceFailed, "the hub failed", got: got, at: address.withoutQuery)
    }
    let reply = HTTPReply(status: stream.status, headers: stream.headers, body: [])
    return HubFailure(error: error, isTemporary: retries.isTemporary(reply), reply: reply)
  }

  /// Some servers repeat the token that they refuse.
  private func withoutToken(_ text: String) -> String {
    guard let token = settings.token else { return text }
    return text.replacingOccurrences(of: token, with: "…")
  }
}

extension URL {
  /// What two addresses of one server have in common: scheme, host and port.
  fileprivate var origin: String {
    let scheme = (scheme ?? "").lowercased()
    return "\(scheme)://\((host ?? "").lowercased()):\(port ?? (scheme == "https" ? 443 : 80))"
  }
}

extension String {
  /// The text as one component of an address's path.
  fileprivate var percentEncoded: String {
    let plain = CharacterSet(
      charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
    return addingPercentEncoding(withAllowedCharacters: plain) ?? ""
  }

  /// An address that can be shown: what follows the path may be a signature, which is as good as a key.
  var withoutQuery: String { String(prefix { $0 != "?" && $0 != "#" }) }
}
