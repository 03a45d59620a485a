import Embed
import JSON

/// A row of a table: an id and what is embedded, as `embed multi` reads them.
struct TableRow {
  /// The columns in their order.
  let cells: [(name: String, value: JSONValue)]
  /// Where it stands, for error messages: `rows.csv, line 3`.
  let location: String
}

/// How a table is written.
enum TableFormat: String, CaseIterable {
  /// Comma-separated values, RFC 4180, with a line of names.
  case csv
  /// The same with tabs.
  case tsv
  /// An array of objects, or one object.
  case json
  /// A line is an object; llm calls it `nl`.
  case jsonl
  /// llm's name of `jsonl`.
  case nl
  /// A line is a text, whose id is its number, counted from 0.
  case lines
}

extension TableFormat {
  /// The format that a file's name and beginning speak for.
  static func detect(name: String, start: [UInt8]) -> TableFormat {
    switch name.split(separator: ".").last?.lowercased() {
    case "csv": return .csv
    case "tsv", "tab": return .tsv
    case "json": return .json
    case "jsonl", "ndjson": return .jsonl
    case "txt", "md": return .lines
    default: break
    }
    let text = start.drop {
      $0 == 0xEF || $0 == 0xBB || $0 == 0xBF || $0 == 0x20 || (0x09...0x0D).contains($0)
    }
    let line = text.prefix { $0 != UInt8(ascii: "\n") }
    switch text.first {
    case UInt8(ascii: "["): return .json
    case UInt8(ascii: "{"):
      // An object that ends with its line, and another line behind it.
      let isWhole = (try? JSONParser.parse(Array(line))) != nil
      return isWhole && text.count > line.count ? .jsonl : .json
    default:
      if line.contains(0x09) { return .tsv }
      return line.contains(UInt8(ascii: ",")) ? .csv : .lines
    }
  }
}

/// Which columns of a row are the id, the content and the metadata.
struct RowMapping {
  /// What is put before the id.
  var prefix = ""
  /// What is put before the content, and embedded with it.
  var prepend = ""
  /// The columns that are kept as metadata, and not embedded.
  var metadataColumns: [String] = []

  /// The id, the content and the metadata of a row: the first column, the others joined by spaces, those that were
  /// named.
  ///
  /// - Throws: `EmbedError` with code `invalidInput` when a row has no id.
  func parts(
    of row: TableRow
  ) throws(EmbedError) -> (id: String, text: String, metadata: [(key: String, value: JSONValue)]) {
    guard let first = row.cells.first, let id = Self.text(of: first.value) else {
      throw EmbedError(
        .invalidInput, "a row without an id", expected: "a value in its first column",
        got: row.cells.isEmpty ? "no columns" : "null", at: row.location)
    }
    var contents: [String] = []
    var metadata: [(key: String, value: JSONValue)] = []
    for cell in row.cells.dropFirst() {
      if metadataColumns.contains(where: { $0.hasSameBytes(as: cell.name) }) {
        metadata.append((cell.name, cell.value))
      } else {
        contents.append(Self.text(of: cell.value) ?? "")
      }
    }
    for name in metadataColumns where !row.cells.contains(where: { $0.name.hasSameBytes(as: name) })
    {
      throw EmbedError(
        .invalidInput, "a row without a metadata column", expected: name.quotedForMessage,
        got: row.cells.map(\.name).joined(separator: ", "), at: row.location)
    }
    return (prefix + id, prepend + contents.joined(separator: " "), metadata)
  }

  private static func text(of value: JSONValue) -> String? {
    switch value {
    case .null: return nil
    case .string(let text), .number(let text): return text
    case .bool(let flag): return "\(flag)"
    case .array, .object:
      var writer = JSONWriter()
      writer.write(value)
      return writer.text
    }
  }
}
