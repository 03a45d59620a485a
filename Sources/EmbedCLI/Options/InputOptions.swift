import ArgumentParser
import Embed
import Foundation

/// Where a command's texts come from: its arguments, files, or standard input.
struct InputOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "The texts; after -- they may start with a dash.",
      discussion: "Without any, and without -i, they are read from standard input.",
      valueName: "text"))
  var words: [String] = []

  @OptionGroup var source: SourceOptions

  /// The texts among the arguments.
  var texts: [String] {
    FoldedArguments.unfold(words, from: Array(CommandLine.arguments.dropFirst()))
  }

  func validate() throws {
    if words.isEmpty {
      if source.waitsForTerminal {
        throw ValidationError("Missing a text: give one as an argument, or a file with -i.")
      }
      return
    }
    if !source.input.isEmpty || !source.tree.isEmpty {
      throw ValidationError("Texts come from the arguments, from -i or from --files.")
    }
    if let layout = source.layout {
      throw ValidationError("--\(layout.rawValue) is about the lines of a file; add -i.")
    }
  }

  /// Starts to read.
  ///
  /// - Parameter kept: what the output repeats of a table's rows.
  /// - Throws: as `SourceOptions.records(of:keeping:)`.
  func records(keeping kept: KeptFields = .named([])) throws(EmbedError) -> RecordReader {
    guard words.isEmpty else {
      hintAtFile()
      return RecordReader(arguments: texts)
    }
    return try source.records(of: source.open(), keeping: kept)
  }

  /// Tells people who seem to have forgotten `-i`.
  private func hintAtFile() {
    guard let word = words.first, Descriptor.standardError.isTerminal else { return }
    var status = stat()
    let isFile = stat(word, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    let endings = [".txt", ".jsonl", ".csv", ".tsv"]
    guard isFile || endings.contains(where: word.lowercased().hasSuffix) else { return }
    let message = "'\(word)' is embedded as a text; to read a file of texts, use -i"
    try? Descriptor.standardError.write(Failure.line(message))
  }
}

/// The files that texts are read from.
struct SourceOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Read texts from a file, or from standard input for -; several are read one after another.",
      valueName: "file"),
    completion: .file())
  var input: [String] = []

  @Flag var layout: RecordLayout?

  @Option(
    help: ArgumentHelp(
      "The column of the texts. (default: text; without it, a table's last but the id's)",
      valueName: "name"))
  var textColumn: String?

  @Option(
    help: ArgumentHelp(
      "The column of the ids. (default: id; without it, records are numbered)", valueName: "name"))
  var idColumn: String?

  @OptionGroup var tree: FileOptions

  func validate() throws {
    if !tree.isEmpty, !input.isEmpty || layout != nil {
      throw ValidationError("--files has neither -i nor a layout of lines beside it.")
    }
    if textColumn != nil || idColumn != nil, !hasColumns {
      throw ValidationError(
        "--text-column and --id-column are about records; add --csv, --tsv or --jsonl.")
    }
  }

  /// Whether records have named fields.
  var hasColumns: Bool { layout.map { $0 != .lines } ?? false }

  /// Whether the input has names for its records.
  var hasIDs: Bool { hasColumns || !tree.isEmpty }

  /// Whether a terminal would be waited for that nobody has asked for.
  var waitsForTerminal: Bool {
    input.isEmpty && tree.isEmpty && Descriptor.standardInput.isTerminal
  }

  /// Opens the files of `-i`, or standard input when there is neither one nor `--files`.
  ///
  /// - Throws: `EmbedError` with code `fileInaccessible`.
  func open() throws(EmbedError) -> [Descriptor] {
    guard tree.isEmpty else { return [] }
    var descriptors: [Descriptor] = []
    for path in input.isEmpty ? ["-"] : input {
      descriptors.append(path == "-" ? .standardInput : try .open(path, flags: O_RDONLY))
    }
    return descriptors
  }

  /// Starts to read.
  ///
  /// - Parameters:
  ///   - descriptors: what `open()` has opened.
  ///   - kept: what the output repeats of a table's rows.
  /// - Throws: `EmbedError` with code `fileInaccessible`, or `invalidOption` for a pattern that leads nowhere.
  func records(
    of descriptors: [Descriptor], keeping kept: KeptFields = .named([])
  ) throws(EmbedError) -> RecordReader {
    guard tree.isEmpty else {
      return RecordReader(files: try tree.find(), encodings: tree.encodings)
    }
    return try RecordReader(
      descriptors, layout: layout ?? .lines,
      mapping: RecordMapping(textColumn: textColumn, idColumn: idColumn, kept: kept))
  }
}

extension RecordLayout: EnumerableFlag {
  static func help(for layout: RecordLayout) -> ArgumentHelp? {
    switch layout {
    case .lines: "Each line of the input is a text. (default)"
    case .jsonl: "Each line of the input is an object with \"text\" and optionally \"id\"."
    case .csv: "The input is comma-separated values; its first line has the names of the columns."
    case .tsv: "The same with tabs."
    }
  }
}
