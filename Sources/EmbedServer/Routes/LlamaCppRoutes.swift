import EmbedCore
import HTTPTypes
import Hummingbird
import JSON

/// What clients of llama.cpp's server and of OpenCLIP's ask for, on the paths that they share with others.
///
/// Source: https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md
struct LlamaCppRoutes {
  let service: EmbeddingService
  let openAI: OpenAIRoutes

  /// `POST /embedding`.
  @Sendable func embedding(_ request: Request, _ context: ServerContext) async throws -> Response {
    let body = try await JSONRequest(request, context, service.configuration.limits)
    guard let inputs = try body.inputs("content") ?? body.inputs("input") else {
      throw APIError.badRequest("\"input\" or \"content\" must be provided")
    }
    guard !inputs.values.isEmpty, !inputs.values.contains(.text("")) else {
      throw APIError.badRequest("Input content cannot be empty")
    }
    var options = EmbedOptions(truncation: service.configuration.truncation)
    // -1 for none, 2 for the Euclidean length, which is the default.
    switch try body.integer("embd_normalize") {
    case -1: options.normalization = .none
    case nil, 2: break
    case let norm?:
      throw APIError.badRequest("Unsupported 'embd_normalize': expected -1 or 2, got \(norm).")
    }
    let result = try await service.embed(
      inputs.values, model: body.string("model"), options, context)
    var writer = JSONWriter()
    writer.writeRaw("[")
    for (index, embedding) in result.embeddings.enumerated() {
      if index > 0 { writer.writeRaw(",") }
      writer.writeRaw("{\"index\":\(index),\"embedding\":[")
      writer.write(vector: embedding.vector)
      writer.writeRaw("]}")
    }
    writer.writeRaw("]")
    return Response(jsonBytes: writer.bytes)
  }

  /// `POST /embeddings`, which three kinds of clients use: OpenCLIP's send `data` or `content`, all others `input`.
  @Sendable func embeddings(_ request: Request, _ context: ServerContext) async throws -> Response {
    let body = try await JSONRequest(request, context, service.configuration.limits)
    guard body["input"] == nil, let text = try body.string("data") ?? body.string("content") else {
      return try await openAI.embeddings(body, context)
    }
    let options = EmbedOptions(truncation: service.configuration.truncation)
    let result = try await service.embed(
      [.text(text)], model: body.string("model"), options, context)
    var writer = JSONWriter()
    writer.writeRaw("{\"embedding\":")
    writer.write(vector: result.embeddings.first?.vector ?? [])
    writer.writeRaw("}")
    return Response(jsonBytes: writer.bytes)
  }
}
