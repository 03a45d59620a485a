import EmbedCore
import JSON

/// The small server of OpenCLIP that go-dedupe documents: texts and images in one space.
///
/// Source: https://github.com/whosonfirst/go-dedupe, `embeddings`.
struct OpenCLIPService: EmbeddingService {
  var maximumInputs: Int? { 1 }

  func request(
    for inputs: [EmbeddingInput], options: EmbedOptions
  ) throws(EmbedError) -> ServiceRequest {
    if case .image(let bytes)? = inputs.first {
      let image = JSONValue.members([("id", .integer(1)), ("data", .string(bytes.base64))])
      return ServiceRequest(
        path: "/embeddings/image", body: .members([("image_data", .array([image]))]))
    }
    let text = JSONValue.string(inputs.first?.text ?? "")
    // The server reads one, its Go client sends the other.
    return ServiceRequest(path: "/embeddings", body: .members([("data", text), ("content", text)]))
  }

  func reply(from value: JSONValue) -> ServiceReply? {
    value["embedding"].map { ServiceReply(items: [.init(vector: $0)]) }
  }
}

extension ServiceDescription {
  static let openCLIP = ServiceDescription(
    scheme: "openclip", title: "OpenCLIP's server of go-dedupe", address: "http://127.0.0.1:5000",
    port: 5000,
    usesTLS: false, namesModel: false, maximumInputs: 1, takesImages: true
  ) { _ in OpenCLIPService() }
}
