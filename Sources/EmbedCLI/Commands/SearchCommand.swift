import ArgumentParser
import Embed
import JSON

/// `embed search`: the nearest of many texts, without a database.
struct SearchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract: "Find the texts or vectors that are nearest to a query.",
    discussion: """
      What is searched are the texts of -i, which are embedded in passing, or the vectors of a \
      NumPy file that "embed text -f npy" wrote with the same model. Models that were trained with \
      prompts for queries and documents get them. Memory does not grow with the texts.

      FORMATS:
        text      score, id and text, divided by tabs; each of several queries stands above its
                  lines; the default
        jsonl     a line is {"query":...,"id":...,"score":...,"text":...}

      Vectors have no texts; their ids are their numbers, counted from 0. The nearest come first, \
      of equally near ones the first of the input.

      EXAMPLES:
        embed search "where do cats sit?" -i texts.txt
        embed search -n 3 -f jsonl "first question" "second question" -i records.jsonl --jsonl
        embed search "where do cats sit?" --files docs '**/*.md'
        embed text -i texts.txt --role document -f npy -o vectors.npy
        embed search "where do cats sit?" -i vectors.npy
      """)

  @Argument(
    help: ArgumentHelp(
      "The queries; after -- they may start with a dash.", valueName: "query"))
  var words: [String]

  @OptionGroup var source: SourceOptions
  @OptionGroup var model: ModelOptions

  @Option(
    name: [.customShort("n"), .customLong("number")],
    help: ArgumentHelp("How many are printed for each query.", valueName: "count"))
  var limit = 10

  @Option(help: "How two vectors are compared.")
  var metric: EmbeddingIndex.Metric = .cosine

  @Option(name: .shortAndLong, help: "The output's format.")
  var format: SearchResults.Format = .text

  @OptionGroup var destination: DestinationOptions
  @OptionGroup var vectors: VectorOptions
  @OptionGroup var runtime: RuntimeOptions
  @OptionGroup var statistics: StatisticsOptions

  func validate() throws {
    if source.waitsForTerminal {
      throw ValidationError("Missing what is searched: name a file with -i.")
    }
    if !(1...1_000_000).contains(limit) {
      throw ValidationError("-n: expected a whole number from 1 to 1000000, got \(limit)")
    }
  }

  func run() async throws {
    let address = try runtime.applied(to: model.address())
    let files = try source.open()
    let file = try vectorFile(files)
    let output = try destination.open()
    let embedder = try await EmbedderRegistry.everyBackend.embedder(address)
    let queries = FoldedArguments.unfold(words, from: Array(CommandLine.arguments.dropFirst()))
    var search = try await Search(queries, self, embedder)
    var progress = statistics.progress(beside: output)
    defer { progress.clear() }
    if let file {
      try search.run(file)
    } else {
      var records = try source.records(of: files)
      while let window = try records.nextWindow() {
        try await search.run(window) { progress.count($0) }
        progress.update(fraction: records.fraction)
      }
    }
    progress.clear()
    try SearchResults.write(search.results, to: output, as: format)
    try output.commit()
    progress.finish(maximumTokens: embedder.info.maximumTokens)
  }

  /// The file of vectors, if it is one that is searched.
  private func vectorFile(_ files: [Descriptor]) throws(EmbedError) -> NumpyFile? {
    guard let first = files.first(where: NumpyFile.isOne) else { return nil }
    guard files.count == 1 else {
      throw EmbedError(
        .invalidOption, "-i", expected: "texts, or a single NumPy file",
        got: "\(files.count) files",
        at: first.name)
    }
    return try NumpyFile(first)
  }
}

/// A search under way: the queries' vectors, and the nearest texts so far.
private struct Search {
  private let documents: RecordEmbedder
  private let metric: EmbeddingIndex.Metric
  private var queries = EmbeddingIndex()
  private(set) var results: [SearchResults]
  /// How many texts or vectors have been searched.
  private var position = 0

  /// Embeds the queries.
  ///
  /// - Throws: `EmbedError` naming the query that cannot be embedded; `CancellationError`.
  init(_ texts: [String], _ command: SearchCommand, _ embedder: any Embedder) async throws {
    func recordEmbedder(_ role: EmbedOptions.Role) -> RecordEmbedder {
      let role = embedder.info.roles.contains(role) ? role : .none
      return RecordEmbedder(
        embedder: embedder, options: command.vectors.embedOptions(role: role))
    }
    documents = recordEmbedder(.document)
    metric = command.metric
    results = texts.map { SearchResults(query: $0, limit: command.limit, metric: command.metric) }
    var table = EmbeddingIndex()
    let records = texts.enumerated().map { index, text in
      Record(id: .null, text: text, location: "query \(index + 1)")
    }
    try await recordEmbedder(.query).embed(records[...]) { embeddings, _ in
      for embedding in embeddings { table.append(embedding) }
    }
    queries = table
  }

  /// Searches texts.
  ///
  /// - Throws: `EmbedError` naming the text that cannot be embedded; `CancellationError`.
  mutating func run(_ records: [Record], done: ([Embedding]) -> Void) async throws {
    var search = self
    try await documents.embed(records[...]) { embeddings, records in
      search.add(embeddings.map { $0.vector[...] }) { records[records.startIndex + $0] }
      done(embeddings)
    }
    self = search
  }

  /// Searches vectors.
  ///
  /// - Throws: `EmbedError` when they are of other dimensions than the queries', or damaged.
  mutating func run(_ file: NumpyFile) throws(EmbedError) {
    guard file.header.count == 0 || file.header.dimensions == queries.dimensions else {
      throw EmbedError(
        .invalidInput, "vectors of other dimensions in a NumPy file",
        expected: "\(queries.dimensions) dimensions, as the model's",
        got: "\(file.header.dimensions)", at: file.name)
    }
    var file = file
    while let vectors = try file.next() { add(vectors) { _ in nil } }
  }

  /// Takes in the next vectors, and the records that they stand for, if there are any.
  private mutating func add(_ vectors: [ArraySlice<Float>], _ record: (Int) -> Record?) {
    var table = EmbeddingIndex()
    for vector in vectors { table.append(vector) }
    let scores = queries.similarities(of: 0..<queries.count, to: table, by: metric)
    for index in results.indices {
      let row = scores[index * table.count..<(index + 1) * table.count]
      results[index].add(row) { column, score in
        let record = record(column)
        return SearchHit(
          score: score, position: position + column,
          id: record?.id ?? .number("\(position + column)"), text: record?.text)
      }
    }
    position += table.count
  }
}
