import ArgumentParser
import Embed
import EmbedStore
import Foundation

/// The embedder of a collection: the one that was asked for, else the collection's own, else the default one.
struct CollectionModel {
  /// Where the embedder is.
  let address: EmbedderURI
  /// The dimensions that belong to llm's name of the model, such as 512 of `text-embedding-3-small-512`.
  let dimensions: Int?

  /// Chooses an embedder.
  ///
  /// - Parameters:
  ///   - option: the value of `-m`.
  ///   - summary: the collection, if there is one.
  /// - Throws: `EmbedError` with code `invalidURI`, or `recipeMismatch` when the collection's model is one that the
  ///   program does not know or asks only when it is named: the address of a service in a database may be anybody's.
  init(_ option: String?, for summary: CollectionStore.Summary?) throws(EmbedError) {
    if let option {
      try self.init(name: option)
    } else if let summary {
      if let address = summary.address {
        try self.init(stored: address, of: summary)
      } else {
        try self.init(name: summary.model)
      }
    } else if let preset = ProcessInfo.processInfo.environment["EMBED_MODEL"], !preset.isEmpty {
      try self.init(name: preset)
    } else if let preset = LLMFolder.defaultModel {
      try self.init(name: preset)
    } else {
      try self.init(name: ModelOptions.fallback)
    }
  }

  private init(stored address: String, of summary: CollectionStore.Summary) throws(EmbedError) {
    let uri = try EmbedderURI(address)
    guard ["local", "test", "null"].contains(uri.scheme) else {
      throw EmbedError(
        .recipeMismatch, "a service is asked only when it is named", expected: "-m \(address)",
        got: "no -m", at: "collection '\(summary.name)'")
    }
    self.address = uri
    dimensions = nil
  }

  /// A model by our name of it or by llm's.
  private init(name: String) throws(EmbedError) {
    let aliases = ["ada": "text-embedding-ada-002", "ada-002": "text-embedding-ada-002"]
    var model = aliases[name] ?? name
    if model.hasPrefix("3-small") || model.hasPrefix("3-large") {
      model = "text-embedding-" + model
    }
    if let match = model.wholeMatch(of: /(text-embedding-(?:ada-002|3-small|3-large))(?:-(\d+))?/) {
      address = try EmbedderURI("openai:" + String(match.1))
      dimensions = match.2.flatMap { Int($0) }
      return
    }
    let prefix = "sentence-transformers/"
    if name.hasPrefix(prefix), (try? ModelLibrary().locate(name)) == nil {
      // The plug-in of llm puts this before the names of all models.
      model = String(name.dropFirst(prefix.count))
    }
    address = try EmbedderURI(model)
    dimensions = nil
  }

  /// What llm calls the model.
  func name(of embedder: any Embedder, dimensions: Int?) -> String {
    let model = embedder.info.modelID
    switch address.scheme {
    case "local":
      return model.hasPrefix("sentence-transformers/") ? model : "sentence-transformers/" + model
    case "openai": return (dimensions ?? self.dimensions).map { "\(model)-\($0)" } ?? model
    case "test", "null": return model
    default: return "\(address.scheme):\(model)"
    }
  }

  /// What the embedder computes with, where that can be chosen.
  static func precision(of address: EmbedderURI) -> String? {
    address.scheme == "local" ? address.parameter("precision") ?? "f32" : nil
  }
}

extension CollectionStore {
  /// Opens a collection with the embedder that the command line asks for.
  ///
  /// - Parameters:
  ///   - migrates: whether vectors of another making are made anew.
  ///   - contents: returns the next contents of records for that, none at the end.
  ///   - progress: is told of that.
  /// - Throws: `EmbedError`.
  func collection(
    _ name: String, _ model: ModelOptions, _ runtime: RuntimeOptions, _ vectors: VectorOptions?,
    migrates: Bool = false, contents: (() async throws -> [CollectionEntry])? = nil,
    progress: @Sendable (_ done: Int, _ count: Int) -> Void = { _, _ in }
  ) async throws -> EmbeddingCollection {
    let summary = try await summary(of: name)
    let choice = try CollectionModel(model.model, for: summary)
    let address = try runtime.applied(to: choice.address)
    let embedder = try await EmbedderRegistry.everyBackend.embedder(address)
    var options = vectors?.embedOptions(role: .none) ?? EmbedOptions()
    options.dimensions = options.dimensions ?? choice.dimensions
    if let recipe = summary?.recipe, !migrates {
      // What is not asked for is as the collection has it.
      if options.dimensions == nil, recipe.dimensions != embedder.info.dimensions,
        recipe.dimensions ?? .max < embedder.info.dimensions ?? .max
      {
        options.dimensions = recipe.dimensions
      }
      if !(vectors?.keepsLength ?? false) { options.normalization = recipe.normalization }
    }
    let precision = CollectionModel.precision(of: address)
    let modelName = choice.name(of: embedder, dimensions: options.dimensions)
    let place = try RuntimeOptions.withoutMachine(address).description
    guard migrates else {
      return try await collection(
        name, embedder: embedder, model: modelName, options: options, precision: precision,
        address: place)
    }
    return try await migratedCollection(
      name, embedder: embedder, model: modelName, options: options, precision: precision,
      address: place, contents: contents, progress: progress)
  }
}

extension RuntimeOptions {
  /// An address without what is about this machine alone.
  fileprivate static func withoutMachine(_ address: EmbedderURI) throws(EmbedError) -> EmbedderURI {
    guard address.scheme == "local" else { return address }
    return EmbedderURI(
      scheme: address.scheme, host: address.host, port: address.port, path: address.path,
      parameters: address.parameters.filter { $0.name != "threads" && $0.name != "engine" })
  }
}
