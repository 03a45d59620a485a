import ArgumentParser
import Embed
import EmbedStore
import JSON

/// Where `embed text` keeps a vector instead of printing it.
struct RecordOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Keep the vector in a collection, and print it only with -f.", valueName: "name"))
  var collection: String?

  @Option(help: "The record's id in the collection.")
  var id: String?

  @Flag(help: "Keep the text, too.")
  var store = false

  @Option(help: ArgumentHelp("Keep an object beside the record.", valueName: "json"))
  var metadata: String?

  @OptionGroup var database: DatabaseOptions

  func validate() throws {
    if (collection == nil) != (id == nil) {
      throw ValidationError("--collection and --id go together.")
    }
    if collection == nil, store || metadata != nil || database.database != nil {
      throw ValidationError(
        "--store, --metadata and --database are about a record; add --collection and --id.")
    }
  }
}

extension TextCommand {
  /// Embeds one text and puts it into a collection.
  ///
  /// - Throws: `EmbedError`, with code `invalidInput` when it is not exactly one text.
  func keep(in name: String, id: String) async throws {
    let metadata = try record.metadata.map { json throws(EmbedError) in
      try RecordMetadata(json: json)
    }
    let text = try onlyText()
    let store = try await record.database.open(for: .write)
    let collection = try await store.collection(name, model, runtime, vectors)
    let output = try formatting.format.map { _ in try destination.open() }
    try await collection.embed(
      [CollectionEntry(id: id, text: text, metadata: metadata)], storing: record.store)
    guard let output, let vector = try await collection.vector(of: id) else { return }
    var writer = try VectorWriter(
      output, format: format, countsTokens: false, dimensions: vector.dimensions)
    let written = Record(id: .string(id), text: text, location: "text 1")
    try writer.write([vector], of: [written])
    try writer.finish()
  }

  private func onlyText() throws -> String {
    var records = try input.records()
    var texts: [String] = []
    while texts.count < 2, let window = try records.nextWindow() { texts += window.map(\.text) }
    guard texts.count == 1, let text = texts.first else {
      throw EmbedError(
        .invalidInput, "a record of a collection", expected: "one text",
        got: texts.isEmpty ? "none" : "several; use 'embed multi' for them")
    }
    return text
  }
}
