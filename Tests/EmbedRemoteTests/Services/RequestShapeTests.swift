import EmbedCore
import JSON
import RemoteTestSupport
import Testing

@testable import EmbedRemote

/// The bytes of requests, against what each service documents or its own client sends.
@Suite struct RequestShapeTests {
  private func body(
    _ scheme: String, _ parameters: String, _ inputs: [EmbeddingInput] = [.text("a"), .text("b")],
    _ options: EmbedOptions = EmbedOptions()
  ) throws -> (path: String, body: String) {
    let uri = try EmbedderURI("\(scheme)://127.0.0.1:1?\(parameters)")
    let description = try #require(ServiceDescription.all.first { $0.scheme == scheme })
    let settings = ServiceSettings(
      uri: uri, model: uri.parameter("model") ?? description.model ?? "")
    let request = try description.make(settings).request(for: inputs, options: options)
    var writer = JSONWriter()
    writer.write(request.body)
    return (request.path, writer.text)
  }

  private let query = EmbedOptions(role: .query, dimensions: 4, truncation: .error)

  @Test func openAI() throws {
    #expect(
      try body("openai", "model=m") == (
        "/embeddings", #"{"model":"m","input":["a","b"],"encoding_format":"base64"}"#
      ))
    #expect(
      try body("openai", "model=m", [.tokens([1, 2])], query).body
        == #"{"model":"m","input":[[1,2]],"dimensions":4,"encoding_format":"base64"}"#)
  }

  @Test func azureOpenAI() throws {
    let (path, text) = try body("azure-openai", "model=my%20model&api-version=2024-10-21")
    #expect(path == "/openai/deployments/my%20model/embeddings?api-version=2024-10-21")
    #expect(text == #"{"input":["a","b"],"encoding_format":"base64"}"#)
  }

  @Test func cohere() throws {
    #expect(
      try body("cohere", "model=embed-english-v3.0").body
        == #"{"model":"embed-english-v3.0","texts":["a","b"],"input_type":"search_document","embedding_types":["float"],"truncate":"END"}"#
    )
    #expect(
      try body("cohere", "model=m", [.text("a")], query).body
        == #"{"model":"m","texts":["a"],"input_type":"search_query","embedding_types":["float"],"truncate":"NONE","output_dimension":4}"#
    )
    #expect(
      try body("cohere", "model=m", [.image([0xFF, 0xD8, 0xFF])]).body
        == #"{"model":"m","images":["data:image/jpeg;base64,/9j/"],"input_type":"image","embedding_types":["float"],"truncate":"END"}"#
    )
  }

  @Test func voyage() throws {
    #expect(
      try body("voyage", "", [.text("hi")], query).body
        == #"{"model":"voyage-3.5","input":["hi"],"output_dimension":4,"encoding_format":"base64","input_type":"query","truncation":false}"#
    )
  }

  @Test func nomic() throws {
    #expect(
      try body("nomic", "", [.text("a")], EmbedOptions(role: .query, dimensions: 64)).body
        == #"{"texts":["a"],"model":"nomic-embed-text-v1.5","task_type":"search_query","dimensionality":64,"long_text_mode":"truncate"}"#
    )
    #expect(throws: EmbedError.self) { try body("nomic", "", [.text("a")], query) }
  }

  @Test func huggingFace() throws {
    #expect(
      try body("huggingface", "model=a/b&api=router", [.text("hi")])
        == (
          "/hf-inference/models/a/b/pipeline/feature-extraction",
          #"{"inputs":["hi"],"truncate":true,"normalize":true}"#
        ))
    #expect(
      try body("huggingface", "model=a/b&api=legacy", [.text("hi")])
        == (
          "/pipeline/feature-extraction/a/b",
          #"{"inputs":["hi"],"options":{"wait_for_model":true}}"#
        ))
    #expect(
      try body("huggingface", "query-prompt-name=query", [.text("hi")], EmbedOptions(role: .query))
        == ("", #"{"inputs":["hi"],"truncate":true,"normalize":true,"prompt_name":"query"}"#))
  }

  @Test func textEmbeddingsInference() throws {
    #expect(
      try body("tei", "", [.text("a"), .text("b")], query)
        == ("/embed", #"{"inputs":["a","b"],"truncate":false,"normalize":true,"dimensions":4}"#))
  }

  @Test func ollama() throws {
    #expect(
      try body("ollama", "model=m", [.text("a"), .text("b")], EmbedOptions(dimensions: 2))
        == ("/api/embed", #"{"model":"m","input":["a","b"],"truncate":true,"dimensions":2}"#))
  }

  @Test func llamaCpp() throws {
    #expect(
      try body("llamacpp", "", [.text("a")]) == (
        "/embedding", #"{"content":"a","embd_normalize":2}"#
      ))
    #expect(
      try body("llamacpp", "", [.text("a"), .text("b")], EmbedOptions(normalization: .none)).body
        == #"{"content":["a","b"],"embd_normalize":-1}"#)
    #expect(
      try body("llamafile", "", [.image([1, 2, 3])]).body
        == #"{"image_data":[{"data":"AQID","id":1}]}"#)
  }

  @Test func openCLIP() throws {
    #expect(
      try body("openclip", "", [.text("a")]) == ("/embeddings", #"{"data":"a","content":"a"}"#))
    #expect(
      try body("openclip", "", [.image([1, 2, 3])])
        == ("/embeddings/image", #"{"image_data":[{"id":1,"data":"AQID"}]}"#))
  }

  @Test func `known models get their prompts`() throws {
    func roles(_ model: String) throws -> Set<EmbedOptions.Role> {
      try RemoteEmbedder(EmbedderURI("ollama:\(model)"), environment: [:]).info.roles
    }
    #expect(try roles("nomic-embed-text:v1.5") == [.query, .document])
    #expect(try roles("someone/mxbai-embed-large") == [.query])
    #expect(try roles("all-minilm") == [])
  }

  @Test func `prompts stand in front of queries and documents`() async throws {
    let services = StandInServices()
    try await StandInServer.run(services.respond) { server in
      let embedder = try RemoteAddress(scheme: "ollama", parameters: "model=m").embedder(
        server, "query-prompt=search_query:%20&document-prompt=search_document:%20")
      #expect(embedder.info.roles == [.query, .document])
      for role in EmbedOptions.Role.allCases {
        _ = try await embedder.embed("a", options: EmbedOptions(role: role))
      }
      let sent = server.requests.compactMap { $0.json?["input"] }
      #expect(
        sent == [
          .array([.string("search_document: a")]), .array([.string("search_query: a")]),
          .array([.string("a")]),
        ])
    }
  }
}
