import ArgumentParser
import Embed

/// `embed text`: a vector for each text.
struct TextCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "text",
    abstract: "Embed texts, a vector each, in their order. (The default command.)",
    discussion: """
      A record without an id has its number for one, counted from 0. An empty line is an empty \
      text; with --jsonl, blank lines are passed over. Input is UTF-8.

      FORMATS:
        json      a line is a JSON array; the default
        jsonl     a line is {"id":...,"embedding":[...]}; the default with --jsonl
        base64    a line is the vector's little-endian float32 bytes in base64
        hex       a line is the same bytes in hexadecimal
        blob      the same bytes, one vector after another
        npy       a NumPy array of float32, (count, dimensions), when all texts are done

      EXAMPLES:
        embed "A cat sat on the mat."
        embed -m ./my-model --role query "where do cats sit?"
        embed text -i texts.txt -f npy -o vectors.npy
        embed text -i records.jsonl --jsonl > vectors.jsonl
        cut -f 2 table.tsv | embed text --dimensions 128 -f base64
        embed text -- "-5 degrees" "models"
      """)

  @OptionGroup var input: InputOptions
  @OptionGroup var model: ModelOptions

  @Option(name: .shortAndLong, help: "The output's format. (default: json; with --jsonl jsonl)")
  var format: VectorFormat?

  @OptionGroup var destination: DestinationOptions
  @OptionGroup var vectors: VectorOptions
  @OptionGroup var runtime: RuntimeOptions

  func validate() throws {
    if resolvedFormat.isBinary, destination.isTerminal {
      throw ValidationError(
        "Format \(resolvedFormat.rawValue) is not for terminals: name a file with -o.")
    }
  }

  private var resolvedFormat: VectorFormat { format ?? (input.layout == .jsonl ? .jsonl : .json) }

  func run() async throws {
    // What costs little is opened first, so that a misspelled name does not wait for a model.
    let address = try runtime.applied(to: model.address())
    var records = try input.records()
    let output = try destination.open()
    let embedder = try await EmbedderRegistry.standard.embedder(address)
    let recordEmbedder = RecordEmbedder(embedder: embedder, options: vectors.embedOptions)
    var writer = try VectorWriter(
      output, format: resolvedFormat, dimensions: vectors.dimensions ?? embedder.info.dimensions)
    var progress = ProgressLine(besideResultsOnTerminal: output.isTerminal)
    defer { progress.clear() }
    while let window = try records.nextWindow() {
      try await recordEmbedder.embed(window[...]) { try writer.write($0, of: $1) }
      progress.update(records: records.count, fraction: records.fraction)
    }
    try writer.finish()
  }
}
