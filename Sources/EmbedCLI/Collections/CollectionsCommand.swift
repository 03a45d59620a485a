import ArgumentParser
import Embed
import EmbedStore
import JSON

/// `embed collections`: what is in a database.
struct CollectionsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "collections",
    abstract: "List, describe, check, measure and delete the collections of a database.",
    discussion: """
      The database is the one that --database names, else $EMBED_DATABASE, else $LLM_EMBEDDINGS_DB, \
      else embeddings.db in $LLM_USER_PATH, which by default is the folder of the tool llm.

      EXAMPLES:
        embed collections
        embed collections list --json
        embed collections info notes
        embed collections verify notes
        embed collections bench notes --search int8
        embed collections delete notes
        sqlite3 "$(embed collections path)" .schema
      """,
    subcommands: [
      CollectionsListCommand.self, CollectionsPathCommand.self, CollectionsInfoCommand.self,
      CollectionsVerifyCommand.self, CollectionsBenchCommand.self, CollectionsDeleteCommand.self,
    ],
    defaultSubcommand: CollectionsListCommand.self)
}

/// `embed collections list`: the collections, their models and the numbers of their records.
private struct CollectionsListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the collections. (The default command.)",
    discussion: """
      EXAMPLES:
        embed collections list
        embed collections list --json -d embeddings.db
      """)

  @OptionGroup var database: DatabaseOptions

  @Flag(help: "Print an array of objects.")
  var json = false

  func run() async throws {
    let collections = try await database.open(for: .read).summaries()
    let text =
      json
      ? Self.json(collections)
      : collections.map { collection in
        let number = "\(collection.count) embedding\(collection.count == 1 ? "" : "s")"
        return
          "\(collection.name.withoutControls): \(collection.model.withoutControls)\n  \(number)\n"
      }.joined()
    try Descriptor.standardOutput.write(text)
  }

  /// The array as llm writes it, four spaces a level.
  private static func json(_ collections: [CollectionStore.Summary]) -> String {
    if collections.isEmpty { return "[]\n" }
    let objects = collections.map { collection in
      var writer = JSONWriter(style: .python)
      writer.writeRaw("    {\n        \"name\": ")
      writer.write(collection.name)
      writer.writeRaw(",\n        \"model\": ")
      writer.write(collection.model)
      writer.writeRaw(",\n        \"num_embeddings\": \(collection.count)\n    }")
      return writer.text
    }
    return "[\n\(objects.joined(separator: ",\n"))\n]\n"
  }
}

/// `embed collections path`: where the database is.
private struct CollectionsPathCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "path",
    abstract: "Print the path of the database.",
    discussion: """
      EXAMPLES:
        embed collections path
        sqlite3 "$(embed collections path)" .schema
      """)

  @OptionGroup var database: DatabaseOptions

  func run() async throws { try Descriptor.standardOutput.write("\(database.path)\n") }
}

/// `embed collections info`: what is known of a collection.
private struct CollectionsInfoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "Describe a collection, and how its vectors were made.",
    discussion: """
      EXAMPLES:
        embed collections info notes
      """)

  @Argument(help: "The collection.")
  var collection: String
  @OptionGroup var database: DatabaseOptions

  func run() async throws {
    let store = try await database.open(for: .read)
    let summary = try await store.requiredSummary(of: collection)
    var table = TextTable()
    func row(_ name: String, _ value: String) {
      table.append([name.withoutControls, value.withoutControls])
    }
    row("name", summary.name)
    row("model", summary.model)
    row("records", "\(summary.count)")
    if let recipe = summary.recipe {
      row("embedded with", summary.address ?? recipe.model)
      if let dimensions = recipe.dimensions { row("dimensions", "\(dimensions)") }
      row("normalization", recipe.normalization.rawValue)
      row("role", recipe.role.rawValue)
      if let precision = recipe.precision { row("precision", precision) }
      for (name, value) in recipe.fingerprint.sorted(by: { $0.key < $1.key }) { row(name, value) }
    } else {
      row("embedded with", "unknown: no command of this program has written to it")
    }
    try Descriptor.standardOutput.write(table.text)
  }
}

/// `embed collections verify`: whether all records of a collection are whole.
private struct CollectionsVerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check all records of a collection, and the file.",
    discussion: """
      A line for each thing that is wrong, with the record's id; the exit status is 1 if there is \
      one.

      EXAMPLES:
        embed collections verify notes
      """)

  @Argument(help: "The collection.")
  var collection: String
  @OptionGroup var database: DatabaseOptions

  func run() async throws {
    let store = try await database.open(for: .read)
    let problems = try await store.problems(of: collection)
    let lines = problems.map { problem in
      "\(problem.id.map { "\($0.withoutControls): " } ?? "")\(problem.what.withoutControls)\n"
    }
    try Descriptor.standardOutput.write(lines.joined())
    guard problems.isEmpty else {
      throw EmbedError(
        .fileDamaged, "damaged collection", expected: "no problems", got: "\(problems.count)",
        at: store.path)
    }
  }
}

/// `embed collections delete`: a collection with all its records.
private struct CollectionsDeleteCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete",
    abstract: "Delete a collection with all its records.",
    discussion: """
      EXAMPLES:
        embed collections delete notes
      """)

  @Argument(help: "The collection.")
  var collection: String
  @OptionGroup var database: DatabaseOptions

  func run() async throws {
    // A misspelled name of a database is no reason to make one.
    _ = try await database.open(for: .read)
    try await database.open(for: .write).delete(collection)
  }
}
