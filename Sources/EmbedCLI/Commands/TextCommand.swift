import ArgumentParser
import Embed

/// `embed text`: a vector for each text.
struct TextCommand: AsyncParsableCommand {
  /// How vectors are written.
  struct FormatOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: "The output's format. (default: json; with --jsonl jsonl)")
    var format: VectorFormat?
  }

  static let configuration = CommandConfiguration(
    commandName: "text",
    abstract: "Embed texts, a vector each, in their order. (The default command.)",
    discussion: """
      A record without an id has its number for one, counted from 0. An empty line is an empty \
      text; with --jsonl, blank lines are passed over. Input is UTF-8.

      FORMATS:
        json      a line is a JSON array; the default
        jsonl     a line is {"id":...,"embedding":[...]}; the default with --jsonl;
                  with --stats also "tokens" and "truncated"
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
        embed text "Call the bank." --collection notes --id 17 --store
        embed text -- "-5 degrees" "models"
      """)

  @OptionGroup var input: InputOptions
  @OptionGroup var model: ModelOptions
  @OptionGroup var formatting: FormatOptions
  @OptionGroup var destination: DestinationOptions
  @OptionGroup var vectors: VectorOptions
  @OptionGroup var role: RoleOptions
  @OptionGroup var runtime: RuntimeOptions
  @OptionGroup var statistics: StatisticsOptions
  @OptionGroup var record: RecordOptions

  func validate() throws {
    if record.collection != nil, role.role != .none {
      throw ValidationError("--role: records of a collection are documents.")
    }
    if format.isBinary { try destination.refuseTerminal(for: format.rawValue) }
  }

  var format: VectorFormat {
    formatting.format ?? (input.source.layout == .jsonl ? .jsonl : .json)
  }

  func run() async throws {
    hintAtCommand()
    if let collection = record.collection, let id = record.id {
      return try await keep(in: collection, id: id)
    }
    // What costs little is opened first, so that a misspelled name does not wait for a model.
    let address = try runtime.applied(to: model.address())
    var records = try input.records()
    let output = try destination.open()
    let embedder = try await EmbedderRegistry.everyBackend.embedder(address)
    let recordEmbedder = RecordEmbedder(
      embedder: embedder, options: vectors.embedOptions(role: role.role))
    var writer = try VectorWriter(
      output, format: format, countsTokens: statistics.isOn,
      dimensions: vectors.dimensions ?? embedder.info.dimensions)
    var progress = statistics.progress(beside: output)
    defer { progress.clear() }
    while let window = try records.nextWindow() {
      try await recordEmbedder.embed(window[...]) { embeddings, records in
        try writer.write(embeddings, of: records)
        progress.count(embeddings)
      }
      progress.update(fraction: records.fraction)
    }
    try writer.finish()
    progress.finish(maximumTokens: embedder.info.maximumTokens)
  }

  /// Tells people who seem to have misspelled a command.
  private func hintAtCommand() {
    guard let word = input.words.first, Descriptor.standardError.isTerminal,
      CommandLine.arguments.dropFirst().first == word,
      let command = EmbedCommand.command(resembling: word)
    else { return }
    let message = "'\(word)' is embedded as a text; did you mean the command '\(command)'?"
    try? Descriptor.standardError.write(Failure.line(message))
  }
}
