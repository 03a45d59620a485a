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

      --chunk cuts each content into passages by the model's own tokenizer: at blank lines, else at \
      the ends of sentences, else between words. TOKENS counts all that the model sees of a passage, \
      special tokens, a prompt and --prepend, too. A passage is a record of its own, ID#0001, ID#0002 \
      and so on. Its metadata are "document", the ID; "start" and "end", its place in the content in \
      bytes of UTF-8; and "line", its first line, counted from 1. Passages that a document of the \
      input has no more are removed.

      FORMATS, told by the file's name and its beginning when --format does not say:
        csv, tsv  a line of names, then a line for each row
        json      an array of objects
        jsonl     a line is an object (llm's name for it, nl, will do)
        lines     a line is a text; its id is its number, counted from 0

      EXAMPLES:
        embed multi notes notes.csv --store
        embed multi docs --files docs '**/*.md' --store --delete-missing
        embed multi docs --files docs '**/*.md' --store --chunk 200:20
        embed multi photos --files photos '*.jpg' --binary -m URI
        embed multi posts --attach blog blog.db --sql 'SELECT id, title, body FROM blog.posts'
        cat records.jsonl | embed multi records --metadata-columns author,year
        embed multi notes notes.csv -m ./new-model --migrate
      """)

  @Argument(help: "The collection; it is made if it is not there.")
  var collection: String

  @OptionGroup var source: RowSourceOptions
  @OptionGroup var chunk: ChunkOptions
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

  @Flag(
    help: "Make all vectors anew if they were made in another way, of stored contents or the input."
  )
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
    guard chunk.size != nil else { return }
    if source.binary { throw ValidationError("--chunk and --binary exclude each other.") }
    let names = CollectionEntry.passageMetadata
    if let name = source.metadataNames.first(where: names.contains) {
      throw ValidationError("--metadata-columns: passages have a \"\(name)\" of their own.")
    }
  }

  func run() async throws {
    var rows = try source.open(database: database.path, forCutting: chunk.size != nil)
    let store = try await database.open(for: .write)
    let collection = try await store.collection(
      self.collection, model, runtime, vectors, migrates: migrate, contents: try contents())
    let cutter = try chunk.cutter(for: collection, prefix: source.prepend)
    var progress = WorkProgress(besideResultsOnTerminal: false, showsSummary: false)
    defer { progress.clear() }
    var changes = CollectionChanges()
    var ids: [String] = []
    let size = batchSize ?? collection.preferredBatchSize
    while case let batch = try rows.nextBatch(size), !batch.isEmpty {
      changes = try await changes + embed(batch, collection, cutter, batchSize: size)
      if deleteMissing { ids += batch.map(\.entry.id) }
      progress.count(texts: batch.count)
      progress.update(fraction: rows.fraction)
    }
    if deleteMissing { changes.removed += try await deleteAll(except: ids, rows, collection) }
    progress.clear()
    if showsSummary {
      let parts = [
        "\(changes.embedded) embedded", "\(changes.copied) copied", "\(changes.updated) updated",
        "\(changes.unchanged) unchanged", "\(changes.removed) removed",
      ]
      try Descriptor.standardError.write(Failure.line(parts.joined(separator: ", ")))
    }
  }

  /// The contents of records that were not stored, for vectors that are made anew.
  ///
  /// These are those of the input, if it can be read once more behind that. Passages are not among them.
  private func contents() throws(EmbedError) -> (() async throws -> [CollectionEntry])? {
    guard migrate, chunk.size == nil, source.canBeReadTwice else { return nil }
    var rows = try source.open(database: database.path, forCutting: false)
    return { try rows.nextBatch(256).map(\.entry) }
  }

  /// Embeds a batch, and names the row or file that is to blame when that fails.
  private func embed(
    _ batch: [EntryReader.Located], _ collection: EmbeddingCollection, _ cutter: PassageCutter?,
    batchSize: Int
  ) async throws -> CollectionChanges {
    let entries = batch.map(\.entry)
    do {
      guard let cutter else { return try await collection.embed(entries, storing: store) }
      return try await collection.embed(
        entries, inPassagesOf: cutter, storing: store, batchSize: batchSize)
    } catch let error as EmbedError {
      guard let index = error.inputIndex, batch.indices.contains(index) else { throw error }
      throw error.at(batch[index].location)
    }
  }

  /// Removes the records that are not in the input.
  ///
  /// - Returns: how many were removed.
  private func deleteAll(
    except ids: [String], _ rows: EntryReader, _ collection: EmbeddingCollection
  ) async throws -> Int {
    // What could not be read may have been embedded in either way.
    let unreadable = rows.unreadableIDs
    guard !ids.isEmpty || !unreadable.isEmpty else {
      // An input that is empty by mistake would empty the collection.
      throw EmbedError(
        .invalidInput, "--delete-missing without any record", expected: "at least one in the input",
        got: "none, and all records stay")
    }
    let isCut = chunk.size != nil
    return try await collection.deleteAll(
      except: isCut ? unreadable : ids + unreadable,
      passagesOf: isCut ? ids + unreadable : unreadable, prefix: source.prefix)
  }
}
