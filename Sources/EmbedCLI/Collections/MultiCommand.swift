import ArgumentParser
import Embed
import EmbedStore
import Foundation

/// `embed multi`: many records into a collection.
struct MultiCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "multi",
    abstract: "Embed many texts and keep their vectors in a collection of a database.",
    discussion: """
      The first column of a row is its id, the others, joined by spaces, are its content. A record \
      that has the same content already is passed over; new content, new metadata and a new \
      --store are brought up to date. A batch is kept whole or not at all: a run that was broken \
      off goes on where it was when it is started again. The database is that of the tool llm, \
      which can use it too.

      FORMATS, told by the file's name and its beginning when --format does not say:
        csv, tsv  a line of names, then a line for each row
        json      an array of objects
        jsonl     a line is an object (llm's name for it, nl, will do)
        lines     a line is a text; its id is its number, counted from 0

      EXAMPLES:
        embed multi notes notes.csv --store
        embed multi docs --files docs '**/*.md' --store --delete-missing
        embed multi photos --files photos '*.jpg' --binary -m URI
        embed multi posts --attach blog blog.db --sql 'SELECT id, title, body FROM blog.posts'
        cat records.jsonl | embed multi records --metadata-columns author,year
        embed multi notes notes.csv -m ./new-model --migrate
      """)

  @Argument(help: "The collection; it is made if it is not there.")
  var collection: String

  @OptionGroup var source: RowSourceOptions
  @OptionGroup var model: ModelOptions
  @OptionGroup var database: DatabaseOptions

  @Flag(help: "Keep the contents beside their vectors.")
  var store = false

  @Option(
    help: ArgumentHelp("How many records one transaction has.", valueName: "count"))
  var batchSize: Int?

  @Flag(
    help: "Remove records that are not in the input; with --prefix, of those that begin with it.")
  var deleteMissing = false

  @Flag(help: "Make all vectors anew if they were made in another way; contents must be stored.")
  var migrate = false

  @OptionGroup var vectors: VectorOptions
  @OptionGroup var runtime: RuntimeOptions

  @Flag(name: .customLong("stats"), help: "Write what was done to standard error.")
  var showsSummary = false

  func validate() throws {
    if let batchSize, !(1...100_000).contains(batchSize) {
      throw ValidationError(
        "--batch-size: expected a whole number from 1 to 100000, got \(batchSize)")
    }
  }

  func run() async throws {
    var rows = try source.open(database: database.path)
    let store = try await database.open(for: .write)
    let collection = try await store.collection(
      self.collection, model, runtime, vectors, migrates: migrate)
    var progress = WorkProgress(besideResultsOnTerminal: false, showsSummary: false)
    defer { progress.clear() }
    var changes = CollectionChanges()
    var ids: [String] = []
    let size = batchSize ?? collection.preferredBatchSize
    while case let batch = try rows.nextBatch(size), !batch.isEmpty {
      do {
        changes = try await changes + collection.embed(batch.map(\.entry), storing: self.store)
      } catch let error as EmbedError {
        guard let index = error.inputIndex, batch.indices.contains(index) else { throw error }
        throw error.at(batch[index].location)
      }
      if deleteMissing { ids += batch.map(\.entry.id) }
      progress.count(texts: batch.count)
      progress.update(fraction: rows.fraction)
    }
    if deleteMissing, ids.isEmpty, rows.unreadableIDs.isEmpty {
      // An input that is empty by mistake would empty the collection.
      throw EmbedError(
        .invalidInput, "--delete-missing without any record", expected: "at least one in the input",
        got: "none, and all records stay")
    }
    let removed =
      deleteMissing
      ? try await collection.deleteAll(except: ids + rows.unreadableIDs, prefix: source.prefix) : 0
    progress.clear()
    if showsSummary {
      let parts = [
        "\(changes.embedded) embedded", "\(changes.copied) copied", "\(changes.updated) updated",
        "\(changes.unchanged) unchanged", "\(removed) removed",
      ]
      try Descriptor.standardError.write(Failure.line(parts.joined(separator: ", ")))
    }
  }
}
