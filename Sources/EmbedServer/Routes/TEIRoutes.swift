import EmbedCore
import HTTPTypes
import Hummingbird
import JSON

/// What clients of text-embeddings-inference ask for.
///
/// A member `model`, which TEI does not have, names another model than the first one.
///
/// Source: https://huggingface.github.io/text-embeddings-inference/
struct TEIRoutes {
  let service: EmbeddingService

  /// `POST /embed`.
  @Sendable func embed(_ request: Request, _ context: ServerContext) async throws -> Response {
    let body = try await JSONRequest(request, context, service.configuration.limits)
    let inputs = try Self.inputs(body).values
    var options = try RequestOptions(body, service.configuration).values
    if try body.bool("normalize") == false { options.normalization = .none }
    try body.requireTruncationRight()
    let result = try await service.embed(inputs, model: body.string("model"), options, context)
    var writer = JSONWriter()
    writer.writeRaw("[")
    for (index, embedding) in result.embeddings.enumerated() {
      if index > 0 { writer.writeRaw(",") }
      writer.write(vector: embedding.vector)
    }
    writer.writeRaw("]")
    return Response(jsonBytes: writer.bytes)
  }

  /// `POST /tokenize`.
  @Sendable func tokenize(_ request: Request, _ context: ServerContext) async throws -> Response {
    let body = try await JSONRequest(request, context, service.configuration.limits)
    let inputs = try Self.inputs(body).values
    guard inputs.count <= service.configuration.limits.inputs else {
      throw APIError.badRequest(
        "Too many inputs: expected at most "
          + "\(service.configuration.limits.inputs), got \(inputs.count).")
    }
    let addsSpecialTokens = try body.bool("add_special_tokens") ?? true
    let model = try await service.model(try body.string("model"), context)
    guard let tokenize = model.loaded.tokenize else {
      throw APIError(
        status: .notImplemented, message: "The tokenizer of \(model.id) is not known here.")
    }
    try service.requireTokens(inputs, of: model, EmbedOptions())
    let lists = try inputs.map { input in
      guard case .text(let text) = input else {
        throw APIError.badRequest("Invalid type for 'inputs': expected texts, got token ids.")
      }
      return Self.json(
        try tokenize(text, EmbedOptions()), in: text, withSpecial: addsSpecialTokens)
    }
    return Response(json: .array(lists))
  }

  /// `POST /similarity`.
  @Sendable func similarity(_ request: Request, _ context: ServerContext) async throws -> Response {
    let body = try await JSONRequest(request, context, service.configuration.limits)
    guard case .object? = body["inputs"], let inputs = body["inputs"],
      case .string(let source)? = inputs["source_sentence"],
      case .array(let elements)? = inputs["sentences"]
    else {
      throw APIError.badRequest(
        "Invalid 'inputs': expected an object of source_sentence and sentences.")
    }
    let sentences = try elements.map { element in
      guard case .string(let text) = element else {
        throw APIError.badRequest("Invalid 'sentences': expected texts, got \(element.summary).")
      }
      return EmbeddingInput.text(text)
    }
    guard !sentences.isEmpty else {
      throw APIError.badRequest("`inputs` cannot be empty", code: APIError.emptyInput)
    }
    let options = EmbedOptions(truncation: service.configuration.truncation)
    let result = try await service.embed(
      [.text(source)] + sentences, model: body.string("model"), options, context)
    let cosines = result.embeddings.dropFirst().map { embedding in
      JSONValue.number("\(Float(result.embeddings[0].cosineSimilarity(to: embedding)))")
    }
    return Response(json: .array(cosines))
  }

  private static func inputs(_ body: JSONRequest) throws(APIError) -> JSONRequest.Inputs {
    guard let inputs = try body.inputs("inputs") else {
      throw .badRequest("Missing required parameter: 'inputs'.")
    }
    guard !inputs.values.isEmpty else {
      throw .badRequest("`inputs` cannot be empty", code: APIError.emptyInput)
    }
    return inputs
  }

  /// The tokens of a text; places are in characters, as TEI counts them: Unicode scalars.
  private static func json(
    _ tokens: [LoadedModel.Token], in text: String, withSpecial: Bool
  ) -> JSONValue {
    var position = ScalarPosition(text)
    var values: [JSONValue] = []
    for token in tokens {
      guard withSpecial || token.range != nil else { continue }
      let start = token.range.map { position.scalars(upTo: $0.lowerBound) }
      let stop = token.range.map { position.scalars(upTo: $0.upperBound) }
      values.append(
        .object([
          ("id", .number("\(token.id)")), ("text", .string(token.text)),
          ("special", .bool(token.range == nil)),
          ("start", start.map { .number("\($0)") } ?? .null),
          ("stop", stop.map { .number("\($0)") } ?? .null),
        ]))
    }
    return .array(values)
  }
}

extension JSONRequest {
  /// Refuses texts that are to be cut at their beginnings.
  func requireTruncationRight() throws(APIError) {
    guard let direction = try string("truncation_direction"), direction.lowercased() != "right"
    else { return }
    throw .badRequest(
      "Unsupported 'truncation_direction': expected right, got \(direction.quotedForMessage).")
  }
}

/// Turns places in bytes of UTF-8 into places in scalars, along a text.
private struct ScalarPosition {
  private let text: String.UTF8View
  private var index: String.Index
  private var bytes = 0
  private var scalars = 0

  init(_ text: String) {
    self.text = text.utf8
    index = text.startIndex
  }

  /// The scalars that begin before a byte.
  ///
  /// - Complexity: O(n) in the bytes from the last place, from the text's start when it was behind this one.
  mutating func scalars(upTo target: Int) -> Int {
    if target < bytes { (index, bytes, scalars) = (text.startIndex, 0, 0) }
    while bytes < target, index < text.endIndex {
      // Of each scalar, the first byte alone is none that goes on.
      if text[index] & 0xC0 != 0x80 { scalars += 1 }
      index = text.index(after: index)
      bytes += 1
    }
    return scalars
  }
}
