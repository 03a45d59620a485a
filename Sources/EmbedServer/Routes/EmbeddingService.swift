import EmbedCore
import HTTPTypes
import Hummingbird
import Logging
import Tracing

/// Embeds the inputs of requests: what all families of routes share.
struct EmbeddingService: Sendable {
  let catalog: ModelCatalog
  let configuration: ServerConfiguration
  let connections = OpenConnections()

  init(catalog: ModelCatalog, configuration: ServerConfiguration) {
    self.catalog = catalog
    self.configuration = configuration
  }

  /// The vectors of a request, and what made them.
  struct Outcome {
    let model: ModelCatalog.Model
    let embeddings: [Embedding]

    var tokens: Int { embeddings.reduce(0) { $0 + $1.tokenCount } }
  }

  /// The model that a request names; the first one when it names none.
  ///
  /// - Throws: `APIError` with status 404, and 500 when it cannot be loaded.
  func model(_ name: String?, _ context: ServerContext) async throws -> ModelCatalog.Model {
    let id: String
    if let name {
      guard let known = catalog.id(named: name) else {
        throw APIError.unknownModel(name, served: catalog.ids)
      }
      id = known
    } else {
      id = catalog.ids[0]
    }
    context.record.update { $0.model = id }
    do {
      return try await catalog.model(id)
    } catch let error as EmbedError {
      context.logger.error(
        "model not loaded",
        metadata: [
          "request": "\(context.record.current.id)", "model": "\(id)", "error": "\(error)",
        ])
      throw APIError(
        status: .internalServerError,
        message: "The model \(id.quotedForMessage) could not be loaded.")
    }
  }

  /// Embeds inputs.
  ///
  /// - Throws: `APIError`, or `EmbedError` whose index names the input that is refused.
  func embed(
    _ inputs: [EmbeddingInput], model name: String?, _ options: EmbedOptions,
    _ context: ServerContext
  ) async throws -> Outcome {
    let limits = configuration.limits
    guard inputs.count <= limits.inputs else {
      throw APIError.badRequest(
        "Too many inputs: expected at most \(limits.inputs), got \(inputs.count).",
        parameter: "input")
    }
    let model = try await model(name, context)
    try requireTokens(inputs, of: model, options)
    logTexts(inputs, context)
    let embedder = try model.embedder
    let embeddings = try await connections.withCancellation(onCloseOf: context.channel) {
      try await withSpan("embed") { span in
        span.attributes["embed.model"] = model.id
        span.attributes["embed.inputs"] = inputs.count
        return try await embedder.embed(inputs, options: options)
      }
    }
    context.record.update { record in
      record.inputs = inputs.count
      record.tokens = embeddings.reduce(0) { $0 + $1.tokenCount }
      record.truncated = embeddings.count { $0.isTruncated }
    }
    return Outcome(model: model, embeddings: embeddings)
  }

  /// Refuses more tokens than a request may have.
  ///
  /// - Parameter query: what the model reads again with each input.
  func requireTokens(
    _ inputs: [EmbeddingInput], behind query: String = "", of model: ModelCatalog.Model,
    _ options: EmbedOptions
  ) throws {
    let limit = configuration.limits.tokens
    let most = model.maximumTokens ?? .max
    // No token is shorter than a byte, and few stand around a text.
    let bound = inputs.reduce(0) { sum, input in
      switch input {
      case .text(let text): sum + min(most, query.utf8.count + text.utf8.count + 8)
      case .tokens(let ids): sum + min(most, ids.count)
      case .image: sum
      }
    }
    guard bound > limit else { return }
    func tokens(of text: String) throws -> Int {
      try model.loaded.tokenize?(text, options).count ?? min(most, text.utf8.count / 4)
    }
    let queryTokens = query.isEmpty ? 0 : try tokens(of: query)
    var count = 0
    for input in inputs {
      switch input {
      case .text(let text):
        count += min(most, queryTokens + (try tokens(of: text)))
      case .tokens(let ids): count += min(most, ids.count)
      case .image: break
      }
      guard count <= limit else {
        throw APIError.badRequest(
          "Requested more than \(limit) tokens, max \(limit) tokens per request.",
          parameter: "input", code: "max_tokens_per_request")
      }
    }
  }

  /// Logs texts, if that is wanted.
  func logTexts(_ inputs: [EmbeddingInput], _ context: ServerContext) {
    guard configuration.logsTexts else { return }
    for input in inputs {
      if case .text(let text) = input {
        context.logger.debug(
          "text",
          metadata: [
            "request": "\(context.record.current.id)", "text": "\(text.quotedForMessage)",
          ])
      }
    }
  }
}
