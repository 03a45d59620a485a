public import EmbedCore
import JSON

/// How a collection's vectors are made; vectors of different recipes cannot be compared.
public struct CollectionRecipe: Sendable, Hashable {
  /// The model's name, `EmbedderInfo.modelID`.
  public var model: String
  /// The number of components; nil as long as none is stored.
  public var dimensions: Int?
  /// The length of the vectors.
  public var normalization: EmbedOptions.Normalization
  /// The role in which records are embedded.
  public var role: EmbedOptions.Role
  /// What the embedder computes with, such as `f32`; nil when it does not say.
  public var precision: String?
  /// What else they depend on, `Embedder.fingerprint(for:)`: the weights, the pooling, the prompt.
  public var fingerprint: [String: String]

  /// Makes a recipe of its parts.
  public init(
    model: String, dimensions: Int?, normalization: EmbedOptions.Normalization = .unit,
    role: EmbedOptions.Role = .none, precision: String? = nil, fingerprint: [String: String] = [:]
  ) {
    self.model = model
    self.dimensions = dimensions
    self.normalization = normalization
    self.role = role
    self.precision = precision
    self.fingerprint = fingerprint
  }

  /// The recipe of an embedder.
  ///
  /// - Throws: what the embedder throws.
  init(_ embedder: any Embedder, _ options: EmbedOptions, precision: String?) async throws {
    self.init(
      model: embedder.info.modelID, dimensions: options.dimensions ?? embedder.info.dimensions,
      normalization: options.normalization, role: options.role, precision: precision,
      fingerprint: try await embedder.fingerprint(for: options))
  }

  /// The recipe with what another one of the same vectors knows besides.
  func merging(_ other: CollectionRecipe) -> CollectionRecipe {
    var merged = self
    merged.dimensions = dimensions ?? other.dimensions
    merged.precision = precision ?? other.precision
    merged.fingerprint.merge(other.fingerprint) { own, _ in own }
    return merged
  }

  /// The last part of a model's name in lower case: names of one model in different places end alike, as those of
  /// `sentence-transformers/all-MiniLM-L6-v2` and `all-MiniLM-L6-v2` do.
  static func essence(of model: String) -> String {
    let name = model.split(separator: "/").last.map { $0.lowercased() } ?? model
    return name.hasSuffix(":latest") ? String(name.dropLast(7)) : name
  }

  /// What differs from another recipe, both values of each; empty when vectors of both can be compared.
  func differences(from other: CollectionRecipe) -> [(name: String, own: String, other: String)] {
    var differences: [(String, String, String)] = []
    if Self.essence(of: model) != Self.essence(of: other.model) {
      differences.append(("model", model, other.model))
    }
    if let dimensions, let others = other.dimensions, dimensions != others {
      differences.append(("dimensions", "\(dimensions)", "\(others)"))
    }
    if normalization != other.normalization {
      differences.append(("normalization", normalization.rawValue, other.normalization.rawValue))
    }
    if role != other.role { differences.append(("role", role.rawValue, other.role.rawValue)) }
    if let precision, let others = other.precision, precision != others {
      differences.append(("precision", precision, others))
    }
    for (name, value) in fingerprint.sorted(by: { $0.key < $1.key }) {
      if let others = other.fingerprint[name], value != others {
        differences.append((name, value.quotedForMessage, others.quotedForMessage))
      }
    }
    return differences
  }

  /// Refuses vectors of another recipe.
  ///
  /// - Throws: `EmbedError` with code `recipeMismatch` that names what differs.
  func require(_ other: CollectionRecipe, collection: String) throws(EmbedError) {
    let differences = differences(from: other)
    guard !differences.isEmpty else { return }
    throw EmbedError(
      .recipeMismatch, "vectors of another making than the collection's",
      expected: differences.map { "\($0.name) \($0.own)" }.joined(separator: ", "),
      got: differences.map(\.other).joined(separator: ", "),
      at: "collection \(collection.quotedForMessage)")
  }
}

extension CollectionRecipe {
  /// The recipe as a JSON object.
  var json: String {
    var members: [(key: String, value: JSONValue)] = [("model", .string(model))]
    if let dimensions { members.append(("dimensions", .number("\(dimensions)"))) }
    members.append(("normalization", .string(normalization.rawValue)))
    members.append(("role", .string(role.rawValue)))
    if let precision { members.append(("precision", .string(precision))) }
    if !fingerprint.isEmpty {
      let values = fingerprint.sorted { $0.key < $1.key }.map {
        ($0.key, JSONValue.string($0.value))
      }
      members.append(("fingerprint", .object(values)))
    }
    var writer = JSONWriter()
    writer.write(.object(members))
    return writer.text
  }

  /// Reads what `json` wrote.
  ///
  /// - Throws: `EmbedError` with code `fileDamaged`.
  init(json: String, collection: String) throws(EmbedError) {
    let document = try JSONDocument(
      parsing: Array(json.utf8), file: "the recipe of collection \(collection.quotedForMessage)")
    func choice<Choice: RawRepresentable>(_ key: String, _ type: Choice.Type) throws(EmbedError)
      -> Choice where Choice.RawValue == String
    {
      let name = try document.string(key)
      guard let choice = Choice(rawValue: name) else {
        throw EmbedError(
          .fileDamaged, "unknown value", got: name.quotedForMessage, at: document.location(key))
      }
      return choice
    }
    var fingerprint: [String: String] = [:]
    if case .object(let members)? = document.members.first(where: { $0.key == "fingerprint" })?
      .value
    {
      for (name, value) in members { fingerprint[name] = value.stringValue }
    }
    try self.init(
      model: document.string("model"),
      dimensions: document.optionalInteger("dimensions", in: 1...1_000_000),
      normalization: choice("normalization", EmbedOptions.Normalization.self),
      role: choice("role", EmbedOptions.Role.self), precision: document.optionalString("precision"),
      fingerprint: fingerprint)
  }
}
