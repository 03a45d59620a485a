import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Sends interim answers, `100 Continue`, where a client waits for one or may not be there any more.
///
/// A client that says that it expects one sends its body only then. And a client that has gone and one that has only
/// finished sending look the same until something is sent to them: when an answer takes long, an interim one disturbs
/// none who listens, and a connection of which the other end is gone breaks.
///
/// It also ends the connections of HTTP/1.0, and those on which a body has no end.
///
/// Source: RFC 9110, sections 10.1.1 and 15.2.
final class InterimResponder: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  /// How long an answer may take before it is asked for who wants it.
  private static let patience = TimeAmount.milliseconds(250)

  /// The bytes of a body that is not refused.
  ///
  /// What is longer is read to its end, so that the client reads why, but not for ever.
  private let bodyLimit: Int
  /// The bytes of the body so far.
  private var bodyBytes = 0
  /// The requests that are not answered.
  private var pending = 0
  /// Whether an answer has begun and not ended: nothing may stand between its parts.
  private var isAnswering = false
  private var probe: Scheduled<Void>?
  /// When the last answer is written.
  private var written: EventLoopFuture<Void>?

  init(bodyLimit: Int) { self.bodyLimit = bodyLimit }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      pending += 1
      bodyBytes = 0
      receive(head, context)
    case .body(let part):
      bodyBytes += part.readableBytes
      if bodyBytes > 16 * bodyLimit { return context.close(promise: nil) }
      context.fireChannelRead(data)
    case .end:
      context.fireChannelRead(data)
    }
  }

  private func receive(_ head: HTTPRequest, _ context: ChannelHandlerContext) {
    var head = head
    // The version is not told here; what names no host is HTTP/1.0, whose clients wait for the connection's end.
    if head.authority == nil, head.headerFields[.connection] == nil {
      head.headerFields[.connection] = "close"
    }
    let length = head.headerFields[.contentLength].flatMap { Int($0) } ?? 0
    // Behind another request, its answer comes first.
    if pending == 1, head.headerFields[.expect]?.lowercased() == "100-continue",
      length <= bodyLimit
    {
      send(context)
    }
    context.fireChannelRead(wrapInboundOut(.head(head)))
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch unwrapOutboundIn(data) {
    case .head:
      stop()
      isAnswering = true
    case .body: break
    case .end:
      pending -= 1
      isAnswering = false
    }
    let promise = promise ?? context.eventLoop.makePromise()
    written = promise.futureResult
    context.write(data, promise: promise)
  }

  func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    guard mode == .output, let written else { return context.close(mode: mode, promise: promise) }
    // Where the client has finished sending, this would end the connection, and what is not written yet would be lost.
    let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
    written.whenComplete { _ in bound.value.close(mode: mode, promise: promise) }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case ChannelEvent.inputClosed = event, pending > 0 {
      let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
      probe = context.eventLoop.scheduleTask(in: Self.patience) {
        let (handler, context) = bound.value
        handler.send(context)
      }
    }
    context.fireUserInboundEventTriggered(event)
  }

  func handlerRemoved(context: ChannelHandlerContext) { stop() }

  func channelInactive(context: ChannelHandlerContext) {
    stop()
    context.fireChannelInactive()
  }

  private func send(_ context: ChannelHandlerContext) {
    guard pending > 0, !isAnswering else { return }
    let interim = HTTPResponsePart.head(HTTPResponse(status: .continue))
    context.writeAndFlush(wrapOutboundOut(interim), promise: nil)
  }

  private func stop() {
    probe?.cancel()
    probe = nil
  }
}
