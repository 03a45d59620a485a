import EmbedCore
import EmbedServer
import HTTPTypes
import JSON
import Logging
import Testing

/// Whom the server answers, and how it tells others.
@Suite struct AccessTests {
  private let request = #"{"model":"tiny","input":"a"}"#

  @Test(
    arguments: [
      (nil, 401), ("Bearer wrong", 401), ("Bearer ", 401), ("Basic right", 401), ("right", 401),
      ("Bearer right", 200), ("bearer other", 200), ("Bearer right,", 401),
    ] as [(String?, Int)])
  func `a key is asked for`(_ field: String?, _ status: Int) async throws {
    var server = TestServer()
    server.configuration.apiKeys = ["right", "other"]
    var headers = HTTPFields()
    headers[.authorization] = field
    let answer = try await server.post("/v1/embeddings", request, headers: headers)
    #expect(answer.status == status)
    if status == 401 {
      #expect(answer.headers[.wwwAuthenticate] == "Bearer")
      #expect(answer.json["error"]?["code"] == .string("invalid_api_key"))
    }
  }

  @Test func `the page and the health are open, all else is not`() async throws {
    var server = TestServer()
    server.configuration.apiKeys = ["right"]
    let paths = [
      "/", "/health", "/v1/models", "/info", "/metrics", "/openapi.json", "/api/tags", "/none",
    ]
    let statuses = try await server.ask(paths.map { (.get, $0, "") }).map(\.status)
    #expect(statuses == [200, 200, 401, 401, 401, 401, 401, 401])
  }

  @Test(arguments: ["0.0.0.0", "::", "192.168.1.7", "example.org", "127.evil.org"])
  func `other machines are answered with a key, or when that is said`(_ host: String) throws {
    let logger = Logger(label: "test")
    var configuration = ServerConfiguration()
    configuration.host = host
    let error = #expect(throws: EmbedError.self) {
      try EmbedServer(configuration, models: [TestServer.model("tiny")], logger: logger)
    }
    #expect(error?.code == .invalidOption)
    configuration.apiKeys = ["key"]
    _ = try EmbedServer(configuration, models: [TestServer.model("tiny")], logger: logger)
    configuration.apiKeys = []
    configuration.answersEveryone = true
    _ = try EmbedServer(configuration, models: [TestServer.model("tiny")], logger: logger)
  }

  @Test func `pages of other origins are refused unless they are listed`() async throws {
    var server = TestServer()
    let evil: HTTPFields = [.origin: "https://evil.example"]
    let refused = try await server.post("/v1/embeddings", request, headers: evil)
    #expect(refused.status == 403)
    #expect(refused.headers[.accessControlAllowOrigin] == nil)
    server.configuration.allowedOrigins = ["https://good.example", "https://fine.example"]
    let good: HTTPFields = [.origin: "https://good.example"]
    let answer = try await server.post("/v1/embeddings", request, headers: good)
    #expect(answer.status == 200)
    #expect(answer.headers[.accessControlAllowOrigin] == "https://good.example")
    let wrong = try await server.post("/v1/embeddings", "{", headers: good)
    #expect(wrong.status == 400)
    #expect(wrong.headers[.accessControlAllowOrigin] == "https://good.example")
    let preflight = try await server.ask([(.options, "/v1/embeddings", "")], headers: good)[0]
    #expect(preflight.status == 204)
    #expect(preflight.headers[.accessControlAllowHeaders]?.contains("authorization") == true)
    #expect(try await server.post("/v1/embeddings", request, headers: evil).status == 403)
  }

  @Test func `wrong paths and wrong methods are told apart`() async throws {
    let answers = try await TestServer().ask([
      (.head, "/none", ""), (.get, "/v2/embeddings", ""), (.get, "/v1/embeddings", ""),
      (.delete, "/v1/models", ""),
      (.put, "/embed", ""), (.head, "/health", ""),
    ])
    #expect(answers.map(\.status) == [404, 404, 405, 405, 405, 200])
    #expect(answers[0].text == "")
    #expect(answers[1].json["error"]?["code"] == .string("unknown_url"))
    #expect(answers[2].headers[.allow] == "POST")
    #expect(answers[4].json["error_type"] == .string("Validation"))
  }

  @Test func `a request keeps its name, if it is harmless, or gets one`() async throws {
    let name = try #require(HTTPField.Name("x-request-id"))
    let kept = try await TestServer().get("/health", headers: [name: "mine-7"])
    #expect(kept.headers[name] == "mine-7")
    let long = String(repeating: "x", count: 200)
    let replaced = try await TestServer().get("/none", headers: [name: long])
    #expect(replaced.headers[name]?.hasPrefix("req_") == true)
  }

  @Test func `a body that is too large is refused`() async throws {
    var server = TestServer()
    server.configuration.limits.bodyBytes = 100
    let text = String(repeating: "x", count: 200)
    let answer = try await server.post("/v1/embeddings", #"{"model":"tiny","input":"\#(text)"}"#)
    #expect(answer.status == 413)
    #expect(answer.message?.contains("100 bytes") == true)
  }
}
