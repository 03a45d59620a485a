import EmbedCore
import HTTPTypes
import Hummingbird
import JSON
import NIOCore
import Synchronization

/// The JSON object of a request, with look-ups whose errors name the member.
///
/// Null is as good as absent, members that nobody asks for are ignored.
struct JSONRequest {
  private let value: JSONValue

  /// Receives and parses a body.
  ///
  /// - Throws: `APIError` with status 400, 408 or 413.
  init(
    _ request: Request, _ context: ServerContext, _ limits: ServerConfiguration.Limits
  ) async throws {
    let buffer = try await Self.receive(request, context, limits)
    do throws(JSONError) {
      value = try JSONParser.parse(Array(buffer.readableBytesView))
    } catch {
      guard buffer.readableBytes > 0 else { throw APIError.badRequest("missing request body") }
      throw APIError.badRequest(error.embedError(in: "the request's body").description)
    }
    guard case .object = value else {
      throw APIError.badRequest(
        "The request's body is not as expected: expected an object, got \(value.summary).")
    }
  }

  private static func receive(
    _ request: Request, _ context: ServerContext, _ limits: ServerConfiguration.Limits
  ) async throws -> ByteBuffer {
    if let length = request.headers[.contentLength].flatMap({ Int($0) }),
      length > limits.bodyBytes
    {
      throw tooLarge(limits)
    }
    let body = request.body
    let isLate = Mutex(false)
    let task = Task { try await body.collect(upTo: limits.bodyBytes) }
    // The event loop's timers end when they are cancelled; a task that sleeps keeps its own to the end.
    let timer = context.channel.eventLoop.scheduleTask(in: TimeAmount(limits.receiving)) {
      isLate.withLock { $0 = true }
      task.cancel()
    }
    defer { timer.cancel() }
    do {
      return try await withTaskCancellationHandler {
        try await task.value
      } onCancel: {
        task.cancel()
      }
    } catch {
      if isLate.withLock({ $0 }) {
        throw APIError(
          status: .requestTimeout,
          message: "The request did not arrive within \(limits.receiving).")
      }
      throw reason(error, limits)
    }
  }

  /// Why a body did not arrive.
  private static func reason(
    _ error: any Error, _ limits: ServerConfiguration.Limits
  ) -> any Error {
    switch error {
    case is NIOTooManyBytesError: tooLarge(limits)
    case let error as HTTPError where error.status == .contentTooLarge: tooLarge(limits)
    case is CancellationError: error
    // The client broke off, or broke the rules of HTTP.
    default: APIError.badRequest("The request's body did not arrive as a whole.")
    }
  }

  private static func tooLarge(_ limits: ServerConfiguration.Limits) -> APIError {
    APIError(
      status: .contentTooLarge,
      message: "The request's body is too large: expected at most \(limits.bodyBytes) bytes.")
  }

  /// The value of a member; nil when it is absent or null.
  subscript(_ key: String) -> JSONValue? {
    guard let value = value[key] else { return nil }
    if case .null = value { return nil }
    return value
  }

  /// A string; nil when it is absent or null.
  func string(_ key: String) throws(APIError) -> String? {
    guard let value = self[key] else { return nil }
    guard case .string(let text) = value else { throw wrongType(key, "a string", value) }
    return text
  }

  /// A Boolean; nil when it is absent or null.
  func bool(_ key: String) throws(APIError) -> Bool? {
    guard let value = self[key] else { return nil }
    guard case .bool(let flag) = value else { throw wrongType(key, "true or false", value) }
    return flag
  }

  /// A whole number; nil when it is absent or null.
  func integer(_ key: String) throws(APIError) -> Int? {
    guard let value = self[key] else { return nil }
    guard case .number(let text) = value, let number = Int(text) else {
      throw wrongType(key, "a whole number", value)
    }
    return number
  }

  /// An error about a member of the wrong type.
  func wrongType(_ key: String, _ expected: String, _ value: JSONValue) -> APIError {
    .badRequest(
      "Invalid type for '\(key)': expected \(expected), got \(value.summary).", parameter: key,
      code: "invalid_type")
  }
}

// MARK: - Inputs

extension JSONRequest {
  /// What to embed.
  struct Inputs {
    let values: [EmbeddingInput]
    /// Whether it was one text or one array of token ids, not a list.
    let isSingle: Bool
  }

  /// A text, a list of texts, one input as token ids, or a list of these; nil when it is absent or null.
  func inputs(_ key: String) throws(APIError) -> Inputs? {
    guard let value = self[key] else { return nil }
    switch value {
    case .string(let text):
      return Inputs(values: [.text(text)], isSingle: true)
    case .array(let elements):
      if case .number? = elements.first {
        return Inputs(values: [.tokens(try tokens(elements, key))], isSingle: true)
      }
      var inputs: [EmbeddingInput] = []
      inputs.reserveCapacity(elements.count)
      for element in elements { inputs.append(try input(element, key, like: elements[0])) }
      return Inputs(values: inputs, isSingle: false)
    default:
      throw wrongType(key, Self.expectedInputs, value)
    }
  }

  private static let expectedInputs =
    "a string, an array of strings, an array of token ids, or an array of these"

  private func input(
    _ element: JSONValue, _ key: String, like first: JSONValue
  ) throws(APIError) -> EmbeddingInput {
    switch (element, first) {
    case (.string(let text), .string): return .text(text)
    case (.array(let ids), .array): return .tokens(try tokens(ids, key))
    default: throw wrongType(key, Self.expectedInputs, element)
    }
  }

  private func tokens(_ elements: [JSONValue], _ key: String) throws(APIError) -> [Int32] {
    var ids: [Int32] = []
    ids.reserveCapacity(elements.count)
    for element in elements {
      guard case .number(let text) = element, let id = Int32(text) else {
        throw wrongType(key, "token ids, whole numbers", element)
      }
      ids.append(id)
    }
    return ids
  }
}
