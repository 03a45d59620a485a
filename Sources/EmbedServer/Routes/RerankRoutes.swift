import EmbedCore
import HTTPTypes
import Hummingbird
import JSON

/// What clients of re-rankers ask for: documents scored for a query.
///
/// Source: https://huggingface.github.io/text-embeddings-inference/ for `/rerank`; https://api.jina.ai/redoc and
/// https://docs.cohere.com/reference/rerank for the other paths, which are as good as the same.
struct RerankRoutes {
  let service: EmbeddingService

  /// `POST /rerank`, as text-embeddings-inference has it; with `documents` instead of `texts`, as the others have it.
  @Sendable func tei(_ request: Request, _ context: ServerContext) async throws -> Response {
    let body = try await JSONRequest(request, context, service.configuration.limits)
    if body["documents"] != nil { return try await rerank(body, context) }
    let texts = try Self.texts(body, "texts")
    guard !texts.isEmpty else {
      throw APIError.badRequest("`texts` cannot be empty", code: APIError.emptyInput)
    }
    try body.requireTruncationRight()
    let returnsText = try body.bool("return_text") ?? false
    var options = try options(body)
    if try body.bool("raw_scores") == true { options.scale = .raw }
    let result = try await service.rank(
      query: Self.query(body), texts, model: body.string("model"), options, context)
    return Response(
      json: .array(
        result.ranking.map { place in
          var members: [(key: String, value: JSONValue)] = [
            ("index", .number("\(place.index)")), ("score", .number("\(place.score.value)")),
          ]
          if returnsText { members.append(("text", .string(texts[place.index]))) }
          return .object(members)
        }))
  }

  /// `POST /v1/rerank` and `/v2/rerank`.
  @Sendable func rerank(_ request: Request, _ context: ServerContext) async throws -> Response {
    try await rerank(
      JSONRequest(request, context, service.configuration.limits), context)
  }

  private func rerank(_ body: JSONRequest, _ context: ServerContext) async throws -> Response {
    let documents = try Self.texts(body, "documents")
    guard !documents.isEmpty else {
      throw APIError.badRequest(
        "Invalid 'documents': expected at least one document.", parameter: "documents",
        code: APIError.emptyInput)
    }
    let limit = try body.integer("top_n") ?? .max
    guard limit > 0 else {
      throw APIError.badRequest(
        "Invalid 'top_n': expected a whole number from 1, got \(limit).", parameter: "top_n")
    }
    let returnsDocuments = try body.bool("return_documents") ?? false
    let result = try await service.rank(
      query: Self.query(body), documents, model: body.string("model"), options(body), context)
    let results = result.ranking.prefix(limit).map { place in
      var members: [(key: String, value: JSONValue)] = [
        ("index", .number("\(place.index)")),
        ("relevance_score", .number("\(place.score.value)")),
      ]
      if returnsDocuments {
        members.append(("document", .object([("text", .string(documents[place.index]))])))
      }
      return JSONValue.object(members)
    }
    let tokens = JSONValue.number("\(result.tokens)")
    return Response(
      json: .object([
        ("object", .string("list")),
        ("model", .string(try body.string("model") ?? result.model.id)),
        ("results", .array(results)),
        ("usage", .object([("prompt_tokens", tokens), ("total_tokens", tokens)])),
      ]))
  }

  private func options(_ body: JSONRequest) throws(APIError) -> RerankOptions {
    var options = RerankOptions(truncation: service.configuration.truncation)
    if let truncates = try body.bool("truncate") {
      options.truncation = truncates ? .truncate : .error
    }
    return options
  }

  private static func query(_ body: JSONRequest) throws(APIError) -> String {
    guard let query = try body.string("query") else {
      throw .badRequest(
        "Missing required parameter: 'query'.", parameter: "query",
        code: "missing_required_parameter")
    }
    return query
  }

  /// Texts, or objects with a member `text`.
  private static func texts(_ body: JSONRequest, _ key: String) throws(APIError) -> [String] {
    guard let value = body[key] else {
      throw .badRequest(
        "Missing required parameter: '\(key)'.", parameter: key, code: "missing_required_parameter")
    }
    guard case .array(let elements) = value else {
      throw body.wrongType(key, "an array of strings", value)
    }
    var texts: [String] = []
    for element in elements {
      guard let text = element.stringValue ?? element["text"]?.stringValue else {
        throw body.wrongType(key, "strings, or objects with 'text'", element)
      }
      texts.append(text)
    }
    return texts
  }
}
