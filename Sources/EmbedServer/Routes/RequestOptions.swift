import EmbedCore

/// How a request wants its inputs embedded: the members that several families of routes share.
struct RequestOptions {
  var values: EmbedOptions

  /// Reads `dimensions`, `truncate`, and the role: `input_type`, as Cohere and Voyage call it, or `prompt_name`, as
  /// sentence-transformers and text-embeddings-inference do.
  init(_ body: JSONRequest, _ configuration: ServerConfiguration) throws(APIError) {
    values = EmbedOptions(
      dimensions: try body.integer("dimensions"), truncation: configuration.truncation)
    if let truncates = try? body.bool("truncate") {
      values.truncation = truncates ? .truncate : .error
    }
    values.role = try Self.role(body)
  }

  private static let roles: [String: EmbedOptions.Role] = [
    "query": .query, "search_query": .query, "document": .document, "passage": .document,
    "corpus": .document, "search_document": .document, "classification": .none,
    "clustering": .none, "none": .none,
  ]

  private static func role(_ body: JSONRequest) throws(APIError) -> EmbedOptions.Role {
    for key in ["input_type", "prompt_name"] {
      guard let name = try body.string(key) else { continue }
      guard let role = roles[name] else {
        throw .badRequest(
          "Invalid value for '\(key)': expected \(roles.keys.sorted().joined(separator: ", ")), "
            + "got \(name.quotedForMessage).", parameter: key)
      }
      return role
    }
    return .none
  }
}
