import EmbedCore
import JSON

/// `POST /api/embed` of Ollama.
///
/// Source: https://github.com/ollama/ollama/blob/main/docs/api.md
struct OllamaService: EmbeddingService {
  let model: String

  func request(
    for inputs: [EmbeddingInput], options: EmbedOptions
  ) throws(EmbedError) -> ServiceRequest {
    ServiceRequest(
      path: "/api/embed",
      body: .members([
        ("model", .string(model)), ("input", .strings(inputs.compactMap(\.text))),
        ("truncate", .bool(options.truncation == .truncate)),
        ("dimensions", options.dimensions.map(JSONValue.integer)),
      ]))
  }

  func reply(from value: JSONValue) -> ServiceReply? {
    ServiceReply(vectors: value["embeddings"], tokenCount: value["prompt_eval_count"]?.integerValue)
  }

  /// The one before it, of servers that do not know this path: their 404 names no model.
  func successor(after failure: ServiceFailure) -> (any EmbeddingService)? {
    guard failure.status == 404, failure.error.got?.contains("model") != true else { return nil }
    return OllamaLegacyService(model: model)
  }
}

/// `POST /api/embeddings` of Ollama before 0.3, one text a request.
struct OllamaLegacyService: EmbeddingService {
  let model: String
  var maximumInputs: Int? { 1 }

  func request(
    for inputs: [EmbeddingInput], options: EmbedOptions
  ) throws(EmbedError) -> ServiceRequest {
    ServiceRequest(
      path: "/api/embeddings",
      body: .members([
        ("model", .string(model)), ("prompt", .string(inputs.first?.text ?? "")),
      ]))
  }

  func reply(from value: JSONValue) -> ServiceReply? {
    value["embedding"].map { ServiceReply(items: [.init(vector: $0)]) }
  }
}

extension ServiceDescription {
  static let ollama = ollama(scheme: "ollama", title: "Ollama")
  /// The name that go-dedupe gives to the same service.
  static let chromemOllama = ollama(
    scheme: "chromemollama", title: "Ollama, by its name in go-dedupe")

  private static func ollama(scheme: String, title: String) -> ServiceDescription {
    ServiceDescription(
      scheme: scheme, title: title, address: "http://127.0.0.1:11434",
      addressVariables: ["OLLAMA_HOST"],
      port: 11434, usesTLS: false, keyVariables: ["OLLAMA_API_KEY"], maximumInputs: 64,
      prompts: prompts
    ) { settings in OllamaService(model: settings.model) }
  }

  /// What the cards of Ollama's most used models ask for: the server puts nothing in front of a text.
  ///
  /// Source: the cards of nomic-ai/nomic-embed-text-v1.5, mixedbread-ai/mxbai-embed-large-v1,
  /// Snowflake/snowflake-arctic-embed-l and Snowflake/snowflake-arctic-embed-l-v2.0 at https://huggingface.co.
  private static func prompts(_ model: String) -> [EmbedOptions.Role: String] {
    let name = model.split(separator: "/").last?.prefix { $0 != ":" } ?? ""
    return switch name {
    case "nomic-embed-text": [.query: "search_query: ", .document: "search_document: "]
    case "mxbai-embed-large", "snowflake-arctic-embed":
      [.query: "Represent this sentence for searching relevant passages: "]
    case "snowflake-arctic-embed2": [.query: "query: "]
    default: [:]
    }
  }
}
