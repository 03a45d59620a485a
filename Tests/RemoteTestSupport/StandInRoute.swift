import EmbedCore
import Foundation
import JSON
import NIOHTTP1

/// A service's request and reply, by its path.
enum StandInRoute {
  /// OpenAI, LocalAI, Mistral, Jina, Voyage.
  case openAI
  case azure, cohere, cohereOne, nomic, huggingFace, huggingFaceLegacy, textEmbeddingsInference
  case ollama, ollamaLegacy, openCLIP, openCLIPImage
  /// llama.cpp's, in one of its five shapes.
  case llama(Int)

  init?(_ request: StandInRequest) {
    let path = request.path
    switch path {
    case "/v1/embeddings": self = .openAI
    case "/v2/embed": self = .cohere
    case "/v1/embed": self = .cohereOne
    case "/v1/embedding/text": self = .nomic
    case "/", "": self = .huggingFace
    case "/embed": self = .textEmbeddingsInference
    case "/api/embed": self = .ollama
    case "/api/embeddings", "/old/api/embeddings": self = .ollamaLegacy
    case "/embedding": self = .llama(0)
    case "/embeddings": self = .openCLIP
    case "/embeddings/image": self = .openCLIPImage
    default:
      if path.hasPrefix("/openai/deployments/"), path.hasSuffix("/embeddings"),
        request.uri.contains("?api-version=")
      {
        self = .azure
      } else if path.hasPrefix("/hf-inference/models/"),
        path.hasSuffix("/pipeline/feature-extraction")
      {
        self = .huggingFace
      } else if path.hasPrefix("/pipeline/feature-extraction/") {
        self = .huggingFaceLegacy
      } else if path.hasPrefix("/shape"), path.hasSuffix("/embedding"),
        let shape = path.dropFirst(6).first?.wholeNumberValue
      {
        self = .llama(shape)
      } else {
        return nil
      }
    }
  }

  var needsKey: Bool {
    switch self {
    case .openAI, .azure, .cohere, .cohereOne, .nomic: true
    default: false
    }
  }

  /// Whether vectors of unit length come.
  var isNormalized: Bool {
    switch self {
    case .ollamaLegacy, .openCLIP, .openCLIPImage, .huggingFaceLegacy: false
    default: true
    }
  }

  private var isLlama: Bool { if case .llama = self { true } else { false } }

  // MARK: - Requests

  /// What the service holds against a request; nil when nothing.
  func problem(_ json: JSONValue) -> String? {
    let inputs = inputs(json)
    switch self {
    case .openAI, .azure:
      if case .openAI = self, json["model"]?.stringValue == nil {
        return "you must provide a model parameter"
      }
      if inputs.isEmpty || inputs.contains(.text("")) { return "'$.input' is invalid" }
      return inputs.count > 2048 ? "'$.input' is too long" : nil
    case .cohere:
      if json["input_type"] == nil {
        return "valid input_type must be provided with the provided model"
      }
      return inputs.count > 96 ? "too many texts" : nil
    case .nomic: return inputs.count > 50 ? "too many texts" : nil
    case .textEmbeddingsInference:
      return inputs.count > 32
        ? "batch size \(inputs.count) > maximum allowed batch size 32" : nil
    case .ollama, .ollamaLegacy:
      return json["model"]?.stringValue == nil ? "model is required" : nil
    case .llama:
      if inputs.isEmpty { return #""input" or "content" must be provided"# }
      return inputs.contains(.text("")) ? "Input content cannot be empty" : nil
    default: return inputs.isEmpty ? "nothing to embed" : nil
    }
  }

  func dimensions(_ json: JSONValue) -> Int? {
    for name in ["dimensions", "output_dimension", "dimensionality"] {
      if case .number(let text)? = json[name] { return Int(text) }
    }
    return nil
  }

  func inputs(_ json: JSONValue) -> [EmbeddingInput] {
    switch self {
    case .openAI, .azure: Self.inputs(json["input"])
    case .cohere, .cohereOne, .nomic: Self.inputs(json["texts"] ?? json["images"])
    case .huggingFace, .huggingFaceLegacy, .textEmbeddingsInference: Self.inputs(json["inputs"])
    case .ollama: Self.inputs(json["input"])
    case .ollamaLegacy: Self.inputs(json["prompt"])
    case .llama: Self.inputs(json["content"] ?? json["input"] ?? json["image_data"])
    case .openCLIP: Self.inputs(json["data"])
    case .openCLIPImage: Self.inputs(json["image_data"])
    }
  }

  private static func inputs(_ value: JSONValue?) -> [EmbeddingInput] {
    switch value {
    case .string(let text)?:
      if text.hasPrefix("data:image/"), let comma = text.firstIndex(of: ",") {
        return image(String(text[text.index(after: comma)...]))
      }
      return [.text(text)]
    case .object?: return image(value?["data"]?.stringValue ?? value?["image"]?.stringValue ?? "")
    case .array(let elements)?:
      let ids = elements.compactMap { element -> Int32? in
        if case .number(let text) = element { Int32(text) } else { nil }
      }
      return !ids.isEmpty && ids.count == elements.count
        ? [.tokens(ids)] : elements.flatMap { inputs($0) }
    default: return []
    }
  }

  private static func image(_ base64: String) -> [EmbeddingInput] {
    Data(base64Encoded: base64).map { [.image([UInt8]($0))] } ?? []
  }

  // MARK: - Replies

  func reply(
    _ json: JSONValue, vectors: [[JSONValue]], order: [Int], repeatsIndex: Bool, forcesFloats: Bool
  ) -> JSONValue {
    let asked = json["encoding_format"] ?? json["embedding_type"]
    let usesBase64 = !forcesFloats && asked?.stringValue == "base64"
    let values = order.map { usesBase64 ? Self.base64(vectors[$0]) : .array(vectors[$0]) }
    let tokens = JSONValue.number("\(4 * vectors.count)")
    switch self {
    case .openAI, .azure:
      return Self.openAI(values, order: order, repeatsIndex: repeatsIndex, tokens: tokens)
    case .cohere:
      return .object([
        (key: "embeddings", value: .object([(key: "float", value: .array(values))])),
        (
          key: "meta",
          value: .object([
            (key: "billed_units", value: .object([(key: "input_tokens", value: tokens)]))
          ])
        ),
      ])
    case .cohereOne, .nomic:
      return .object([
        (key: "embeddings", value: .array(values)),
        (key: "usage", value: .object([(key: "prompt_tokens", value: tokens)])),
      ])
    case .huggingFace, .huggingFaceLegacy, .textEmbeddingsInference: return .array(values)
    case .ollama:
      return .object([
        (key: "embeddings", value: .array(values)), (key: "prompt_eval_count", value: tokens),
      ])
    case .ollamaLegacy, .openCLIP, .openCLIPImage:
      return .object([(key: "embedding", value: values.first ?? .array([]))])
    case .llama(let shape):
      return Self.llama(shape, values, order: order, repeatsIndex: repeatsIndex, tokens: tokens)
    }
  }

  private static func openAI(
    _ values: [JSONValue], order: [Int], repeatsIndex: Bool, tokens: JSONValue
  ) -> JSONValue {
    let data = zip(values, order).map { value, index -> JSONValue in
      .object([
        (key: "object", value: .string("embedding")),
        (key: "index", value: .number("\(repeatsIndex ? 0 : index)")),
        (key: "embedding", value: value),
      ])
    }
    return .object([
      (key: "object", value: .string("list")), (key: "data", value: .array(data)),
      (
        key: "usage",
        value: .object([
          (key: "prompt_tokens", value: tokens), (key: "total_tokens", value: tokens),
        ])
      ),
    ])
  }

  /// The five shapes: new server; `{"embedding":[…]}`; `{"embedding":[[…]]}`; a list of flat ones; OpenAI's.
  private static func llama(
    _ shape: Int, _ values: [JSONValue], order: [Int], repeatsIndex: Bool, tokens: JSONValue
  ) -> JSONValue {
    switch shape {
    case 1: .object([(key: "embedding", value: values.first ?? .array([]))])
    case 2: .object([(key: "embedding", value: .array(values))])
    case 4: openAI(values, order: order, repeatsIndex: repeatsIndex, tokens: tokens)
    default:
      .array(
        zip(values, order).map { value, index in
          .object([
            (key: "index", value: .number("\(repeatsIndex ? 0 : index)")),
            (key: "embedding", value: shape == 3 ? value : .array([value])),
          ])
        })
    }
  }

  private static func base64(_ vector: [JSONValue]) -> JSONValue {
    let components = vector.map { value -> Float in
      if case .number(let text) = value { Float(text) ?? .nan } else { .nan }
    }
    return .string(Embedding(components).base64)
  }

  /// A refusal in the service's own words.
  func failure(_ status: Int, _ message: String) -> StandInResponse {
    let text = JSONValue.string(message)
    let body: JSONValue =
      switch self {
      case .openAI, .azure, .llama:
        .object([
          (
            key: "error",
            value: .object([(key: "message", value: text), (key: "code", value: .null)])
          )
        ])
      case .cohere, .cohereOne: .object([(key: "message", value: text)])
      case .nomic: .object([(key: "detail", value: .array([.object([(key: "msg", value: text)])]))])
      case .huggingFace, .huggingFaceLegacy: .object([(key: "error", value: .array([text]))])
      case .textEmbeddingsInference, .ollama, .ollamaLegacy: .object([(key: "error", value: text)])
      case .openCLIP, .openCLIPImage: .string(message)
      }
    if case .string = body {
      let page = "<!doctype html><html><title>\(status) Bad Request</title><p>\(message)</p></html>"
      return StandInResponse(status, headers: ["content-type": "text/html"], body: Array(page.utf8))
    }
    return StandInResponse(status, json: body)
  }
}
