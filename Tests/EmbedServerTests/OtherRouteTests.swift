import EmbedCore
import EmbedServer
import HTTPTypes
import JSON
import Testing

/// The routes of Ollama, text-embeddings-inference, llama.cpp and OpenCLIP, and those of operators.
@Suite struct OtherRouteTests {
  private let server = TestServer()

  private func vector(
    _ text: String, _ options: EmbedOptions = EmbedOptions()
  ) async throws -> [Float] {
    try await TestEmbedder(dimensions: 8).embed(text, options: options).vector
  }

  @Test func `Ollama's requests are answered in its words`() async throws {
    let answers = try await server.ask([
      (.post, "/api/embed", #"{"model":"tiny:latest","input":["a","b"],"keep_alive":"5m"}"#),
      (.post, "/api/embed", #"{"model":"tiny","input":"a","dimensions":3}"#),
      (.post, "/api/embed", #"{"model":"tiny","input":"a","dimensions":80}"#),
      (.post, "/api/embed", #"{"model":"tiny","input":""}"#),
      (.post, "/api/embed", #"{"model":"tiny","input":[""]}"#),
      (.post, "/api/embed", #"{"model":"tiny","input":[1]}"#),
      (.post, "/api/embed", #"{"model":"none","input":"a"}"#),
      (.post, "/api/embeddings", #"{"model":"tiny","prompt":"a"}"#),
      (.post, "/api/embeddings", #"{"model":"tiny","prompt":""}"#),
      (.get, "/api/tags", ""), (.get, "/api/version", ""),
    ])
    #expect(
      try await answers[0].json["embeddings"]?.elements.map(\.floats) == [vector("a"), vector("b")])
    #expect(answers[0].json["model"] == .string("tiny:latest"))
    #expect(answers[0].json["prompt_eval_count"] == .number("2"))
    #expect(answers[1].json["embeddings"]?.elements.first?.floats.count == 3)
    #expect(answers[2].json["embeddings"]?.elements.first?.floats.count == 8)
    #expect(answers[3].json["embeddings"] == .array([]))
    #expect(answers[4].json["embeddings"]?.elements.count == 1)
    #expect(answers[5].status == 400)
    #expect(answers[5].json["error"] == .string("invalid input type"))
    #expect(answers[6].status == 404)
    #expect(answers[6].json["error"] == .string("model \"none\" not found, try pulling it first"))
    #expect(
      try await answers[7].json["embedding"]?.floats
        == vector("a", EmbedOptions(normalization: .asModel)))
    #expect(answers[8].json["embedding"] == .array([]))
    #expect(answers[9].json["models"]?.elements.first?["name"] == .string("tiny:latest"))
    #expect(answers[10].json["version"] == .string("0"))
  }

  @Test func `requests for text-embeddings-inference are answered`() async throws {
    let answers = try await server.ask([
      (.post, "/embed", #"{"inputs":"a"}"#), (.post, "/embed", #"{"inputs":["a","b"]}"#),
      (.post, "/embed", #"{"inputs":"a","prompt_name":"query","normalize":false}"#),
      (.post, "/embed", #"{"inputs":[]}"#), (.post, "/embed", "{}"),
      (.post, "/tokenize", #"{"inputs":"ab cde"}"#),
      (
        .post, "/similarity",
        #"{"inputs":{"source_sentence":"a","sentences":["a","b"]}}"#
      ),
      (.post, "/similarity", #"{"inputs":{"source_sentence":"a","sentences":[]}}"#),
    ])
    #expect(try await answers[0].json.elements.map(\.floats) == [vector("a")])
    #expect(try await answers[1].json.elements.map(\.floats) == [vector("a"), vector("b")])
    let unnormalized = EmbedOptions(role: .query, normalization: .none)
    #expect(try await answers[2].json.elements.map(\.floats) == [vector("a", unnormalized)])
    #expect(answers[3].status == 400)
    #expect(answers[3].json["error"] == .string("`inputs` cannot be empty"))
    #expect(answers[3].json["error_type"] == .string("Empty"))
    #expect(answers[4].status == 422)
    #expect(answers[4].json["error_type"] == .string("Validation"))
    let token = answers[5].json.elements.first?.elements.last
    #expect(token?["text"] == .string("cde"))
    #expect(token?["start"] == .number("3"))
    #expect(token?["stop"] == .number("6"))
    #expect(answers[6].json.floats.first == 1)
    #expect(answers[6].json.floats.count == 2)
    #expect(answers[7].status == 400)
  }

  @Test func `requests for llama.cpp and OpenCLIP are told apart by their members`() async throws {
    let answers = try await server.ask([
      (.post, "/embedding", #"{"content":"a"}"#), (.post, "/embedding", #"{"input":["a","b"]}"#),
      (.post, "/embedding", "{}"), (.post, "/embedding", #"{"content":""}"#),
      (.post, "/embeddings", #"{"data":"a","content":"a"}"#),
      (.post, "/embeddings", #"{"model":"tiny","input":"a"}"#),
    ])
    #expect(
      try await answers[0].json.elements.first?["embedding"]?.elements.map(\.floats) == [
        vector("a")
      ])
    #expect(answers[1].json.elements.map { $0["index"] } == [.number("0"), .number("1")])
    #expect(
      answers[2].json["error"]?["message"] == .string("\"input\" or \"content\" must be provided"))
    #expect(answers[2].json["error"]?["code"] == .number("400"))
    #expect(answers[3].status == 400)
    #expect(try await answers[4].json["embedding"]?.floats == vector("a"))
    #expect(answers[5].json["object"] == .string("list"))
  }

  @Test func `operators learn that the server is well, its limits and what it has done`()
    async throws
  {
    let answers = try await server.ask([
      (.get, "/health", ""), (.get, "/info", ""), (.get, "/metrics", ""),
      (.get, "/openapi.json", ""), (.get, "/", ""),
    ])
    #expect(answers.map(\.status) == [200, 200, 200, 200, 200])
    #expect(answers[0].json["status"] == .string("ok"))
    #expect(answers[1].json["max_client_batch_size"] == .number("2048"))
    #expect(answers[1].json["models"]?.elements.first?["precision"] == .string("f32"))
    #expect(answers[2].text.contains(#"embed_inputs_total{model="test"} 1.0"#))
    #expect(answers[2].text.contains(#"embed_requests_total{route="/health",status="200"} 1.0"#))
    #expect(answers[3].json["openapi"] == .string("3.1.0"))
    #expect(answers[4].headers[.contentType] == "text/html; charset=utf-8")
    #expect(answers[4].headers[.contentSecurityPolicy]?.contains("default-src 'none'") == true)
  }

  @Test func `a model that cannot be loaded fails its requests, and is tried again`() async throws {
    var server = server
    server.models = [
      TestServer.model("tiny"),
      ServedModel("broken") {
        throw EmbedError(.modelNotFound, "no such model", at: "/secret/place")
      },
    ]
    let request = #"{"model":"broken","input":"a"}"#
    let answers = try await server.ask([
      (.post, "/v1/embeddings", request), (.post, "/v1/embeddings", request), (.get, "/health", ""),
    ])
    #expect(answers.map(\.status) == [500, 500, 200])
    #expect(answers[0].json["error"]?["type"] == .string("server_error"))
    #expect(!answers[0].text.contains("secret"))
  }
}
