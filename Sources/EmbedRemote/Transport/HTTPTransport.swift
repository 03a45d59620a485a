import AsyncHTTPClient
import EmbedCore
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// A reply with its whole body.
struct HTTPReply: Sendable {
  let status: Int
  let headers: HTTPHeaders
  let body: [UInt8]
}

/// A reply whose body is read while it arrives; giving it up unread closes the connection.
struct HTTPStream: Sendable {
  let status: Int
  let headers: HTTPHeaders
  private let body: HTTPClientResponse.Body

  fileprivate init(_ response: HTTPClientResponse) {
    status = Int(response.status.code)
    headers = response.headers
    body = response.body
  }

  /// Takes the parts of the body in order; the connection waits while one is taken.
  ///
  /// - Throws: `HTTPFailure`; `CancellationError`; what `take` throws.
  func forEachPart(_ take: ([UInt8]) throws -> Void) async throws {
    var parts = body.makeAsyncIterator()
    while true {
      let part: ByteBuffer?
      do {
        part = try await parts.next()
      } catch {
        if Task.isCancelled { throw CancellationError() }
        throw HTTPFailure(error, maximumBytes: 0)
      }
      guard let part else { return }
      try take(Array(part.readableBytesView))
    }
  }
}

/// Sends requests over a pool of connections; no request is repeated, no redirection followed.
final class HTTPTransport: Sendable {
  struct Configuration: Sendable {
    /// A file of certificates in PEM that are trusted beside the system's; nil for none.
    var certificateAuthority: String?
    /// The proxy that connections go through; nil for none.
    var proxy: HTTPClientProxy?
    /// How long a connection may be silent.
    var silence: Duration = .seconds(60)
  }

  private let client: HTTPClient

  /// Makes a transport; the first request opens a connection.
  ///
  /// - Throws: `EmbedError` with code `fileInaccessible` when certificates cannot be read.
  init(_ configuration: Configuration) throws(EmbedError) {
    var settings = HTTPClient.Configuration(
      redirectConfiguration: .disallow,
      timeout: .init(connect: .seconds(10), read: TimeAmount(configuration.silence)),
      // Nothing is asked for compressed, so that no reply can grow.
      proxy: configuration.proxy, decompression: .disabled)
    // A dead service is found out at once; whether to try again is not decided here.
    settings.connectionPool.retryConnectionEstablishment = false
    settings.httpVersion = .http1Only
    if let file = configuration.certificateAuthority {
      var tls = TLSConfiguration.makeClientConfiguration()
      do {
        tls.additionalTrustRoots = [.certificates(try NIOSSLCertificate.fromPEMFile(file))]
      } catch {
        throw EmbedError(
          .fileInaccessible, "cannot read certificates", expected: "a file in PEM", at: file,
          underlying: error)
      }
      settings.tlsConfiguration = tls
    }
    client = HTTPClient(configuration: settings)
  }

  deinit { client.shutdown { _ in } }

  /// Sends a request once.
  ///
  /// - Parameters:
  ///   - deadline: when the reply must have come whole.
  ///   - maximumBytes: the most that its body may hold.
  /// - Throws: `HTTPFailure`; `CancellationError`.
  func send(
    _ request: HTTPClientRequest, deadline: ContinuousClock.Instant, maximumBytes: Int
  ) async throws -> HTTPReply {
    let remaining = TimeAmount(max(.zero, ContinuousClock.now.duration(to: deadline)))
    do {
      let response = try await client.execute(request, deadline: .now() + remaining)
      // What follows the head has no deadline of its own in the client.
      let body = try await withDeadline(deadline) {
        try await response.body.collect(upTo: maximumBytes)
      }
      return HTTPReply(
        status: Int(response.status.code), headers: response.headers,
        body: Array(body.readableBytesView))
    } catch {
      if Task.isCancelled { throw CancellationError() }
      throw HTTPFailure(error, maximumBytes: maximumBytes)
    }
  }

  /// Sends a request once and returns its reply when its head has come.
  ///
  /// - Parameter deadline: when the head must have come; the body may take any time, but not be silent for long.
  /// - Throws: `HTTPFailure`; `CancellationError`.
  func open(
    _ request: HTTPClientRequest, deadline: ContinuousClock.Instant
  ) async throws -> HTTPStream {
    let remaining = TimeAmount(max(.zero, ContinuousClock.now.duration(to: deadline)))
    do {
      return HTTPStream(try await client.execute(request, deadline: .now() + remaining))
    } catch {
      if Task.isCancelled { throw CancellationError() }
      throw HTTPFailure(error, maximumBytes: 0)
    }
  }

  /// Runs an operation that is cancelled when a deadline passes.
  private func withDeadline<Value: Sendable>(
    _ deadline: ContinuousClock.Instant, _ operation: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
      group.addTask { try await operation() }
      group.addTask {
        try await Task.sleep(until: deadline)
        return nil
      }
      defer { group.cancelAll() }
      guard let value = try await group.next() ?? nil else {
        throw HTTPClientError.deadlineExceeded
      }
      return value
    }
  }
}

/// Why there is no reply.
struct HTTPFailure: Error {
  enum Reason: Sendable {
    /// Nothing listens there.
    case refused
    /// There is no way to it, or none that is trusted.
    case unreachable
    /// The connection ended before the reply did.
    case interrupted
    case timedOut
    /// The reply is longer than it may be.
    case tooLong
  }

  let reason: Reason
  /// What happened, in words that hold nothing of the request.
  let description: String

  fileprivate init(_ error: any Error, maximumBytes: Int) {
    switch error {
    case let error as NIOConnectionError:
      let failures = error.connectionErrors.compactMap { ($0.error as? IOError)?.errnoCode }
      let isRefused = !failures.isEmpty && failures.allSatisfy { $0 == ECONNREFUSED }
      reason = isRefused ? .refused : .unreachable
      description = isRefused ? "connection refused" : "\(error)"
    case is NIOTooManyBytesError:
      reason = .tooLong
      description = "the reply has more than \(maximumBytes) bytes"
    case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError:
      reason = .unreachable
      description = "TLS: \(error)"
    case let error as HTTPClientError:
      switch error {
      case .deadlineExceeded, .readTimeout, .writeTimeout, .connectTimeout, .tlsHandshakeTimeout,
        .httpProxyHandshakeTimeout, .socksHandshakeTimeout, .getConnectionFromPoolTimeout:
        reason = .timedOut
      case .remoteConnectionClosed, .uncleanShutdown, .requestStreamCancelled: reason = .interrupted
      default: reason = .unreachable
      }
      description = error.shortDescription.lowercased()
    case let error as IOError:
      switch error.errnoCode {
      case ECONNREFUSED: reason = .refused
      case EHOSTUNREACH, ENETUNREACH, EACCES, EPERM: reason = .unreachable
      default: reason = .interrupted
      }
      description = reason == .refused ? "connection refused" : "\(error)"
    default:
      reason = .interrupted
      description = "\(error)"
    }
  }
}

extension TimeAmount {
  /// The same length of time, as NIO counts it.
  fileprivate init(_ duration: Duration) {
    let (seconds, attoseconds) = duration.components
    self = .nanoseconds(seconds.multipliedClamped(1_000_000_000) &+ attoseconds / 1_000_000_000)
  }
}

extension Int64 {
  fileprivate func multipliedClamped(_ factor: Int64) -> Int64 {
    let (product, overflow) = multipliedReportingOverflow(by: factor)
    return overflow ? .max / 4 : Swift.min(product, .max / 4)
  }
}
