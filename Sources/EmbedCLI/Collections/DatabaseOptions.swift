import ArgumentParser
import Embed
import EmbedStore
import Foundation

/// Which database a command uses.
struct DatabaseOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The database. (default: $EMBED_DATABASE, else that of llm)", valueName: "file"),
    completion: .file())
  var database: String?

  /// The database's path: as given, else as our environment says, else llm's.
  var path: String {
    if let database { return database }
    let environment = ProcessInfo.processInfo.environment
    for name in ["EMBED_DATABASE", "LLM_EMBEDDINGS_DB"] {
      if let path = environment[name], !path.isEmpty { return path }
    }
    return LLMFolder.path + "/embeddings.db"
  }

  /// Opens the database, and makes it and llm's folder if that is to be written to and they are not there.
  ///
  /// - Throws: `EmbedError`.
  func open(for access: CollectionStore.Access) async throws -> CollectionStore {
    let path = path
    if access == .write, path.hasPrefix(LLMFolder.path + "/") {
      try? FileManager.default.createDirectory(
        atPath: LLMFolder.path, withIntermediateDirectories: true)
    }
    return try await CollectionStore.open(at: path, for: access)
  }
}

extension CollectionStore {
  /// What is known of a collection that must be there.
  ///
  /// - Throws: `EmbedError` with code `collectionNotFound`.
  func requiredSummary(of name: String) async throws -> Summary {
    guard let summary = try await summary(of: name) else {
      throw EmbedError(
        .collectionNotFound, "no such collection", got: "'\(name)'", at: path)
    }
    return summary
  }
}

/// The folder in which llm keeps its database and its settings.
enum LLMFolder {
  static var path: String {
    let environment = ProcessInfo.processInfo.environment
    if let path = environment["LLM_USER_PATH"], !path.isEmpty { return path }
    let home = FileManager.default.homeDirectoryForCurrentUser.path
    #if os(macOS)
      return home + "/Library/Application Support/io.datasette.llm"
    #else
      let configuration = environment["XDG_CONFIG_HOME"] ?? ""
      return (configuration.isEmpty ? home + "/.config" : configuration) + "/io.datasette.llm"
    #endif
  }

  /// The model that llm embeds with when none is named; nil when there is none.
  static var defaultModel: String? {
    let environment = ProcessInfo.processInfo.environment
    if let model = environment["LLM_EMBEDDING_MODEL"], !model.isEmpty { return model }
    let file = path + "/default_embedding_model.txt"
    guard let data = FileManager.default.contents(atPath: file) else { return nil }
    let name = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    return name.isEmpty ? nil : name
  }
}
