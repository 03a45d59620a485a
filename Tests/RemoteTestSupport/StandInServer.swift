import Dispatch
package import JSON
import NIOCore
package import NIOHTTP1
import NIOPosix
package import NIOSSL
import Synchronization

/// A request that a stand-in got.
package struct StandInRequest: Sendable {
  package let method: String
  /// The path with its query.
  package let uri: String
  package let headers: HTTPHeaders
  package let body: [UInt8]

  /// The path without its query.
  package var path: String { String(uri.prefix { $0 != "?" }) }
  /// The body as JSON; nil when it is none.
  package var json: JSONValue? { try? JSONParser.parse(body) }
}

/// What a stand-in answers, well or badly.
package struct StandInResponse: Sendable {
  package var status: Int
  package var headers: HTTPHeaders
  package var body: [UInt8]
  /// How long the answer takes.
  package var delay: Duration = .zero
  /// How much of the body is sent before the connection ends, whatever the header promises; nil for all of it.
  package var cutAfter: Int?

  package init(_ status: Int = 200, headers: HTTPHeaders = [:], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// A reply of JSON.
  package init(_ status: Int = 200, json: JSONValue) {
    var writer = JSONWriter()
    writer.write(json)
    self.init(status, headers: ["content-type": "application/json"], body: writer.bytes)
  }
}

/// A server of HTTP/1.1 on this machine that answers as a test says.
package final class StandInServer: Sendable {
  package typealias Handler = @Sendable (StandInRequest) async -> StandInResponse

  private let channel: any Channel
  private let recorder: Recorder
  /// The port it listens on.
  package let port: Int

  /// Starts a server.
  ///
  /// - Parameters:
  ///   - port: the port to listen on; 0 for any that is free.
  ///   - tls: the certificate and key to use; nil for a plain connection.
  package init(
    port: Int = 0, tls: TLSConfiguration? = nil, handler: @escaping Handler
  ) async throws {
    let record = Recorder()
    let context = try tls.map { try NIOSSLContext(configuration: $0) }
    channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if let context {
            try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
          }
          try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
          try channel.pipeline.syncOperations.addHandler(
            StandInHandler { request in
              record.add(request)
              return await handler(request)
            })
        }
      }
      .bind(host: "127.0.0.1", port: port).get()
    self.port = channel.localAddress?.port ?? 0
    recorder = record
  }

  /// The requests so far, in the order of their coming.
  package var requests: [StandInRequest] { recorder.requests }

  /// Stops listening.
  package func stop() async throws { try await channel.close() }

  deinit { channel.close(promise: nil) }

  /// Runs a body with a server that stops behind it.
  package static func run<Value>(
    _ handler: @escaping Handler, body: (StandInServer) async throws -> Value
  ) async throws -> Value {
    let server = try await StandInServer(handler: handler)
    let result: Result<Value, any Error>
    do { result = .success(try await body(server)) } catch { result = .failure(error) }
    try? await server.stop()
    return try result.get()
  }
}

/// What came, from whichever connection.
private final class Recorder: Sendable {
  private let value = Mutex<[StandInRequest]>([])

  var requests: [StandInRequest] { value.withLock { $0 } }

  func add(_ request: StandInRequest) { value.withLock { $0.append(request) } }
}

/// Collects a request and sends what the handler answers.
private final class StandInHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart

  private let respond: @Sendable (StandInRequest) async -> StandInResponse
  private var head: HTTPRequestHead?
  private var body: [UInt8] = []

  init(_ respond: @escaping @Sendable (StandInRequest) async -> StandInResponse) {
    self.respond = respond
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      self.head = head
      body = []
    case .body(let buffer): body += buffer.readableBytesView
    case .end:
      guard let head else { return }
      let request = StandInRequest(
        method: head.method.rawValue, uri: head.uri, headers: head.headers, body: body)
      answer(request, on: context.channel, respond)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }
}

/// Runs handlers on a thread of its own: those of Swift's pool may all wait for a program that waits for an answer.
private final class StandInExecutor: TaskExecutor {
  static let shared = StandInExecutor()

  private let queue = DispatchQueue(label: "stand-in")

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}

/// Sends what the handler answers.
private func answer(
  _ request: StandInRequest, on channel: any Channel,
  _ respond: @escaping @Sendable (StandInRequest) async -> StandInResponse
) {
  Task(executorPreference: StandInExecutor.shared) {
    let response = await respond(request)
    try? await Task.sleep(for: response.delay)
    response.send(to: channel, isHead: request.method == "HEAD")
  }
}

extension StandInResponse {
  fileprivate func send(to channel: any Channel, isHead: Bool) {
    var headers = headers
    if !headers.contains(name: "content-length") {
      headers.add(name: "content-length", value: "\(body.count)")
    }
    channel.write(
      HTTPServerResponsePart.head(
        HTTPResponseHead(
          version: .http1_1, status: .init(statusCode: status), headers: headers)),
      promise: nil)
    let body = isHead ? [] : self.body.prefix(cutAfter ?? .max)
    if !body.isEmpty {
      channel.write(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(bytes: body))), promise: nil)
    }
    if cutAfter != nil {
      // Behind all that was written: closing drops what the socket has not taken yet.
      channel.writeAndFlush(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer())))
        .whenComplete { _ in channel.close(promise: nil) }
    } else {
      channel.writeAndFlush(HTTPServerResponsePart.end(nil), promise: nil)
    }
  }
}
