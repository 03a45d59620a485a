import Embed
import JSON

/// One text of the input.
struct Record {
  /// What the output calls it: the input's own name for it, else its number, counted from 0.
  let id: JSONValue
  let text: String
  /// What the output repeats of the input.
  var keptFields: [(key: String, value: JSONValue)] = []
  /// Where it stands, for error messages: `texts.txt, line 3`.
  let location: String
}

/// How a file holds texts.
enum RecordLayout: String, CaseIterable {
  /// A line is a text; a carriage return before its end is not part of it.
  case lines
  /// A line is a JSON object with `text` and perhaps `id`; blank lines are passed over.
  case jsonl
  /// Comma-separated values with a line of names.
  case csv
  /// The same with tabs.
  case tsv

  /// The same as a table.
  var format: TableFormat {
    switch self {
    case .lines: .lines
    case .jsonl: .jsonl
    case .csv: .csv
    case .tsv: .tsv
    }
  }
}

/// Which fields of a record the output repeats.
enum KeptFields {
  /// Those of some names.
  case named([String])
  /// All but its id, its text, and those of the output's own names.
  case others

  /// The names of members that the output has of its own.
  static let reserved = ["id", "embedding", "tokens", "truncated"]

  /// Reads names divided by commas, or `*`.
  init(_ names: String) {
    var seen: Set<[UInt8]> = []
    let parts = names.split(separator: ",").filter { seen.insert(Array($0.utf8)).inserted }
    self = names == "*" ? .others : .named(parts.map(String.init))
  }
}

/// Which columns of a row are a record's text, its id, and what the output repeats of it.
struct RecordMapping {
  /// nil for `text`; in a table without it, the last column but the id's.
  var textColumn: String?
  /// nil for `id` where there is one.
  var idColumn: String?
  /// What the output repeats.
  var kept: KeptFields = .named([])

  /// The mapping for a table whose columns are known.
  ///
  /// - Throws: `EmbedError` with code `invalidInput` when there is no such column.
  func resolved(
    columns: [String], of table: String
  ) throws(EmbedError) -> RecordMapping {
    var named = [textColumn, idColumn].compactMap { $0 }
    if case .named(let names) = kept { named += names }
    for name in named where !columns.contains(where: { $0.hasSameBytes(as: name) }) {
      throw EmbedError(
        .invalidInput, "no such column in the table",
        expected: columns.map(\.quotedForMessage).joined(separator: ", "),
        got: name.quotedForMessage, at: table)
    }
    var mapping = self
    if textColumn == nil, !columns.contains(where: { $0.hasSameBytes(as: "text") }) {
      let id = idColumn ?? "id"
      mapping.textColumn = columns.last { !$0.hasSameBytes(as: id) }
      if mapping.textColumn == nil {
        throw EmbedError(
          .invalidInput, "no column of texts in the table", expected: "one beside the id's",
          got: columns.map(\.quotedForMessage).joined(separator: ", "), at: table)
      }
    }
    return mapping
  }

  /// The record of a row.
  ///
  /// - Parameter number: what it is called if it has no id.
  /// - Throws: `EmbedError` with code `invalidInput` when its text is no text, or its id neither text, number nor flag.
  /// - Complexity: O(n) in the number of columns.
  func record(of row: TableRow, number: Int) throws(EmbedError) -> Record {
    let textName = textColumn ?? "text"
    let text = try row.value(of: textName)
    guard case .string(let text)? = text else {
      throw row.refused(textName, expected: "a string", got: text?.summary ?? "nothing")
    }
    let idName = idColumn ?? "id"
    let id = try row.value(of: idName)
    if id == nil, idColumn != nil {
      throw row.refused(idName, expected: "a name of the record", got: "nothing")
    }
    switch id {
    case .array, .object:
      throw row.refused(
        idName, expected: "a string, a number, true, false or null", got: id?.summary ?? "")
    case nil, .null, .bool, .number, .string:
      return Record(
        id: id ?? .number("\(number)"), text: text,
        keptFields: try keptFields(of: row, without: [textName, idName]), location: row.location)
    }
  }

  private func keptFields(
    of row: TableRow, without names: [String]
  ) throws(EmbedError) -> [(key: String, value: JSONValue)] {
    var fields: [(key: String, value: JSONValue)] = []
    switch kept {
    case .named(let names):
      for name in names {
        if let value = try row.value(of: name) { fields.append((name, value)) }
      }
    case .others:
      var seen = Set((names + KeptFields.reserved).map { Array($0.utf8) })
      let left = seen
      for cell in row.cells where !left.contains(Array(cell.name.utf8)) {
        guard seen.insert(Array(cell.name.utf8)).inserted else {
          throw row.refused(cell.name, expected: "one", got: "several")
        }
        fields.append((cell.name, cell.value))
      }
    }
    return fields
  }
}

extension TableRow {
  /// The value of a column; nil when there is none.
  ///
  /// - Throws: `EmbedError` with code `invalidInput` when there are several.
  fileprivate func value(of name: String) throws(EmbedError) -> JSONValue? {
    let values = cells.filter { $0.name.hasSameBytes(as: name) }.map(\.value)
    guard values.count < 2 else { throw refused(name, expected: "one", got: "\(values.count)") }
    return values.first
  }

  fileprivate func refused(_ name: String, expected: String, got: String) -> EmbedError {
    EmbedError(
      .invalidInput, "the \(name.quotedForMessage) of a record", expected: expected, got: got,
      at: location)
  }
}
