import EmbedCore
import Foundation
import HTTPTypes
import Hummingbird
import JSON

/// What clients of Ollama ask for.
///
/// Source: https://github.com/ollama/ollama/blob/main/docs/api.md
struct OllamaRoutes {
  let service: EmbeddingService

  /// `POST /api/embed`.
  @Sendable func embed(_ request: Request, _ context: ServerContext) async throws -> Response {
    let start = ContinuousClock().now
    let body = try await JSONRequest(request, context, service.configuration.limits)
    let name = try Self.model(body)
    let texts = try Self.texts(body, "input")
    let model = try await Self.named(name) { try await service.model(name, context) }
    let loaded = ContinuousClock().now
    var options = EmbedOptions(truncation: service.configuration.truncation)
    if let truncates = try body.bool("truncate") {
      options.truncation = truncates ? .truncate : .error
    }
    if let dimensions = try body.integer("dimensions") {
      // More than there are, or fewer than one, change nothing.
      let available = model.dimensions ?? .max
      options.dimensions = (1..<available).contains(dimensions) ? dimensions : nil
    }
    let result = try await Self.withTheirWords {
      try await service.embed(texts, model: name, options, context)
    }
    var writer = JSONWriter()
    writer.writeRaw("{\"model\":")
    writer.write(name)
    writer.writeRaw(",\"embeddings\":[")
    for (index, embedding) in result.embeddings.enumerated() {
      if index > 0 { writer.writeRaw(",") }
      writer.write(vector: embedding.vector)
    }
    let total = Self.nanoseconds(ContinuousClock().now - start)
    writer.writeRaw("],\"total_duration\":\(total)")
    writer.writeRaw(",\"load_duration\":\(Self.nanoseconds(loaded - start))")
    writer.writeRaw(",\"prompt_eval_count\":\(result.tokens)}")
    return Response(jsonBytes: writer.bytes)
  }

  /// `POST /api/embeddings`, of older clients: one text, and the vector as the model makes it.
  @Sendable func embeddings(_ request: Request, _ context: ServerContext) async throws -> Response {
    let body = try await JSONRequest(request, context, service.configuration.limits)
    let name = try Self.model(body)
    let prompt = try body.string("prompt") ?? ""
    let inputs: [EmbeddingInput] = prompt.isEmpty ? [] : [.text(prompt)]
    let options = EmbedOptions(normalization: .asModel)
    let result = try await Self.named(name) {
      try await service.embed(inputs, model: name, options, context)
    }
    var writer = JSONWriter()
    writer.writeRaw("{\"embedding\":")
    writer.write(vector: result.embeddings.first?.vector ?? [])
    writer.writeRaw("}")
    return Response(jsonBytes: writer.bytes)
  }

  /// `GET /api/tags`.
  @Sendable func tags(_ request: Request, _ context: ServerContext) async throws -> Response {
    let loaded = await service.catalog.loaded
    let names =
      service.catalog.ids.map { ($0, $0) } + service.catalog.aliases.map { ($0.name, $0.id) }
    let models = names.map { name, id in
      JSONValue.object([
        ("name", .string("\(name):latest")), ("model", .string("\(name):latest")),
        ("modified_at", .string("1970-01-01T00:00:00Z")),
        ("size", .number("\(loaded[id]?.loaded.memory ?? 0)")),
        ("digest", .string(loaded[id]?.fingerprint["weights"] ?? "")),
        (
          "details",
          .object([
            ("family", .string("bert")), ("format", .string("safetensors")),
            ("quantization_level", .string(loaded[id]?.loaded.precision ?? "")),
          ])
        ),
      ])
    }
    return Response(json: .object([("models", .array(models))]))
  }

  /// `GET /api/version`.
  @Sendable func version(_ request: Request, _ context: ServerContext) async throws -> Response {
    Response(json: .object([("version", .string(service.configuration.version))]))
  }

  private static func model(_ body: JSONRequest) throws(APIError) -> String {
    guard let name = try body.string("model"), !name.isEmpty else {
      throw .badRequest("model is required")
    }
    return name
  }

  /// The texts of a member; none for the empty text, as Ollama has it.
  private static func texts(_ body: JSONRequest, _ key: String) throws(APIError) -> [EmbeddingInput]
  {
    switch body[key] {
    case nil: return []
    case .string(let text)?: return text.isEmpty ? [] : [.text(text)]
    case .array(let elements)?:
      var texts: [EmbeddingInput] = []
      texts.reserveCapacity(elements.count)
      for element in elements {
        guard case .string(let text) = element else { throw .badRequest("invalid input type") }
        texts.append(.text(text))
      }
      return texts
    default: throw .badRequest("invalid input type")
    }
  }

  /// Says in Ollama's words that there is no such model: clients look for them.
  private static func named<Value: Sendable>(
    _ name: String, _ body: () async throws -> Value
  ) async throws -> Value {
    do {
      return try await withTheirWords(body)
    } catch var error as APIError where error.code == "model_not_found" {
      error.message = "model \(name.quotedForMessage) not found, try pulling it first"
      throw error
    }
  }

  /// Says in Ollama's words that a text is too long.
  private static func withTheirWords<Value: Sendable>(
    _ body: () async throws -> Value
  ) async throws -> Value {
    do {
      return try await body()
    } catch let error as EmbedError where error.code == .inputTooLong {
      throw APIError.badRequest("the input length exceeds the context length")
    }
  }

  private static func nanoseconds(_ duration: Duration) -> Int64 {
    let (seconds, attoseconds) = duration.components
    return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
  }
}
