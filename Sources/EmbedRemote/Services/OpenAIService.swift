import EmbedCore
import JSON

/// `POST /embeddings` as OpenAI defines it, and the many that speak it.
///
/// Source: https://platform.openai.com/docs/api-reference/embeddings
struct OpenAIService: EmbeddingService {
  let model: String
  /// The name of the member that asks for fewer dimensions; nil when the service takes none.
  var dimensions: String? = "dimensions"
  /// Whether vectors are asked for in base64, a third of the bytes.
  var usesBase64 = true
  /// The name of the member that holds the role, and what it is called there.
  var role: (name: String, values: [EmbedOptions.Role: String])?
  /// The name of the member that says whether long texts are cut; nil when the service decides.
  var truncation: String?
  /// Members that every request has.
  var extra: [(String, JSONValue?)] = []
  var path = "/embeddings"
  /// How an image is written; nil when none is taken.
  var image: (@Sendable ([UInt8]) -> JSONValue)?

  func request(
    for inputs: [EmbeddingInput], options: EmbedOptions
  ) throws(EmbedError) -> ServiceRequest {
    let input = inputs.map { input -> JSONValue in
      switch input {
      case .text(let text): return .string(text)
      case .tokens(let ids): return .array(ids.map { .number("\($0)") })
      case .image(let bytes): return image?(bytes) ?? .null
      }
    }
    // In the order of OpenAI's own client.
    var members: [(String, JSONValue?)] = []
    if !model.isEmpty { members.append(("model", .string(model))) }
    members.append(("input", .array(input)))
    if let dimensions { members.append((dimensions, options.dimensions.map(JSONValue.integer))) }
    if usesBase64 { members.append(("encoding_format", .string("base64"))) }
    if let role { members.append((role.name, role.values[options.role].map(JSONValue.string))) }
    if let truncation { members.append((truncation, .bool(options.truncation == .truncate))) }
    return ServiceRequest(path: path, body: .members(members + extra))
  }

  func reply(from value: JSONValue) -> ServiceReply? { ServiceReply(openAI: value) }
}

extension ServiceReply {
  /// `{"data":[{"index":0,"embedding":…}],"usage":{"prompt_tokens":8}}`.
  init?(openAI value: JSONValue) {
    guard case .array(let data)? = value["data"] else { return nil }
    items = []
    for element in data {
      guard let vector = element["embedding"] else { return nil }
      items.append(Item(index: element["index"]?.integerValue, vector: vector))
    }
    let usage = value["usage"]
    tokenCount = usage?["prompt_tokens"]?.integerValue ?? usage?["total_tokens"]?.integerValue
  }
}

extension ServiceDescription {
  static let openAI = ServiceDescription(
    scheme: "openai", title: "OpenAI, and servers that speak its protocol",
    address: "https://api.openai.com/v1",
    addressVariables: ["OPENAI_BASE_URL"], path: "/v1", keyVariables: ["OPENAI_API_KEY"],
    requiresKey: true,
    // 2,048 inputs are taken; a reply of 256 is done before anybody wonders.
    maximumInputs: 256, maximumBytes: 300_000, takesTokens: true
  ) { settings in OpenAIService(model: settings.model) }

  static let localAI = ServiceDescription(
    scheme: "localai", title: "LocalAI", address: "http://localhost:8080/v1",
    addressVariables: ["LOCALAI_BASE_URL"], path: "/v1", port: 8080, usesTLS: false,
    keyVariables: ["LOCALAI_API_KEY"], maximumInputs: 64, takesTokens: true
  ) { settings in OpenAIService(model: settings.model) }

  static let azureOpenAI = ServiceDescription(
    scheme: "azure-openai", title: "OpenAI on Azure", address: nil,
    addressVariables: ["AZURE_OPENAI_ENDPOINT"], keyVariables: ["AZURE_OPENAI_API_KEY"],
    keyField: .field("api-key"), requiresKey: true, keyHosts: [".openai.azure.com"],
    maximumInputs: 256, maximumBytes: 300_000, takesTokens: true,
    parameters: [("api-version", "the version of the protocol (2024-02-01)")]
  ) { settings in
    // The model is the deployment's name; it stands in the path.
    let version = settings.uri.parameter("api-version") ?? "2024-02-01"
    let path = "/openai/deployments/\(settings.model.percentEncodedForPath)/embeddings"
    return OpenAIService(
      model: "", path: "\(path)?api-version=\(version.percentEncodedForPath)")
  }

  static let mistral = ServiceDescription(
    scheme: "mistral", title: "Mistral", address: "https://api.mistral.ai/v1", path: "/v1",
    keyVariables: ["MISTRAL_API_KEY"], requiresKey: true, model: "mistral-embed", maximumInputs: 64,
    // 16,384 tokens a request, of four bytes at the least in most texts.
    maximumBytes: 48_000
  ) { settings in
    OpenAIService(model: settings.model, dimensions: "output_dimension", usesBase64: false)
  }

  static let jina = ServiceDescription(
    scheme: "jina", title: "Jina AI", address: "https://api.jina.ai/v1", path: "/v1",
    keyVariables: ["JINA_API_KEY"], requiresKey: true, model: "jina-embeddings-v3",
    maximumInputs: 128,
    takesImages: true, roles: [.query, .document],
    parameters: [
      ("task", "the task, instead of that of the role: text-matching, classification, …")
    ]
  ) { settings in
    let task = settings.uri.parameter("task")
    let values: [EmbedOptions.Role: String] =
      if let task { [.none: task, .query: task, .document: task] } else {
        [.query: "retrieval.query", .document: "retrieval.passage"]
      }
    return OpenAIService(
      model: settings.model, usesBase64: false, role: ("task", values), truncation: "truncate",
      extra: [("embedding_type", .string("base64"))],
      image: { .members([("image", .string($0.base64))]) })
  }

  static let voyage = ServiceDescription(
    scheme: "voyage", title: "Voyage AI", address: "https://api.voyageai.com/v1", path: "/v1",
    keyVariables: ["VOYAGE_API_KEY"], requiresKey: true, model: "voyage-3.5", maximumInputs: 128,
    maximumBytes: 120_000, roles: [.query, .document]
  ) { settings in
    OpenAIService(
      model: settings.model, dimensions: "output_dimension",
      role: ("input_type", [.query: "query", .document: "document"]), truncation: "truncation")
  }
}
