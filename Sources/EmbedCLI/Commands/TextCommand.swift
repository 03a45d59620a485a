import ArgumentParser
import Embed

/// `embed text`: a vector for each text.
struct TextCommand: AsyncParsableCommand {
  /// How vectors are written.
  struct FormatOptions: ParsableArguments {
    @Option(
      name: .shortAndLong, help: "The output's format. (default: jsonl for records, else json)")
    var format: VectorFormat?

    @Option(
      help: ArgumentHelp(
        "Repeat these fields, divided by commas, in JSON lines; '*' for all others.",
        valueName: "names"))
    var keep: String?

    func validate() throws {
      guard let keep else { return }
      if let format, format != .jsonl { throw ValidationError("--keep is about -f jsonl.") }
      guard case .named(let names) = KeptFields(keep) else { return }
      if names.isEmpty { throw ValidationError("--keep: expected names of fields, got none") }
      if let name = names.first(where: KeptFields.reserved.contains) {
        throw ValidationError("--keep: \"\(name)\" is a member that JSON lines have already.")
      }
    }
  }

  static let configuration = CommandConfiguration(
    commandName: "text",
    abstract: "Embed texts, a vector each, in their order. (The default command.)",
    discussion: """
      A record without an id has its number for one, counted from 0. An empty line is an empty \
      text; with --jsonl, --csv and --tsv, blank lines are passed over. Input is UTF-8. What --keep \
      names stands in JSON lines between id and vector, as the input has it; fields that a record \
      lacks are left out. '*' is all fields but the id, the text, and those that are called id, \
      embedding, tokens or truncated.

      With --output-type, vectors are written as sentence-transformers quantizes them: int8 and \
      uint8 in a byte a dimension, its range divided into 256 steps; binary and ubinary in a bit. \
      The ranges are the smallest and largest values of --calibration's vectors, which ought to \
      stand for all that come, and be the same for all that are compared. They are not taken from \
      the input, whose first vector is written before the last is known.

      With --sparse, a text's embedding is an object, {"indices":[...],"values":[...]}: the \
      tokens of the vocabulary that stand for the text, and their weights, by a model of SPLADE. \
      With --tokens it is an array of vectors, one a token. Both are for local models, and written \
      as json or jsonl.

      FORMATS:
        json      a line is a JSON array; the default
        jsonl     a line is {"id":...,"embedding":[...]}; the default with --jsonl,
                  --csv, --tsv, --files; --stats adds "tokens" and "truncated"
        base64    a line is the vector's bytes, float32 little-endian, in base64
        hex       a line is the same bytes in hexadecimal
        blob      the same bytes, one vector after another
        npy       a NumPy array, (count, dimensions), when all texts are done

      EXAMPLES:
        embed "A cat sat on the mat."
        embed -m ./my-model --role query "where do cats sit?"
        embed -m nomic-embed-text-v1.5 --prompt "clustering: " -i texts.txt
        embed text -i texts.txt -f npy -o vectors.npy
        embed text -i records.jsonl --jsonl > vectors.jsonl
        embed text -i books.csv --csv --text-column abstract --keep title
        embed text --files docs '**/*.md' -o vectors.jsonl
        cut -f 2 table.tsv | embed text --dimensions 128 -f base64
        embed text -i texts.txt --output-type int8 --calibration sample.npy -f npy -o int8.npy
        embed text --sparse -m splade-cocondenser-ensembledistil "Call the bank."
        embed text "Call the bank." --collection notes --id 17 --store
        embed text -- "-5 degrees" "models"
      """)

  @OptionGroup var input: InputOptions
  @OptionGroup var model: ModelOptions
  @OptionGroup var formatting: FormatOptions
  @OptionGroup var destination: DestinationOptions
  @OptionGroup var vectors: VectorOptions
  @OptionGroup var type: OutputTypeOptions
  @Flag var kind: VectorKind?
  @OptionGroup var role: RoleOptions
  @OptionGroup var runtime: RuntimeOptions
  @OptionGroup var statistics: StatisticsOptions
  @OptionGroup var record: RecordOptions

  func validate() throws {
    if formatting.keep != nil {
      if !input.source.hasColumns {
        throw ValidationError("--keep is about records; add --csv, --tsv or --jsonl.")
      }
      if record.collection != nil {
        throw ValidationError("--keep: a record of a collection has --metadata.")
      }
    }
    if record.collection != nil, type.outputType != .float32 {
      throw ValidationError("--output-type: vectors of a collection are float32.")
    }
    if record.collection != nil, role.role != .none || role.prompt != nil {
      throw ValidationError(
        "--\(role.prompt == nil ? "role" : "prompt"): records of a collection are documents.")
    }
    if let kind { try validate(kind) }
    if format.isBinary { try destination.refuseTerminal(for: format.rawValue) }
  }

  var format: VectorFormat {
    formatting.format ?? (input.source.hasIDs ? .jsonl : .json)
  }

  /// Refuses what is about vectors of texts alone.
  private func validate(_ kind: VectorKind) throws {
    let flag = "--\(kind.rawValue)"
    if format != .json, format != .jsonl {
      throw ValidationError("\(flag) is written as json or jsonl.")
    }
    if type.outputType != .float32 || vectors.dimensions != nil || vectors.keepsLength {
      throw ValidationError(
        "\(flag) has neither --dimensions, --no-normalize nor --output-type beside it.")
    }
    if record.collection != nil {
      throw ValidationError("\(flag): a collection has a vector of each text.")
    }
  }

  func run() async throws {
    hintAtCommand()
    if let kind { return try await write(kind) }
    if let collection = record.collection, let id = record.id {
      return try await keep(in: collection, id: id)
    }
    // What costs little is opened first, so that a misspelled name does not wait for a model.
    let address = try runtime.applied(to: model.address())
    var records = try input.records(
      keeping: formatting.keep.map { KeptFields($0) } ?? .named([]))
    let quantization = try type.quantization()
    let output = try destination.open()
    let embedder = try await EmbedderRegistry.everyBackend.embedder(address)
    try role.warn(about: embedder)
    let recordEmbedder = RecordEmbedder(
      embedder: embedder, options: vectors.embedOptions(role: role.role, prompt: role.prompt))
    var writer = try VectorWriter(
      output, format: format, quantization: quantization, countsTokens: statistics.isOn,
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
