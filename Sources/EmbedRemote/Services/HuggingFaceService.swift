import EmbedCore
import Foundation
import JSON

/// Hugging Face's inference: the router, the path of old, an endpoint of one's own, or Text Embeddings Inference.
///
/// Source: https://huggingface.co/docs/inference-providers/tasks/feature-extraction,
/// https://huggingface.github.io/text-embeddings-inference
struct HuggingFaceService: EmbeddingService {
  let path: String
  /// Whether the request is that of the first service, whose options stand apart.
  var isLegacy = false
  /// Whether `dimensions` is understood.
  var takesDimensions = false
  /// The names of the model's prompts for the roles.
  var promptNames: [EmbedOptions.Role: String] = [:]

  func request(
    for inputs: [EmbeddingInput], options: EmbedOptions
  ) throws(EmbedError) -> ServiceRequest {
    let values = inputs.map { input -> JSONValue in
      switch input {
      case .tokens(let ids): .array(ids.map { .number("\($0)") })
      default: .string(input.text ?? "")
      }
    }
    if isLegacy {
      let body = JSONValue.members([
        ("inputs", .array(values)), ("options", .members([("wait_for_model", .bool(true))])),
      ])
      return ServiceRequest(path: path, body: body)
    }
    return ServiceRequest(
      path: path,
      body: .members([
        ("inputs", .array(values)), ("truncate", .bool(options.truncation == .truncate)),
        (
          "normalize",
          options.normalization == .asModel ? nil : .bool(options.normalization == .unit)
        ),
        ("prompt_name", promptNames[options.role].map(JSONValue.string)),
        ("dimensions", takesDimensions ? options.dimensions.map(JSONValue.integer) : nil),
      ]))
  }

  /// `[[0.1, …], …]`, or of a single text of old `[0.1, …]`; rows for each token are no vector.
  func reply(from value: JSONValue) -> ServiceReply? {
    guard case .array(let elements) = value else { return nil }
    if case .number? = elements.first { return ServiceReply(vectors: .array([value])) }
    return ServiceReply(vectors: value)
  }
}

extension ServiceDescription {
  private static let promptParameters = [
    ("query-prompt-name", "the name of the model's prompt for queries"),
    ("document-prompt-name", "the name of the model's prompt for documents"),
  ]

  private static func promptNames(_ uri: EmbedderURI) -> [EmbedOptions.Role: String] {
    var names: [EmbedOptions.Role: String] = [:]
    names[.query] = uri.parameter("query-prompt-name")
    names[.document] = uri.parameter("document-prompt-name")
    return names
  }

  static let huggingFace = ServiceDescription(
    scheme: "huggingface", title: "Hugging Face Inference",
    address: "https://router.huggingface.co",
    keyVariables: ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"],
    keyHosts: [".huggingface.co", ".endpoints.huggingface.cloud"], namesModel: false,
    maximumInputs: 32,
    parameters: [
      ("api", "router (the default without a host), legacy, or endpoint (the default of a host)")
    ] + promptParameters
  ) { settings throws(EmbedError) in
    let uri = settings.uri
    let isOwnHost = uri.host == nil && uri.parameter("url") == nil
    let api = try uri.choiceParameter("api") ?? (isOwnHost ? HuggingFaceAPI.router : .endpoint)
    guard api == .endpoint || !settings.model.isEmpty else {
      throw EmbedError(
        .invalidURI, "huggingface has no model", expected: "huggingface:MODEL or model=MODEL",
        got: "none")
    }
    let model = settings.model.percentEncodedForPath
    let path =
      switch api {
      case .router: "/hf-inference/models/\(model)/pipeline/feature-extraction"
      case .legacy: "/pipeline/feature-extraction/\(model)"
      case .endpoint: ""
      }
    return HuggingFaceService(
      path: path, isLegacy: api == .legacy, promptNames: promptNames(uri))
  }

  static let textEmbeddingsInference = ServiceDescription(
    scheme: "tei", title: "Text Embeddings Inference", address: nil, port: 3000, usesTLS: false,
    namesModel: false, maximumInputs: 32, maximumBytes: 1_500_000, takesTokens: true,
    parameters: promptParameters
  ) { settings in
    HuggingFaceService(
      path: "/embed", takesDimensions: true, promptNames: promptNames(settings.uri))
  }
}

/// Which of Hugging Face's services is meant.
private enum HuggingFaceAPI: String, CaseIterable {
  case router, legacy, endpoint
}
