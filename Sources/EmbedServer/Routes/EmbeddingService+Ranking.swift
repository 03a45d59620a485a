import EmbedCore
import Hummingbird
import Tracing

extension EmbeddingService {
  /// The scores of a request, the best first, and what made them.
  struct Ranking {
    let model: ModelCatalog.Model
    let ranking: [RankedDocument]

    var tokens: Int { ranking.reduce(0) { $0 + $1.score.tokenCount } }
  }

  /// Ranks documents for a query.
  ///
  /// - Throws: `APIError`, or `EmbedError` whose index names the document that is refused.
  func rank(
    query: String, _ documents: [String], model name: String?, _ options: RerankOptions,
    _ context: ServerContext
  ) async throws -> Ranking {
    let limits = configuration.limits
    guard documents.count <= limits.inputs else {
      throw APIError.badRequest(
        "Too many documents: expected at most \(limits.inputs), got \(documents.count).",
        parameter: "documents")
    }
    let model = try await model(name, context)
    let reranker = try model.reranker
    let inputs = documents.map(EmbeddingInput.text)
    try requireTokens(inputs, behind: query, of: model, EmbedOptions())
    logTexts([.text(query)] + inputs, context)
    let ranking = try await connections.withCancellation(onCloseOf: context.channel) {
      try await withSpan("rerank") { span in
        span.attributes["embed.model"] = model.id
        span.attributes["embed.inputs"] = documents.count
        return try await reranker.rank(query: query, documents: documents, options: options)
      }
    }
    let result = Ranking(model: model, ranking: ranking)
    context.record.update { record in
      record.inputs = documents.count
      record.tokens = result.tokens
      record.truncated = ranking.count { $0.score.isTruncated }
    }
    return result
  }
}
