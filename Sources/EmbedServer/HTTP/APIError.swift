import EmbedCore
import HTTPTypes
import Hummingbird
import JSON

/// A request that cannot be answered, as clients are told.
struct APIError: Error {
  var status: HTTPResponse.Status
  /// What is wrong, in a sentence.
  var message: String
  /// OpenAI's name for the member of the request that is wrong.
  var parameter: String?
  /// OpenAI's name for what is wrong.
  var code: String?
  /// The seconds after which it may be tried again.
  var retryAfter: Int?
  /// Other header fields of the answer.
  var headers = HTTPFields()

  /// A request that is wrong.
  static func badRequest(
    _ message: String, parameter: String? = nil, code: String? = nil
  ) -> APIError {
    APIError(status: .badRequest, message: message, parameter: parameter, code: code)
  }

  /// The code of a request without inputs.
  static let emptyInput = "empty_input"

  /// A model that is not served.
  static func unknownModel(_ name: String, served: [String]) -> APIError {
    APIError(
      status: .notFound,
      message: "The model \(name.quotedForMessage) does not exist; this server has "
        + "\(served.joined(separator: ", ")).",
      parameter: "model", code: "model_not_found")
  }
}

// MARK: - What the embedder says

extension APIError {
  /// What a client is told of an error: of its own mistakes everything, of the server's own nothing but that they are.
  init(_ error: any Error) {
    switch error {
    case let error as APIError: self = error
    case let error as EmbedError: self.init(error)
    case let error as HTTPError:
      self.init(status: error.status, message: error.body ?? error.status.reasonPhrase)
      if error.status == .contentTooLarge {
        message = "The request's body is larger than this server takes."
      }
    case is CancellationError:
      // As nginx has it: the client has closed the connection, and nobody reads this.
      self.init(status: .init(code: 499), message: "The request was cancelled.")
    default:
      self.init(status: .internalServerError, message: "The server failed.")
    }
  }

  private init(_ error: EmbedError) {
    switch error.code {
    case .inputTooLong:
      let place = error.inputIndex.map { " at index \($0)" } ?? ""
      self = .badRequest(
        "This model's maximum context length is exceeded: expected "
          + "\(error.expected ?? "a shorter text"), however the input\(place) has more.",
        parameter: "input")
    case .invalidInput:
      self = .badRequest(Self.sentence(error), parameter: "input")
      if error.what.hasPrefix("token id") {
        message +=
          " Token ids are those of this model's own tokenizer; these look like another one's."
          + " Send texts instead (LangChain: check_embedding_ctx_length=False)."
      }
    case .invalidOption:
      let isAboutDimensions = error.what.hasPrefix("dimensions")
      self = .badRequest(Self.sentence(error), parameter: isAboutDimensions ? "dimensions" : nil)
    case .overloaded:
      self.init(
        status: .tooManyRequests, message: "The server is busy: \(error.what).",
        code: "rate_limit_exceeded", retryAfter: 1)
    case .resourceExhausted:
      self.init(
        status: .serviceUnavailable, message: "The server lacks memory or threads now.",
        retryAfter: 10)
    case .timedOut:
      self.init(status: .gatewayTimeout, message: "The service behind this server took too long.")
    case .unreachable, .unauthorized, .serviceFailed, .invalidReply:
      self.init(status: .badGateway, message: "The service behind this server failed.")
    default:
      self.init(status: .internalServerError, message: "The model failed.")
    }
  }

  private static func sentence(_ error: EmbedError) -> String {
    let text = error.description
    return text.prefix(1).uppercased() + text.dropFirst() + "."
  }
}

// MARK: - As each family of clients expects it

/// The shapes of errors that clients read.
enum ErrorStyle {
  case openAI
  case ollama
  case tei
  case llamaCpp

  /// The style of the routes under a path.
  init(path: String) {
    if path.hasPrefix("/api/") {
      self = .ollama
    } else if ["/", "/embed", "/tokenize", "/similarity", "/rerank"].contains(path) {
      self = .tei
    } else if path == "/embedding" {
      self = .llamaCpp
    } else {
      self = .openAI
    }
  }

  /// The answer that tells of an error.
  func response(_ error: APIError) -> Response {
    var error = error
    // Only this family tells a request that means nothing from one that cannot be read.
    if self == .tei, error.status == .badRequest, error.code != APIError.emptyInput {
      error.status = .unprocessableContent
    }
    var headers = error.headers
    if let seconds = error.retryAfter { headers[.retryAfter] = "\(seconds)" }
    return Response(status: error.status, json: body(error), headers: headers)
  }

  private func body(_ error: APIError) -> JSONValue {
    let message = JSONValue.string(error.message)
    switch self {
    case .openAI:
      let members: [(key: String, value: JSONValue)] = [
        ("message", message), ("type", .string(openAIType(error.status))),
        ("param", error.parameter.map(JSONValue.string) ?? .null),
        ("code", error.code.map(JSONValue.string) ?? .null),
      ]
      return .object([("error", .object(members))])
    case .ollama:
      return .object([("error", message)])
    case .tei:
      return .object([("error", message), ("error_type", .string(teiType(error)))])
    case .llamaCpp:
      let members: [(key: String, value: JSONValue)] = [
        ("code", .number("\(error.status.code)")), ("message", message),
        ("type", .string(llamaCppType(error.status))),
      ]
      return .object([("error", .object(members))])
    }
  }

  private func openAIType(_ status: HTTPResponse.Status) -> String {
    switch status.code {
    case 429: "rate_limit_error"
    case 500...: "server_error"
    default: "invalid_request_error"
    }
  }

  private func teiType(_ error: APIError) -> String {
    switch error.status.code {
    case 400: "Empty"
    case 429: "Overloaded"
    case 503: "Unhealthy"
    case 500...: "Backend"
    default: "Validation"
    }
  }

  private func llamaCppType(_ status: HTTPResponse.Status) -> String {
    switch status.code {
    case 401: "authentication_error"
    case 403: "permission_error"
    case 404: "not_found_error"
    case 503: "unavailable_error"
    case 500...: "server_error"
    default: "invalid_request_error"
    }
  }
}

extension Response {
  /// An answer in JSON.
  init(status: HTTPResponse.Status = .ok, json: JSONValue, headers: HTTPFields = HTTPFields()) {
    var writer = JSONWriter()
    writer.write(json)
    self.init(status: status, jsonBytes: writer.bytes, headers: headers)
  }

  /// An answer in JSON that is written already.
  init(
    status: HTTPResponse.Status = .ok, jsonBytes: [UInt8], headers: HTTPFields = HTTPFields()
  ) {
    var headers = headers
    headers[.contentType] = "application/json"
    self.init(
      status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: jsonBytes))
    )
  }
}
