import Embed
import JSON

/// The rows of a table, read as they are asked for; only JSON, which has no lines, is read whole.
struct TableReader {
  private enum Source {
    case separated(SeparatedValueParser, names: [String]?)
    case lines
    case jsonLines
    case values(ArraySlice<JSONValue>)
  }

  /// The most bytes of a JSON text.
  private static let jsonLimit = 1 << 30

  private var lines: LineReader
  private var source: Source
  /// How many rows have been handed out.
  private var count = 0
  private let name: String

  /// Opens a table.
  ///
  /// - Parameter format: nil for what its name and its beginning speak for.
  /// - Throws: `EmbedError`.
  init(_ descriptor: Descriptor, format: TableFormat?) throws(EmbedError) {
    name = descriptor.name
    lines = LineReader(descriptor)
    let format =
      if let format { format } else {
        TableFormat.detect(name: descriptor.name, start: try lines.peek())
      }
    switch format {
    case .csv: source = .separated(SeparatedValueParser(separator: UInt8(ascii: ",")), names: nil)
    case .tsv: source = .separated(SeparatedValueParser(separator: 0x09), names: nil)
    case .jsonl, .nl: source = .jsonLines
    case .lines: source = .lines
    case .json: source = .values(try Self.values(&lines, descriptor.name))
    }
  }

  /// The part of the input that has been handed out, from 0 to 1, where its size is known.
  var fraction: Double? {
    guard let size = lines.fileSize, size > 0 else { return nil }
    return min(1, Double(lines.consumedBytes) / Double(size))
  }

  /// The next row; nil at the end.
  ///
  /// - Throws: `EmbedError` with code `invalidInput` for one that breaks the format's rules.
  mutating func next() throws(EmbedError) -> TableRow? {
    switch source {
    case .separated(var parser, var names):
      defer { source = .separated(parser, names: names) }
      return try nextSeparated(&parser, &names)
    case .lines:
      guard let line = try lines.next() else { return nil }
      defer { count += 1 }
      let record = try RecordParser(file: name, lineNumber: lines.lineNumber, number: count).text(
        line)
      return TableRow(
        cells: [("id", record.id), ("content", .string(record.text))], location: record.location)
    case .jsonLines:
      while let line = try lines.next() {
        if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
        do throws(JSONError) {
          return try row(JSONParser.parse(Array(line)), "\(name), line \(lines.lineNumber)")
        } catch {
          var error = error
          error.line = lines.lineNumber
          throw error.embedError(.invalidInput, in: name)
        }
      }
      return nil
    case .values(var values):
      guard let value = values.popFirst() else { return nil }
      source = .values(values)
      count += 1
      return row(value, "\(name), object \(count)")
    }
  }

  /// The members of an object; anything else has no columns, and so no id.
  private func row(_ value: JSONValue, _ location: String) -> TableRow {
    guard case .object(let members) = value else { return TableRow(cells: [], location: location) }
    return TableRow(cells: members.map { ($0.key, $0.value) }, location: location)
  }

  private static func values(
    _ lines: inout LineReader, _ name: String
  ) throws(EmbedError) -> ArraySlice<JSONValue> {
    var text: [UInt8] = []
    while let line = try lines.next() {
      text += line
      text.append(0x0A)
      guard text.count <= jsonLimit else {
        throw EmbedError(
          .invalidInput, "JSON too long",
          expected: "at most \(jsonLimit) bytes; JSON lines have no limit",
          at: name)
      }
    }
    if text.allSatisfy({ $0 == 0x20 || (0x09...0x0D).contains($0) }) { return [] }
    do throws(JSONError) {
      let value = try JSONParser.parse(text)
      if case .array(let values) = value { return values[...] }
      return [value]
    } catch {
      throw error.embedError(.invalidInput, in: name)
    }
  }

  // MARK: - CSV and TSV

  private mutating func nextSeparated(
    _ parser: inout SeparatedValueParser, _ names: inout [String]?
  ) throws(EmbedError) -> TableRow? {
    while true {
      let start = lines.lineNumber + 1
      guard let fields = try nextFields(&parser, start) else { return nil }
      // A blank line is no row.
      if fields == [""] { continue }
      guard let columns = names else {
        names = fields
        continue
      }
      let location = "\(name), line \(start)"
      guard fields.count <= columns.count else {
        throw EmbedError(
          .invalidInput, "a row with more values than columns", expected: "\(columns.count)",
          got: "\(fields.count)", at: location)
      }
      count += 1
      let cells = columns.enumerated().map { index, name in
        (name, index < fields.count ? JSONValue.string(fields[index]) : .null)
      }
      return TableRow(cells: cells, location: location)
    }
  }

  private mutating func nextFields(
    _ parser: inout SeparatedValueParser, _ start: Int
  ) throws(EmbedError) -> [String]? {
    let location = "\(name), line \(start)"
    while let line = try lines.next() {
      guard parser.add(line) else { continue }
      guard let fields = parser.takeFields() else {
        throw EmbedError(.invalidInput, "invalid UTF-8", at: location)
      }
      return fields
    }
    guard !parser.isInsideQuotes else {
      throw EmbedError(
        .invalidInput, "a quoted value without an end", expected: "a closing quote", at: location)
    }
    return nil
  }
}

/// Splits lines into values, which may hold separators and line ends in quotes: RFC 4180, and as Python's `csv` does
/// where that is silent.
struct SeparatedValueParser {
  let separator: UInt8
  private var fields: [[UInt8]] = []
  private var field: [UInt8] = []
  private(set) var isInsideQuotes = false

  init(separator: UInt8) { self.separator = separator }

  /// Takes a line; false when its row goes on in the next one.
  mutating func add(_ line: ArraySlice<UInt8>) -> Bool {
    let quote = UInt8(ascii: "\"")
    var isAtStart = !isInsideQuotes
    var position = line.startIndex
    let end = line.last == 0x0D ? line.endIndex - 1 : line.endIndex
    while position < end {
      let byte = line[position]
      position += 1
      if isInsideQuotes {
        if byte != quote {
          field.append(byte)
        } else if position < end, line[position] == quote {
          field.append(quote)
          position += 1
        } else {
          isInsideQuotes = false
        }
      } else if byte == separator {
        fields.append(field)
        field = []
        isAtStart = true
        continue
      } else if byte == quote, isAtStart {
        isInsideQuotes = true
      } else {
        field.append(byte)
      }
      isAtStart = false
    }
    if isInsideQuotes {
      field += line[end...]
      field.append(0x0A)
      return false
    }
    fields.append(field)
    field = []
    return true
  }

  /// The values of a row that is complete; nil when one is not UTF-8.
  mutating func takeFields() -> [String]? {
    defer { fields = [] }
    let texts = fields.compactMap { String(validating: $0, as: UTF8.self) }
    return texts.count == fields.count ? texts : nil
  }
}
