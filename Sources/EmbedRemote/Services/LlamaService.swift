import EmbedCore
import Foundation
import JSON

/// `POST /embedding` of llama.cpp's server and of llamafile.
///
/// Source: https://github.com/ggml-org/llama.cpp/tree/master/tools/server
struct LlamaService: EmbeddingService {
  func request(
    for inputs: [EmbeddingInput], options: EmbedOptions
  ) throws(EmbedError) -> ServiceRequest {
    if case .image(let bytes)? = inputs.first, inputs.count == 1 {
      let image = JSONValue.members([("data", .string(bytes.base64)), ("id", .integer(1))])
      return ServiceRequest(path: "/embedding", body: .members([("image_data", .array([image]))]))
    }
    let contents = inputs.map { input -> JSONValue in
      switch input {
      case .tokens(let ids): .array(ids.map { .number("\($0)") })
      default: .string(input.text ?? "")
      }
    }
    // Servers of old take one text; to the others it is the same.
    let content = contents.count == 1 ? contents[0] : .array(contents)
    return ServiceRequest(
      path: "/embedding",
      body: .members([
        ("content", content),
        ("embd_normalize", options.normalization == .none ? .number("-1") : .integer(2)),
      ]))
  }

  /// `{"embedding":[…]}`, `{"embedding":[[…]]}`, `[{"embedding":[…]}]`, `[{"embedding":[[…]]}]` or
  /// `{"data":[{"embedding":[…]}]}`, by version.
  func reply(from value: JSONValue) -> ServiceReply? {
    if let reply = ServiceReply(openAI: value) { return reply }
    let elements: [JSONValue]
    switch value {
    case .array(let array): elements = array
    case .object: elements = [value]
    default: return nil
    }
    var reply = ServiceReply(items: [])
    for element in elements {
      guard var vector = element["embedding"] else { return nil }
      // More rows than one are those of the tokens: the model was started without pooling.
      if case .array(let rows) = vector, case .array? = rows.first, rows.count == 1 {
        vector = rows[0]
      }
      let used = element["tokens_used"]?.integerValue
      let provided = element["tokens_provided"]?.integerValue
      reply.items.append(
        .init(
          index: element["index"]?.integerValue, vector: vector, tokenCount: used,
          isTruncated: (used ?? 0) < (provided ?? 0)))
    }
    return reply
  }
}

extension ServiceDescription {
  static let llamaCpp = ServiceDescription(
    scheme: "llamacpp", title: "llama.cpp's server", address: "http://127.0.0.1:8080", port: 8080,
    usesTLS: false, keyVariables: ["LLAMA_API_KEY"], namesModel: false, maximumInputs: 32,
    takesTokens: true
  ) { _ in LlamaService() }

  static let llamafile = ServiceDescription(
    scheme: "llamafile", title: "llamafile", address: "http://localhost:8080", port: 8080,
    usesTLS: false,
    // Its server takes one text, or one image, a request.
    namesModel: false, maximumInputs: 1, takesImages: true
  ) { _ in LlamaService() }
}
