import EmbedCore
import EmbedServer
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import JSON
import Logging
import NIOCore

/// A server with test embedders behind it, asked without a network.
struct TestServer {
  var configuration = ServerConfiguration()
  var models = [TestServer.model("tiny")]

  /// A model of eight dimensions.
  static func model(_ id: String) -> ServedModel {
    ServedModel(id) {
      LoadedModel(
        TestEmbedder(dimensions: 8),
        tokenize: { text, _ in
          text.split(separator: " ").map { word in
            LoadedModel.Token(
              id: Int32(word.utf8.count), text: String(word),
              range: word.startIndex.utf16Offset(in: text)..<word.endIndex.utf16Offset(in: text))
          }
        }, memory: 100, precision: "f32")
    }
  }

  /// An answer of the server.
  struct Answer {
    let status: Int
    let headers: HTTPFields
    let text: String

    /// The body as JSON.
    var json: JSONValue { (try? JSONParser.parse(Array(text.utf8))) ?? .null }

    /// The member `message` of OpenAI's errors.
    var message: String? { json["error"]?["message"]?.stringValue }
  }

  /// Sends requests, one after the other.
  func ask(
    _ requests: [(method: HTTPRequest.Method, path: String, body: String)],
    headers: HTTPFields = HTTPFields()
  ) async throws -> [Answer] {
    let server = try EmbedServer(
      configuration, models: models, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    )
    return try await server.application().test(.router) { client in
      var answers: [Answer] = []
      for request in requests {
        let response = try await client.executeRequest(
          uri: request.path, method: request.method, headers: headers,
          body: ByteBuffer(string: request.body))
        answers.append(
          Answer(
            status: response.status.code, headers: response.headers,
            text: String(buffer: response.body)))
      }
      return answers
    }
  }

  func post(
    _ path: String, _ body: String, headers: HTTPFields = HTTPFields()
  ) async throws -> Answer {
    try await ask([(.post, path, body)], headers: headers)[0]
  }

  func get(_ path: String, headers: HTTPFields = HTTPFields()) async throws -> Answer {
    try await ask([(.get, path, "")], headers: headers)[0]
  }
}

extension JSONValue {
  /// The elements of an array; none of anything else.
  var elements: [JSONValue] {
    if case .array(let elements) = self { elements } else { [] }
  }

  /// The components of a vector.
  var floats: [Float] {
    elements.map { element in
      if case .number(let text) = element { Float(text) ?? .nan } else { .nan }
    }
  }
}
