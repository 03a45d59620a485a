import EmbedCore
import HTTPTypes
import Hummingbird
import JSON

/// What operators ask for: whether the server is well, what it takes, and what it has done.
struct OperationRoutes {
  let service: EmbeddingService
  let metrics: PrometheusMetrics

  /// `GET /health`: embeds one text with the first model, or ranks one.
  ///
  /// A server that has much to do is well.
  @Sendable func health(_ request: Request, _ context: ServerContext) async throws -> Response {
    do {
      if try await service.model(nil, context).isReranker {
        _ = try await service.rank(
          query: "health", ["health"], model: nil, RerankOptions(), context)
      } else {
        _ = try await service.embed([.text("health")], model: nil, EmbedOptions(), context)
      }
    } catch let error as EmbedError where error.code == .overloaded {
      return Response(json: .object([("status", .string("busy"))]))
    } catch {
      context.record.update { $0.error = "\(error)" }
      return Response(
        status: .serviceUnavailable, json: .object([("status", .string("error"))]))
    }
    return Response(json: .object([("status", .string("ok"))]))
  }

  /// `GET /info`: the names of TEI where it has them.
  @Sendable func info(_ request: Request, _ context: ServerContext) async throws -> Response {
    let configuration = service.configuration
    let limits = configuration.limits
    let loaded = await service.catalog.loaded
    let first = service.catalog.ids[0]
    func number(_ value: Int?) -> JSONValue { value.map { .number("\($0)") } ?? .null }
    let models = service.catalog.ids.map { id -> JSONValue in
      .object(
        [("id", .string(id)), ("loaded", .bool(loaded[id] != nil))]
          + (loaded[id]?.description ?? []))
    }
    return Response(
      json: .object([
        ("model_id", .string(first)),
        ("model_sha", .null),
        ("model_dtype", loaded[first]?.loaded.precision.map(JSONValue.string) ?? .null),
        ("max_input_length", number(loaded[first]?.maximumTokens)),
        ("max_batch_tokens", number(limits.tokens)),
        ("max_client_batch_size", number(limits.inputs)),
        ("max_concurrent_requests", number(limits.connections)),
        ("max_body_bytes", number(limits.bodyBytes)),
        ("auto_truncate", .bool(configuration.truncation == .truncate)),
        ("version", .string(configuration.version)),
        ("models", .array(models)),
        (
          "aliases",
          .object(service.catalog.aliases.map { ($0.name, .string($0.id)) })
        ),
      ]))
  }

  /// `GET /metrics`.
  @Sendable func metrics(_ request: Request, _ context: ServerContext) async throws -> Response {
    var text = metrics.text
    text += "# TYPE embed_waiting_inputs gauge\n"
    for (id, model) in await service.catalog.loaded.sorted(by: { $0.key < $1.key }) {
      guard let embedder = try? model.embedder else { continue }
      text += "embed_waiting_inputs{model=\"\(id)\"} \(embedder.waitingInputs)\n"
    }
    return Response(
      status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
  }

  /// `GET /openapi.json`.
  @Sendable func openAPI(_ request: Request, _ context: ServerContext) async throws -> Response {
    Response(jsonBytes: Array(OpenAPIDocument.json(service.configuration).utf8))
  }
}
