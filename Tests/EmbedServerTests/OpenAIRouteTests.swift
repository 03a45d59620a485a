import EmbedCore
import EmbedServer
import HTTPTypes
import JSON
import Testing

/// The routes of OpenAI's clients.
@Suite struct OpenAIRouteTests {
  private let server = TestServer()

  private func vector(
    _ input: EmbeddingInput, _ options: EmbedOptions = EmbedOptions()
  ) async throws -> [Float] {
    try await TestEmbedder(dimensions: 8).embed([input], options: options)[0].vector
  }

  @Test func `a text has a vector, with the usage`() async throws {
    let answer = try await server.post("/v1/embeddings", #"{"model":"tiny","input":"a cat sat"}"#)
    #expect(answer.status == 200)
    #expect(answer.headers[.contentType] == "application/json")
    #expect(answer.json["object"] == .string("list"))
    #expect(answer.json["model"] == .string("tiny"))
    let data = try #require(answer.json["data"]).elements
    #expect(data.count == 1)
    #expect(data[0]["object"] == .string("embedding"))
    #expect(data[0]["index"] == .number("0"))
    #expect(try await data[0]["embedding"]?.floats == vector("a cat sat"))
    #expect(answer.json["usage"]?["prompt_tokens"] == .number("3"))
    #expect(answer.json["usage"]?["total_tokens"] == .number("3"))
  }

  @Test(arguments: [
    (#""b c""#, [EmbeddingInput.text("b c")]), (#"["a","b c"]"#, ["a", "b c"]),
    ("[1,2,3]", [.tokens([1, 2, 3])]), ("[[1,2],[3]]", [.tokens([1, 2]), .tokens([3])]),
  ])
  func `all four kinds of input are embedded in order`(
    _ json: String, _ inputs: [EmbeddingInput]
  ) async throws {
    let answer = try await server.post(
      "/v1/embeddings",
      #"{"model":"tiny","input":\#(json),"encoding_format":null,"user":"u","nobody":{"a":[1]}}"#)
    let data = try #require(answer.json["data"]).elements
    #expect(data.count == inputs.count)
    for (index, input) in inputs.enumerated() {
      #expect(data[index]["index"] == .number("\(index)"))
      #expect(try await data[index]["embedding"]?.floats == vector(input))
    }
  }

  @Test func `base64 has the bytes of float32, little-endian`() async throws {
    let answer = try await server.post(
      "/v1/embeddings", #"{"model":"tiny","input":"a","encoding_format":"base64"}"#)
    let text = try #require(answer.json["data"]?.elements.first?["embedding"]?.stringValue)
    #expect(try await Embedding(base64: text).vector == vector("a"))
  }

  @Test func `dimensions cut a vector and make its length 1 again`() async throws {
    let answer = try await server.post(
      "/v1/embeddings", #"{"model":"tiny","input":"a","dimensions":3}"#)
    let floats = try #require(answer.json["data"]?.elements.first?["embedding"]).floats
    #expect(floats.count == 3)
    #expect(abs(floats.reduce(0) { $0 + $1 * $1 } - 1) < 1e-6)
  }

  @Test(arguments: [
    (#""input_type":"query""#, EmbedOptions.Role.query),
    (#""input_type":"search_document""#, .document), (#""prompt_name":"passage""#, .document),
  ])
  func `roles are told by either name`(_ member: String, _ role: EmbedOptions.Role) async throws {
    let answer = try await server.post(
      "/v1/embeddings", #"{"model":"tiny","input":"a",\#(member)}"#)
    let floats = try #require(answer.json["data"]?.elements.first?["embedding"]).floats
    #expect(try await floats == vector("a", EmbedOptions(role: role)))
  }

  @Test(
    arguments: [
      (#"{"input":"a"}"#, 400, "model", "missing_required_parameter"),
      (#"{"model":"tiny"}"#, 400, "input", "missing_required_parameter"),
      (#"{"model":"tiny","input":""}"#, 400, "input", "empty_input"),
      (#"{"model":"tiny","input":[]}"#, 400, "input", "empty_input"),
      (#"{"model":"tiny","input":["a",""]}"#, 400, "input", "empty_input"),
      (#"{"model":"tiny","input":["a",1]}"#, 400, "input", "invalid_type"),
      (#"{"model":"tiny","input":[1,"a"]}"#, 400, "input", "invalid_type"),
      (#"{"model":"tiny","input":[1.5]}"#, 400, "input", "invalid_type"),
      (#"{"model":"tiny","input":[1.0]}"#, 400, "input", "invalid_type"),
      (#"{"model":"tiny","input":[true]}"#, 400, "input", "invalid_type"),
      (#"{"model":"tiny","input":[99999999999]}"#, 400, "input", "invalid_type"),
      (#"{"model":"tiny","input":{"a":1}}"#, 400, "input", "invalid_type"),
      (#"{"model":7,"input":"a"}"#, 400, "model", "invalid_type"),
      (#"{"model":"tiny","input":"a","dimensions":"3"}"#, 400, "dimensions", "invalid_type"),
      (#"{"model":"tiny","input":"a","dimensions":9}"#, 400, "dimensions", nil),
      (#"{"model":"tiny","input":"a","dimensions":0}"#, 400, "dimensions", nil),
      (#"{"model":"tiny","input":"a","encoding_format":"md5"}"#, 400, "encoding_format", nil),
      (#"{"model":"tiny","input":"a","input_type":"poem"}"#, 400, "input_type", nil),
      (#"{"model":"none","input":"a"}"#, 404, "model", "model_not_found"),
      (#"{"model":"tiny","input":"a""#, 400, nil, nil),
      (#"["a"]"#, 400, nil, nil), ("", 400, nil, nil),
    ] as [(String, Int, String?, String?)])
  func `what is wrong is told with all four members`(
    _ body: String, _ status: Int, _ parameter: String?, _ code: String?
  ) async throws {
    let answer = try await server.post("/v1/embeddings", body)
    #expect(answer.status == status)
    let error = try #require(answer.json["error"])
    #expect(error["type"] == .string("invalid_request_error"))
    #expect(error["param"] == parameter.map(JSONValue.string) ?? .null)
    #expect(error["code"] == code.map(JSONValue.string) ?? .null)
    #expect(answer.message?.isEmpty == false)
  }

  @Test func `models are listed with what tells whether vectors can be compared`() async throws {
    var server = server
    server.configuration.aliases = ["text-embedding-3-small": "tiny"]
    let answers = try await server.ask([
      (.get, "/v1/models", ""), (.get, "/v1/models/text-embedding-3-small", ""),
      (.get, "/v1/models", ""), (.get, "/v1/models/none", ""),
    ])
    #expect(
      answers[0].json["data"]?.elements.map { $0["id"] } == [
        .string("tiny"), .string("text-embedding-3-small"),
      ])
    // Asking for one loads it.
    #expect(answers[0].json["data"]?.elements[0]["precision"] == nil)
    #expect(answers[1].json["root"] == .string("tiny"))
    for entry in [answers[1].json] + (answers[2].json["data"]?.elements ?? []) {
      #expect(entry["object"] == .string("model"))
      #expect(entry["dimensions"] == .number("8"))
      #expect(entry["precision"] == .string("f32"))
      #expect(entry["fingerprint"] == .object([]))
    }
    #expect(answers[3].status == 404)
  }

  @Test func `an alias answers as its model, and is what the answer calls it`() async throws {
    var server = server
    server.configuration.aliases = ["other": "tiny"]
    let answer = try await server.post("/v1/embeddings", #"{"model":"other","input":"a"}"#)
    #expect(answer.json["model"] == .string("other"))
    #expect(
      try await answer.json["data"]?.elements.first?["embedding"]?.floats == vector("a"))
  }

  @Test func `a request has so many inputs and tokens at most`() async throws {
    var server = server
    server.configuration.limits.inputs = 2
    server.configuration.limits.tokens = 12
    let answers = try await server.ask([
      (.post, "/v1/embeddings", #"{"model":"tiny","input":["a","b","c"]}"#),
      (.post, "/v1/embeddings", #"{"model":"tiny","input":["a b c d e f g","h i j k l m n"]}"#),
      (.post, "/v1/embeddings", #"{"model":"tiny","input":["a b c d e f","g h i j k l"]}"#),
    ])
    #expect(answers.map(\.status) == [400, 400, 200])
    #expect(answers[0].json["error"]?["param"] == .string("input"))
    #expect(answers[1].json["error"]?["code"] == .string("max_tokens_per_request"))
  }
}
