import ArgumentParser
import Embed

/// `embed similarity`: how alike texts are, each with each.
struct SimilarityCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "similarity",
    abstract: "Compare texts, each with each, and print a matrix.",
    discussion: """
      Rows and columns are the texts in their order.

      FORMATS:
        text      lines of aligned numbers; the default
        json      a JSON array of arrays
        npy       a NumPy array of float32, (count, count)

      EXAMPLES:
        embed similarity "a cat" "a kitten" "a bicycle"
        embed similarity -i texts.txt --metric euclidean
        embed similarity -f json "a cat" "a kitten"
        embed similarity -i texts.txt -f npy -o matrix.npy
      """)

  @OptionGroup var input: InputOptions
  @OptionGroup var model: ModelOptions

  @Option(help: "How two vectors are compared.")
  var metric: EmbeddingIndex.Metric = .cosine

  @Option(name: .shortAndLong, help: "The output's format.")
  var format: SimilarityMatrix.Format = .text

  @OptionGroup var destination: DestinationOptions
  @OptionGroup var vectors: VectorOptions
  @OptionGroup var role: RoleOptions
  @OptionGroup var runtime: RuntimeOptions
  @OptionGroup var statistics: StatisticsOptions

  func validate() throws {
    if input.words.count == 1 { throw ValidationError("A comparison needs at least two texts.") }
    if format == .npy { try destination.refuseTerminal(for: format.rawValue) }
  }

  func run() async throws {
    let address = try runtime.applied(to: model.address())
    var records = try input.records()
    let output = try destination.open()
    let embedder = try await EmbedderRegistry.everyBackend.embedder(address)
    try role.warn(about: embedder)
    let recordEmbedder = RecordEmbedder(
      embedder: embedder, options: vectors.embedOptions(role: role.role, prompt: role.prompt))
    var table = EmbeddingIndex()
    var progress = statistics.progress(beside: output)
    defer { progress.clear() }
    while let window = try records.nextWindow() {
      try await recordEmbedder.embed(window[...]) { embeddings, _ in
        for embedding in embeddings { table.append(embedding) }
        progress.count(embeddings)
      }
      progress.update(fraction: records.fraction)
    }
    guard table.count > 1 else {
      throw EmbedError(
        .invalidInput, "nothing to compare", expected: "at least two texts", got: "\(records.count)"
      )
    }
    progress.clear()
    try await SimilarityMatrix(vectors: table, metric: metric).write(to: output, as: format)
    try output.commit()
    progress.finish(maximumTokens: embedder.info.maximumTokens)
  }
}
