import AsyncHTTPClient
import EmbedCore
import Foundation
import JSON
import NIOCore
import NIOHTTP1
import Synchronization

/// A request of an embedding service: where to, and what.
struct ServiceRequest: Sendable {
  /// What follows the base address, such as `/embeddings`.
  var path: String
  var body: JSONValue
}

/// Sends JSON to one service, again where that may help, and turns all that can go wrong into errors.
final class ServiceClient: Sendable {
  struct Configuration: Sendable {
    /// The service's name in messages, such as `openai`.
    var name: String
    /// The address that paths are put behind, without a slash at its end.
    var base: URL
    /// Header fields of every request; their values are secrets.
    var headers: [(name: String, value: String)] = []
    /// What must never be shown.
    var secret: String?
    var retries = RetryPolicy()
    /// How long one attempt may take.
    var timeout: Duration = .seconds(60)
    /// How long a request may take with all its attempts.
    var deadline: Duration = .seconds(300)
  }

  private let configuration: Configuration
  private let transport: HTTPTransport
  /// Whether the service has ever answered.
  private let hasAnswered = Atomic(false)

  init(_ configuration: Configuration, transport: HTTPTransport) {
    self.configuration = configuration
    self.transport = transport
  }

  /// Sends a request until there is an answer.
  ///
  /// - Parameter maximumBytes: the most that the reply may hold.
  /// - Returns: the JSON that came with a status of success.
  /// - Throws: `ServiceFailure`; `CancellationError`.
  func post(_ request: ServiceRequest, maximumBytes: Int) async throws -> JSONValue {
    let url = configuration.base.absoluteString + request.path
    var message = HTTPClientRequest(url: url)
    message.method = .POST
    message.headers.add(name: "content-type", value: "application/json")
    message.headers.add(name: "accept", value: "application/json")
    message.headers.add(name: "user-agent", value: "swift-embed")
    for (name, value) in configuration.headers {
      message.headers.replaceOrAdd(name: name, value: value)
    }
    var writer = JSONWriter()
    writer.write(request.body)
    message.body = .bytes(ByteBuffer(bytes: writer.bytes))
    let reply = try await send(message, maximumBytes: maximumBytes)
    guard (200..<300).contains(reply.status) else { throw failure(reply, at: url) }
    do throws(JSONError) {
      return try JSONParser.parse(reply.body, limits: .init(acceptsNonFinite: true))
    } catch {
      throw ServiceFailure(
        error.embedError(.invalidReply, in: "reply of \(configuration.name) at \(url)"))
    }
  }

  /// Sends a request, again while it may succeed later and time is left.
  private func send(_ message: HTTPClientRequest, maximumBytes: Int) async throws -> HTTPReply {
    let end = ContinuousClock.now + configuration.deadline
    for attempt in 1... {
      let result = try await sendOnce(message, until: end, maximumBytes: maximumBytes)
      if let delay = delay(after: attempt, result), ContinuousClock.now + delay < end {
        try await Task.sleep(for: delay)
        continue
      }
      switch result {
      case .success(let reply): return reply
      case .failure(let failure): throw self.failure(failure, attempts: attempt, at: message.url)
      }
    }
    preconditionFailure("attempts have no end but their own")
  }

  private func sendOnce(
    _ message: HTTPClientRequest, until end: ContinuousClock.Instant, maximumBytes: Int
  ) async throws -> Result<HTTPReply, HTTPFailure> {
    let deadline = min(end, ContinuousClock.now + configuration.timeout)
    do {
      let reply = try await transport.send(message, deadline: deadline, maximumBytes: maximumBytes)
      hasAnswered.store(true, ordering: .relaxed)
      return .success(reply)
    } catch let failure as HTTPFailure {
      return .failure(failure)
    }
  }

  /// How long to wait before a further attempt; nil when there shall be none.
  private func delay(after attempt: Int, _ result: Result<HTTPReply, HTTPFailure>) -> Duration? {
    guard attempt <= configuration.retries.maximumRetries else { return nil }
    switch result {
    case .success(let reply):
      guard configuration.retries.isTemporary(reply), !ServiceMessage(reply).blamesInput else {
        return nil
      }
      return configuration.retries.delay(after: attempt, reply: reply)
    case .failure(let failure):
      switch failure.reason {
      // A service that has answered before is being restarted; one that never has is not there.
      case .refused where !hasAnswered.load(ordering: .relaxed),
        .unreachable where !hasAnswered.load(ordering: .relaxed), .tooLong:
        return nil
      default: return configuration.retries.delay(after: attempt, reply: nil)
      }
    }
  }
}

// MARK: - Failures

/// An error of a service, and whether another request may fare better.
struct ServiceFailure: Error {
  var error: EmbedError
  /// Whether it may be the fault of one of the inputs.
  var mayBeAnInput = false
  /// The status; nil when there was no reply.
  var status: Int?

  init(_ error: EmbedError, mayBeAnInput: Bool = false, status: Int? = nil) {
    self.error = error
    self.mayBeAnInput = mayBeAnInput
    self.status = status
  }
}

extension ServiceClient {
  private func failure(_ failure: HTTPFailure, attempts: Int, at url: String) -> ServiceFailure {
    let code: EmbedError.Code =
      switch failure.reason {
      case .refused, .unreachable, .interrupted: .unreachable
      case .timedOut: .timedOut
      case .tooLong: .invalidReply
      }
    let times = attempts > 1 ? " \(attempts) times" : ""
    return ServiceFailure(
      EmbedError(
        code, "\(configuration.name) gave no answer\(times)",
        got: withoutSecret(failure.description),
        at: url))
  }

  private func failure(_ reply: HTTPReply, at url: String) -> ServiceFailure {
    let said = ServiceMessage(reply)
    let message = withoutSecret(said.text)
    let code: EmbedError.Code =
      switch reply.status {
      case _ where said.blamesInput: .inputTooLong
      case 401, 403: .unauthorized
      case 404: .modelNotFound
      case 400, 413, 422: .invalidInput
      case 429: .overloaded
      case 408, 504: .timedOut
      default: .serviceFailed
      }
    return ServiceFailure(
      EmbedError(
        code, "\(configuration.name) refused the request",
        got: "status \(reply.status)" + (message.isEmpty ? "" : ", \(message)"), at: url),
      mayBeAnInput: [400, 413, 422].contains(reply.status) || said.blamesInput,
      status: reply.status)
  }

  /// Some services repeat the key that they refuse.
  private func withoutSecret(_ text: String) -> String {
    guard let secret = configuration.secret, !secret.isEmpty else { return text }
    return text.replacingOccurrences(of: secret, with: "…")
  }
}

/// What a service says about its failure, in whichever shape.
///
/// `{"error":{"message":…}}` (OpenAI, llama.cpp), `{"error":"…"}` (Ollama, TEI, Hugging Face), `{"error":["…"]}` (Hugging
/// Face), `{"message":"…"}` (Cohere, TEI), `{"detail":"…"}` and `{"detail":[{"msg":"…"}]}` (Voyage, FastAPI), a page of
/// HTML (Flask, proxies), or text.
struct ServiceMessage {
  /// One line of at most 300 characters; empty when nothing was said.
  let text: String

  init(_ reply: HTTPReply) {
    let body = reply.body.prefix(65_536)
    let value = try? JSONParser.parse(Array(body))
    let said = value.flatMap(Self.message) ?? Self.plain(String(decoding: body, as: UTF8.self))
    let line = said.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    let printable = String(
      String.UnicodeScalarView(line.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }))
    text = printable.count > 300 ? printable.prefix(299) + "…" : printable
  }

  /// Whether a status that stands for a failure of the server is one of an input: llama.cpp answers 500 to a text that is
  /// longer than its batch.
  var blamesInput: Bool { text.contains("is too large to process") }

  private static func message(_ value: JSONValue) -> String? {
    switch value {
    case .string(let text): return text
    case .array(let elements): return elements.lazy.compactMap(message).first
    case .object:
      for key in ["error", "message", "detail", "msg", "title"] {
        if let found = value[key].flatMap(message) { return found }
      }
      return nil
    default: return nil
    }
  }

  /// A page's title or text without its tags.
  private static func plain(_ text: String) -> String {
    guard text.contains("<"),
      let tag = try? Regex("(?is)<script.*?</script>|<style.*?</style>|<[^>]*>")
    else { return text }
    return text.replacing(tag, with: " ")
  }
}
