import EmbedCore
import JSON

/// `POST /v1/embedding/text` of Nomic Atlas.
///
/// Source: https://docs.nomic.ai/reference/api/embed-text-v-1-embedding-text-post
struct NomicService: EmbeddingService {
  let model: String
  let taskType: String

  func request(
    for inputs: [EmbeddingInput], options: EmbedOptions
  ) throws(EmbedError) -> ServiceRequest {
    guard options.truncation == .truncate else {
      throw EmbedError(
        .invalidOption, "nomic always cuts long texts", expected: "truncation",
        got: "an error asked for")
    }
    let type =
      switch options.role {
      case .query: "search_query"
      case .document: "search_document"
      case .none: taskType
      }
    return ServiceRequest(
      path: "/v1/embedding/text",
      body: .members([
        ("texts", .strings(inputs.compactMap(\.text))), ("model", .string(model)),
        ("task_type", .string(type)), ("dimensionality", options.dimensions.map(JSONValue.integer)),
        ("long_text_mode", .string("truncate")),
      ]))
  }

  func reply(from value: JSONValue) -> ServiceReply? {
    ServiceReply(
      vectors: value["embeddings"], tokenCount: value["usage"]?["prompt_tokens"]?.integerValue)
  }
}

extension ServiceDescription {
  static let nomic = ServiceDescription(
    scheme: "nomic", title: "Nomic Atlas", address: "https://api-atlas.nomic.ai",
    keyVariables: ["NOMIC_API_KEY", "ATLAS_API_KEY"], requiresKey: true,
    model: "nomic-embed-text-v1.5",
    maximumInputs: 50, roles: [.query, .document],
    parameters: [("task-type", "what texts without a role are (search_document)")]
  ) { settings in
    NomicService(
      model: settings.model, taskType: settings.uri.parameter("task-type") ?? "search_document")
  }
}
