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

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Embed the files of a folder whose paths match a pattern; their paths are their ids.",
      valueName: "folder pattern"), completion: .directory)
  var files: [String] = []

  @Option(
    help:
      "An encoding to try on --files; several are tried in their order. (default: utf-8, latin-1)")
  var encoding: [TextEncoding] = []

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

  func validate() throws {
    if binary, files.isEmpty { throw ValidationError("--binary is about --files.") }
    if binary, !encoding.isEmpty {
      throw ValidationError("--binary and --encoding exclude each other.")
    }
    if !encoding.isEmpty, files.isEmpty { throw ValidationError("--encoding is about --files.") }
    if !files.isEmpty, file != nil || sql != nil || format != nil || metadataColumns != nil {
      throw ValidationError(
        "--files has neither a table, --format, --sql nor --metadata-columns beside it.")
    }
    if sql != nil, file != nil || format != nil {
      throw ValidationError("--sql has neither a table nor --format beside it.")
    }
    if !files.count.isMultiple(of: 2) {
      throw ValidationError("--files: expected a folder and a pattern; put the pattern in quotes.")
    }
    if !attach.count.isMultiple(of: 2) {
      throw ValidationError("--attach: expected a name and a file.")
    }
    if !attach.isEmpty, sql == nil { throw ValidationError("--attach is about --sql.") }
    if file == nil, files.isEmpty, sql == nil, Descriptor.standardInput.isTerminal {
      throw ValidationError("Missing what is embedded: name a table, or use --files or --sql.")
    }
  }

  private static func pairs(_ words: [String]) -> [(String, String)] {
    stride(from: 0, to: words.count, by: 2).map { (words[$0], words[$0 + 1]) }
  }

  /// Opens the source.
  ///
  /// - Parameter database: the one in which a query runs.
  /// - Throws: `EmbedError`.
  func open(database: String) throws(EmbedError) -> EntryReader {
    let columns = metadataColumns.map { $0.split(separator: ",").map(String.init) } ?? []
    let mapping = RowMapping(prefix: prefix, prepend: prepend, metadataColumns: columns)
    if let sql {
      let attachments = Self.pairs(attach).map { (name: $0.0, path: $0.1) }
      return EntryReader(
        .query(try SQLRows(sql, in: database, attaching: attachments)), mapping)
    }
    if !files.isEmpty {
      var paths: [EntryReader.File] = []
      for (folder, pattern) in Self.pairs(files) {
        for path in try FileTree.paths(in: folder, matching: pattern) {
          paths.append(EntryReader.File(folder: folder, path: path))
        }
      }
      let encodings = encoding.isEmpty ? TextEncoding.allCases : encoding
      return EntryReader(.files(paths, binary ? nil : encodings), mapping)
    }
    let descriptor: Descriptor =
      if let file, file != "-" { try .open(file, flags: O_RDONLY) } else { .standardInput }
    return EntryReader(.table(try TableReader(descriptor, format: format)), mapping)
  }
}

extension TableFormat: ExpressibleByArgument {}
extension TextEncoding: ExpressibleByArgument {}
