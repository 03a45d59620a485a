import ArgumentParser
import Embed

/// `embed similarity`: how alike texts are, each with each.
struct SimilarityCommand: AsyncParsableCommand {
  /// How a matrix is written.
  enum Format: String, CaseIterable, ExpressibleByArgument {
    /// Lines of aligned numbers.
    case text
    /// An array of arrays.
    case json
  }

  static let configuration = CommandConfiguration(
    commandName: "similarity",
    abstract: "Compare texts, each with each, and print a matrix.",
    discussion: """
      Rows and columns are the texts in their order.

      EXAMPLES:
        embed similarity "a cat" "a kitten" "a bicycle"
        embed similarity -i texts.txt --metric euclidean
        embed similarity -f json "a cat" "a kitten"
      """)

  @OptionGroup var input: InputOptions
  @OptionGroup var model: ModelOptions

  @Option(help: "How two vectors are compared.")
  var metric: SimilarityMatrix.Metric = .cosine

  @Option(name: .shortAndLong, help: "Aligned numbers, or a JSON array of arrays.")
  var format: Format = .text

  @OptionGroup var destination: DestinationOptions
  @OptionGroup var vectors: VectorOptions
  @OptionGroup var runtime: RuntimeOptions

  func validate() throws {
    if input.texts.count == 1 { throw ValidationError("A comparison needs at least two texts.") }
  }

  func run() async throws {
    let address = try runtime.applied(to: model.address())
    var records = try input.records()
    let output = try destination.open()
    let embedder = try await EmbedderRegistry.standard.embedder(address)
    let recordEmbedder = RecordEmbedder(embedder: embedder, options: vectors.embedOptions)
    var embeddings: [Embedding] = []
    while let window = try records.nextWindow() {
      try await recordEmbedder.embed(window[...]) { part, _ in embeddings += part }
    }
    guard embeddings.count > 1 else {
      throw EmbedError(
        .invalidInput, "a comparison", expected: "at least two texts", got: "\(embeddings.count)")
    }
    let matrix = SimilarityMatrix(embeddings: embeddings, metric: metric)
    switch format {
    case .text: try matrix.writeText(to: output)
    case .json: try matrix.writeJSON(to: output)
    }
    try output.commit()
  }
}
