import ArgumentParser
import Embed
import Foundation

/// `embed rerank`: the documents that answer a query best, by a model that reads both together.
struct RerankCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rerank",
    abstract: "Find the texts that answer a query best, by a model that reads both together.",
    discussion: """
      A re-ranker (a cross-encoder) is better than vectors and slower: each text takes a pass \
      through the model for each query. It is for the texts that a search has found. A query and a \
      text that are too long together are cut, the longer one first. Memory does not grow with the \
      texts.

      FORMATS:
        text      score, id and text, divided by tabs; each of several queries stands above its
                  lines; the default
        jsonl     a line is {"query":...,"id":...,"score":...,"text":...}

      The best come first, of equally good ones the first of the input. Scores are the model's \
      own, for most from 0 to 1.

      EXAMPLES:
        embed rerank "where do cats sit?" -m ms-marco-MiniLM-L6-v2 -i texts.txt
        embed rerank -n 3 -f jsonl "a question" -m ./my-reranker -i records.jsonl --jsonl
        embed search -n 50 "a question" -i texts.txt | cut -f 3 | embed rerank "a question" -n 5
      """)

  @Argument(
    help: ArgumentHelp(
      "The queries; after -- they may start with a dash.", valueName: "query"))
  var words: [String]

  @OptionGroup var source: SourceOptions

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "A re-ranker's name or folder. (default: $EMBED_RERANKER)", valueName: "model"),
    completion: .installedModels)
  var model: String?

  @Option(
    name: [.customShort("n"), .customLong("number")],
    help: ArgumentHelp("How many are printed for each query.", valueName: "count"))
  var limit = 10

  @Flag(name: .customLong("raw"), help: "Print the model's raw output, any numbers.")
  var isRaw = false

  @Option(name: .shortAndLong, help: "The output's format.")
  var format: SearchResults.Format = .text

  @OptionGroup var destination: DestinationOptions
  @OptionGroup var truncation: TruncationOptions
  @OptionGroup var runtime: RuntimeOptions
  @OptionGroup var statistics: StatisticsOptions

  func validate() throws {
    if modelName == nil {
      throw ValidationError("Missing a re-ranker: name it with -m, or in $EMBED_RERANKER.")
    }
    if source.waitsForTerminal {
      throw ValidationError("Missing what is ranked: name a file with -i.")
    }
    if !(1...1_000_000).contains(limit) {
      throw ValidationError("-n: expected a whole number from 1 to 1000000, got \(limit)")
    }
  }

  private var modelName: String? {
    let name = model ?? ProcessInfo.processInfo.environment["EMBED_RERANKER"] ?? ""
    return name.isEmpty ? nil : name
  }

  func run() async throws {
    let address = try runtime.applied(to: ModelOptions.localAddress(of: modelName))
    let files = try source.open()
    let output = try destination.open()
    let encoder = try await CrossEncoder.load(address)
    let options = RerankOptions(scale: isRaw ? .raw : .asModel, truncation: truncation.onLong)
    var results = FoldedArguments.unfold(words, from: Array(CommandLine.arguments.dropFirst()))
      .map { SearchResults(query: $0, limit: limit, metric: .dot) }
    var progress = statistics.progress(beside: output)
    defer { progress.clear() }
    var records = try source.records(of: files)
    var position = 0
    while let window = try records.nextWindow() {
      for index in results.indices {
        let scores = try await encoder.scores(results[index].query, window, options)
        results[index].add(scores.map(\.value)[...]) { place, score in
          SearchHit(
            score: score, position: position + place, id: window[place].id,
            text: window[place].text)
        }
        progress.count(scores)
      }
      position += window.count
      progress.update(fraction: records.fraction)
    }
    progress.clear()
    try SearchResults.write(results, to: output, as: format)
    try output.commit()
    progress.finish(maximumTokens: encoder.info.maximumTokens)
  }
}

extension CrossEncoder {
  /// Scores records for a query.
  ///
  /// - Throws: `EmbedError` naming the record that is to blame; `CancellationError`.
  fileprivate func scores(
    _ query: String, _ records: [Record], _ options: RerankOptions
  ) async throws -> [RerankScore] {
    do {
      return try await scores(query: query, documents: records.map(\.text), options: options)
    } catch let error as EmbedError {
      throw error.at(error.inputIndex.map { records[$0].location })
    }
  }
}
