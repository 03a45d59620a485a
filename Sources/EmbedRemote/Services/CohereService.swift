import EmbedCore
import JSON

/// `POST /v2/embed` of Cohere.
///
/// Source: https://docs.cohere.com/reference/embed, and the requests of its Python client 7.3.1.
struct CohereService: EmbeddingService {
  let model: String
  /// What inputs without a role are; models from v3 on must be told.
  let inputType: String

  func request(
    for inputs: [EmbeddingInput], options: EmbedOptions
  ) throws(EmbedError) -> ServiceRequest {
    var members: [(String, JSONValue?)] = [("model", .string(model))]
    if case .image? = inputs.first {
      let images = inputs.compactMap { input -> String? in
        guard case .image(let bytes) = input else { return nil }
        return "data:\(bytes.imageType);base64,\(bytes.base64)"
      }
      members += [("images", .strings(images)), ("input_type", .string("image"))]
    } else {
      let type =
        switch options.role {
        case .query: "search_query"
        case .document: "search_document"
        case .none: inputType
        }
      members += [("texts", .strings(inputs.compactMap(\.text))), ("input_type", .string(type))]
    }
    members += [
      ("embedding_types", .strings(["float"])),
      ("truncate", .string(options.truncation == .truncate ? "END" : "NONE")),
      ("output_dimension", options.dimensions.map(JSONValue.integer)),
    ]
    return ServiceRequest(path: "/v2/embed", body: .members(members))
  }

  func reply(from value: JSONValue) -> ServiceReply? {
    let embeddings = value["embeddings"]
    return ServiceReply(
      // The first version's reply is the array itself.
      vectors: embeddings?["float"] ?? embeddings?["base64"] ?? embeddings,
      tokenCount: value["meta"]?["billed_units"]?["input_tokens"]?.integerValue)
  }
}

extension ServiceDescription {
  static let cohere = ServiceDescription(
    scheme: "cohere", title: "Cohere", address: "https://api.cohere.com",
    addressVariables: ["CO_API_URL"],
    keyVariables: ["CO_API_KEY", "COHERE_API_KEY"], requiresKey: true, model: "embed-v4.0",
    maximumInputs: 96, takesImages: true, roles: [.query, .document],
    parameters: [("input-type", "what texts without a role are (search_document)")]
  ) { settings in
    CohereService(
      model: settings.model, inputType: settings.uri.parameter("input-type") ?? "search_document")
  }
}
