import EmbedCore
import EmbedServer
import HTTPTypes
import JSON
import Testing

/// A re-ranker to which a document is the better the more bytes it has; its raw scores are ten times the model's.
private struct LengthReranker: Reranker {
  let info = RerankerInfo(modelID: "length", maximumTokens: 8)

  @concurrent
  func scores(
    query: String, documents: [String], options: RerankOptions
  ) async throws -> [RerankScore] {
    try documents.enumerated().map { index, document in
      let count = document.utf8.count
      if count > 8, options.truncation == .error {
        throw EmbedError(
          .inputTooLong, "text too long", expected: "at most 8 tokens", got: "more", input: index)
      }
      let score = Float(count) / 16 * (options.scale == .raw ? 10 : 1)
      return RerankScore(score, tokenCount: min(8, count), isTruncated: count > 8)
    }
  }
}

@Suite struct RerankRouteTests {
  private var server: TestServer {
    var server = TestServer()
    server.models = [
      ServedModel("length") { LoadedModel(LengthReranker(), memory: 100, precision: "f32") },
      TestServer.model("tiny"),
    ]
    return server
  }

  @Test func `ranks texts as text-embeddings-inference does`() async throws {
    let answer = try await server.post(
      "/rerank", #"{"query":"q","texts":["aa","aaaa",""],"return_text":true}"#)
    #expect(answer.status == 200)
    #expect(
      answer.text
        == #"[{"index":1,"score":0.25,"text":"aaaa"},{"index":0,"score":0.125,"text":"aa"},"#
        + #"{"index":2,"score":0.0,"text":""}]"#)
    let raw = try await server.post(
      "/rerank", #"{"query":"q","texts":["aa"],"raw_scores":true,"model":"length"}"#)
    #expect(raw.text == #"[{"index":0,"score":1.25}]"#)
  }

  @Test(arguments: ["/v1/rerank", "/v2/rerank", "/rerank"])
  func `ranks documents as Jina and Cohere do`(path: String) async throws {
    let answer = try await server.post(
      path,
      #"{"model":"length","query":"q","documents":["aa",{"text":"aaaa"},"a"],"top_n":2,"#
        + #""return_documents":true}"#)
    #expect(answer.status == 200)
    #expect(answer.json["model"] == .string("length"))
    let results = try #require(answer.json["results"]).elements
    #expect(results.map { $0["index"] } == [.number("1"), .number("0")])
    #expect(results.map { $0["relevance_score"] } == [.number("0.25"), .number("0.125")])
    #expect(results[0]["document"]?["text"] == .string("aaaa"))
    #expect(answer.json["usage"]?["total_tokens"] == .number("7"))
    let plain = try await server.post(path, #"{"query":"q","documents":["aa"]}"#)
    #expect(plain.json["results"]?.elements[0]["document"] == nil)
  }

  @Test(arguments: [
    ("/rerank", #"{"query":"q","texts":[]}"#, 400, "Empty"),
    ("/rerank", #"{"query":"q"}"#, 422, "Validation"),
    ("/rerank", #"{"texts":["a"]}"#, 422, "Validation"),
    ("/rerank", #"{"query":"q","texts":[1]}"#, 422, "Validation"),
    ("/rerank", #"{"query":"q","texts":["a"],"truncation_direction":"left"}"#, 422, "Validation"),
    ("/rerank", #"{"query":"q","texts":["a"],"model":"tiny"}"#, 422, "Validation"),
  ])
  func `refuses wrong requests as text-embeddings-inference does`(
    path: String, body: String, status: Int, type: String
  ) async throws {
    let answer = try await server.post(path, body)
    #expect(answer.status == status)
    #expect(answer.json["error_type"] == .string(type))
    #expect(answer.json["error"]?.stringValue?.isEmpty == false)
  }

  @Test(arguments: [
    (#"{"query":"q","documents":[]}"#, 400, "documents"),
    (#"{"documents":["a"]}"#, 400, "query"),
    (#"{"query":"q"}"#, 400, "documents"),
    (#"{"query":"q","documents":["a"],"top_n":0}"#, 400, "top_n"),
    (#"{"query":"q","documents":[{"title":"a"}]}"#, 400, "documents"),
    (#"{"query":"q","documents":["a"],"model":"tiny"}"#, 400, "model"),
    (#"{"query":"q","documents":["a"],"model":"none"}"#, 404, "model"),
  ])
  func `names the member that is wrong`(
    body: String, status: Int, parameter: String
  ) async throws {
    let answer = try await server.post("/v1/rerank", body)
    #expect(answer.status == status)
    #expect(answer.json["error"]?["param"] == .string(parameter))
  }

  @Test func `refuses long texts by their index when asked, and more than it may take`()
    async throws
  {
    let long = try await server.post(
      "/v1/rerank", #"{"query":"q","documents":["a","aaaaaaaaaaaa"],"truncate":false}"#)
    #expect(long.status == 400)
    #expect(long.message?.contains("at index 1") == true)
    var server = server
    server.configuration.limits.inputs = 2
    let many = try await server.post("/v1/rerank", #"{"query":"q","documents":["a","b","c"]}"#)
    #expect(many.status == 400)
    server.configuration.limits.inputs = 2048
    server.configuration.limits.tokens = 3
    let tokens = try await server.post(
      "/v1/rerank", #"{"query":"a long query","documents":["a","b"]}"#)
    #expect(tokens.message?.contains("max 3 tokens per request") == true)
  }

  @Test func `tells a re-ranker from a model of embeddings`() async throws {
    let embedding = try await server.post("/v1/embeddings", #"{"model":"length","input":"a"}"#)
    #expect(embedding.status == 400)
    #expect(embedding.message?.contains("is a re-ranker and embeds nothing") == true)
    let answers = try await server.ask([
      (.get, "/health", ""), (.get, "/v1/models/length", ""), (.get, "/v1/models/tiny", ""),
      (.get, "/metrics", ""), (.get, "/info", ""),
    ])
    #expect(answers.allSatisfy { $0.status == 200 })
    #expect(answers[1].json["task"] == .string("reranking"))
    #expect(answers[1].json["max_tokens"] == .number("8"))
    #expect(answers[2].json["task"] == .string("embedding"))
    #expect(!answers[3].text.contains("embed_waiting_inputs{model=\"length\"}"))
  }
}
