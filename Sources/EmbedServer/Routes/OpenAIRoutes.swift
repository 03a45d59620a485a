import EmbedCore
import Foundation
import HTTPTypes
import Hummingbird
import JSON

/// What clients of OpenAI ask for.
///
/// Source: https://github.com/openai/openai-openapi, `CreateEmbeddingRequest` and `ListModelsResponse`.
struct OpenAIRoutes {
  let service: EmbeddingService

  private enum Encoding: String, CaseIterable {
    case float
    case base64
  }

  /// `POST /v1/embeddings`.
  @Sendable func embeddings(_ request: Request, _ context: ServerContext) async throws -> Response {
    let body = try await JSONRequest(request, context, service.configuration.limits)
    return try await embeddings(body, context)
  }

  /// The answer to a request that was read already.
  func embeddings(_ body: JSONRequest, _ context: ServerContext) async throws -> Response {
    guard let model = try body.string("model") else {
      throw APIError.badRequest(
        "You must provide a model parameter.", parameter: "model",
        code: "missing_required_parameter")
    }
    let inputs = try Self.inputs(body)
    let encoding = try Self.encoding(body)
    let options = try RequestOptions(body, service.configuration)
    let result = try await service.embed(inputs, model: model, options.values, context)
    return Response(jsonBytes: Self.json(result, model, encoding))
  }

  private static func inputs(_ body: JSONRequest) throws(APIError) -> [EmbeddingInput] {
    guard let inputs = try body.inputs("input")?.values else {
      throw .badRequest(
        "Missing required parameter: 'input'.", parameter: "input",
        code: "missing_required_parameter")
    }
    guard !inputs.isEmpty, !inputs.contains(.text("")) else {
      throw .badRequest(
        "Invalid 'input': expected at least one text, none of them empty.", parameter: "input",
        code: APIError.emptyInput)
    }
    return inputs
  }

  private static func encoding(_ body: JSONRequest) throws(APIError) -> Encoding {
    guard let name = try body.string("encoding_format") else { return .float }
    guard let encoding = Encoding(rawValue: name) else {
      throw .badRequest(
        "Invalid value for 'encoding_format' = \(name.printable). "
          + "Supported values: ['float', 'base64'].", parameter: "encoding_format")
    }
    return encoding
  }

  private static func json(
    _ result: EmbeddingService.Outcome, _ model: String, _ encoding: Encoding
  ) -> [UInt8] {
    var writer = JSONWriter()
    writer.writeRaw("{\"object\":\"list\",\"data\":[")
    for (index, embedding) in result.embeddings.enumerated() {
      if index > 0 { writer.writeRaw(",") }
      writer.writeRaw("{\"object\":\"embedding\",\"index\":\(index),\"embedding\":")
      switch encoding {
      case .float: writer.write(vector: embedding.vector)
      case .base64: writer.write(embedding.base64)
      }
      writer.writeRaw("}")
    }
    writer.writeRaw("],\"model\":")
    writer.write(model)
    let tokens = result.tokens
    writer.writeRaw(",\"usage\":{\"prompt_tokens\":\(tokens),\"total_tokens\":\(tokens)}}")
    return writer.bytes
  }

  /// `GET /v1/models`.
  @Sendable func models(_ request: Request, _ context: ServerContext) async throws -> Response {
    let loaded = await service.catalog.loaded
    let entries = service.catalog.ids.map { Self.entry($0, id: $0, loaded[$0]) }
    let aliases = service.catalog.aliases.map { Self.entry($0.name, id: $0.id, loaded[$0.id]) }
    return Response(
      json: .object([("object", .string("list")), ("data", .array(entries + aliases))]))
  }

  /// `GET /v1/models/{id}`: names may have slashes.
  @Sendable func model(_ request: Request, _ context: ServerContext) async throws -> Response {
    let name = context.parameters.getCatchAll().joined(separator: "/")
    guard let id = service.catalog.id(named: name.removingPercentEncoding ?? name) else {
      throw APIError.unknownModel(name, served: service.catalog.ids)
    }
    return Response(json: Self.entry(name, id: id, try await service.model(id, context)))
  }

  /// What is told of a model: of one that is not loaded, no more than its name.
  private static func entry(
    _ name: String, id: String, _ model: ModelCatalog.Model?
  ) -> JSONValue {
    var members: [(key: String, value: JSONValue)] = [
      ("id", .string(name)), ("object", .string("model")), ("created", .number("0")),
      ("owned_by", .string("local")),
    ]
    if name != id { members.append(("root", .string(id))) }
    if let model { members += model.description }
    return .object(members)
  }
}

extension ModelCatalog.Model {
  /// What a client needs to tell whether vectors can be compared.
  var description: [(key: String, value: JSONValue)] {
    [
      ("task", .string(task)),
      ("dimensions", dimensions.map { .number("\($0)") } ?? .null),
      ("max_tokens", maximumTokens.map { .number("\($0)") } ?? .null),
      ("precision", loaded.precision.map(JSONValue.string) ?? .null),
      (
        "fingerprint",
        .object(fingerprint.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) })
      ),
    ]
  }
}

extension JSONWriter {
  /// Appends a vector as an array of numbers.
  mutating func write(vector: [Float]) {
    writeRaw("[")
    for (index, component) in vector.enumerated() {
      if index > 0 { writeRaw(",") }
      write(component)
    }
    writeRaw("]")
  }
}
