import ArgumentParser
import Embed
import EmbedStore
import Foundation

/// Where the rows of a collection come from: a table, files, or a query.
struct RowSourceOptions: ParsableArguments {
  @Argument(
    help:
      "A table, or - for standard input, which is read when neither this, --files nor --sql is given.",
    completion: .file())
  var file: String?

  @Option(help: "How the table is written. (default: as it looks)")
  var format: TableFormat?

  @OptionGroup var tree: FileOptions

  @Flag(help: "Embed the bytes of --files, such as images.")
  var binary = false

  @Option(help: ArgumentHelp("Embed the rows of a query in the database.", valueName: "query"))
  var sql: String?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "A further database for --sql, and the name by which it is called there.",
      valueName: "name file"), completion: .file())
  var attach: [String] = []

  @Option(help: ArgumentHelp("Put a text before all ids.", valueName: "text"))
  var prefix = ""

  @Option(
    help: ArgumentHelp("Put a text before all contents, and embed it with them.", valueName: "text")
  )
  var prepend = ""

  @Option(
    help: ArgumentHelp(
      "Keep these columns, divided by commas, as metadata instead of embedding them.",
      valueName: "columns"))
  var metadataColumns: String?

  private var attachments: [String] {
    FoldedArguments.unfold(attach, from: Array(CommandLine.arguments.dropFirst()))
  }

  func validate() throws {
    if binary, tree.isEmpty { throw ValidationError("--binary is about --files.") }
    if binary, !tree.encoding.isEmpty {
      throw ValidationError("--binary and --encoding exclude each other.")
    }
    if !tree.isEmpty, file != nil || sql != nil || format != nil || metadataColumns != nil {
      throw ValidationError(
        "--files has neither a table, --format, --sql nor --metadata-columns beside it.")
    }
    if sql != nil, file != nil || format != nil {
      throw ValidationError("--sql has neither a table nor --format beside it.")
    }
    if !attachments.count.isMultiple(of: 2) {
      throw ValidationError("--attach: expected a name and a file.")
    }
    if !attach.isEmpty, sql == nil { throw ValidationError("--attach is about --sql.") }
    if file == nil, tree.isEmpty, sql == nil, Descriptor.standardInput.isTerminal {
      throw ValidationError("Missing what is embedded: name a table, or use --files or --sql.")
    }
  }

  /// Whether the same contents are there when it is opened again.
  var canBeReadTwice: Bool {
    guard let file else { return sql != nil || !tree.isEmpty }
    var status = stat()
    return stat(file, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  /// The columns that are kept as metadata.
  var metadataNames: [String] {
    metadataColumns.map { $0.split(separator: ",").map(String.init) } ?? []
  }

  /// Opens the source.
  ///
  /// - Parameters:
  ///   - database: the one in which a query runs.
  ///   - cuts: whether the contents will be cut into passages, before each of which `prepend` is to be put.
  /// - Throws: `EmbedError`.
  func open(database: String, forCutting cuts: Bool) throws(EmbedError) -> EntryReader {
    let mapping = RowMapping(
      prefix: prefix, prepend: cuts ? "" : prepend, metadataColumns: metadataNames)
    if let sql {
      let databases = attachments.pairs.map { (name: $0.0, path: $0.1) }
      return EntryReader(
        .query(try SQLRows(sql, in: database, attaching: databases)), mapping)
    }
    if !tree.isEmpty {
      return EntryReader(.files(try tree.find(), binary ? nil : tree.encodings), mapping)
    }
    let descriptor: Descriptor =
      if let file, file != "-" { try .open(file, flags: O_RDONLY) } else { .standardInput }
    return EntryReader(.table(try TableReader(descriptor, format: format)), mapping)
  }
}

extension TableFormat: ExpressibleByArgument {}
