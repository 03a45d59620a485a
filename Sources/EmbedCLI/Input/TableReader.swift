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

  /// The most bytes of a row that goes on over several lines.
  private static let rowLimit = LineReader.lineLimit
  /// The most bytes of a JSON text.
  private static let jsonLimit = 1 << 30

  private var lines: LineReader
  private var source: Source
  /// How many rows have been handed out, which is the number of the next line, its id.
  var count = 0
  /// Where the row that is being read begins.
  private var rowStart: Int?
  /// What error messages call the table.
  let name: String

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

  /// The bytes of the input, and how many of them have been handed out; nil where the size is not known.
  var progress: (consumed: Int, size: Int)? {
    lines.fileSize.map { (lines.consumedBytes, $0) }
  }

  /// Whether it is a file, which does not keep anybody waiting.
  var isFile: Bool { lines.fileSize != nil }

  /// The names of the columns, as far as a first line has them and has been read.
  var columns: [String]? {
    if case .separated(_, let names) = source { names } else { nil }
  }

  /// The next row; nil at the end.
  ///
  /// - Parameter waiting: whether to wait for rows of a pipe; without, nil also means that none is there yet.
  /// - Throws: `EmbedError` with code `invalidInput` for one that breaks the format's rules.
  mutating func next(waiting: Bool = true) throws(EmbedError) -> TableRow? {
    let waiting = waiting || isFile
    switch source {
    case .separated(var parser, var names):
      defer { source = .separated(parser, names: names) }
      return try nextSeparated(&parser, &names, waiting)
    case .lines:
      guard let line = try nextLine(waiting) else { return nil }
      defer { count += 1 }
      let location = "\(name), line \(lines.lineNumber)"
      let text = try Self.text(of: line, location)
      return TableRow(
        cells: [("id", .number("\(count)")), ("text", .string(text))], location: location)
    case .jsonLines:
      return try nextObject(waiting)
    case .values(var values):
      guard let value = values.popFirst() else { return nil }
      source = .values(values)
      count += 1
      return try row(value, "\(name), object \(count)")
    }
  }

  private mutating func nextLine(_ waiting: Bool) throws(EmbedError) -> ArraySlice<UInt8>? {
    try waiting ? lines.next() : lines.nextBuffered()
  }

  // MARK: - Lines

  /// A line as a text, without a carriage return at its end.
  private static func text(
    of line: ArraySlice<UInt8>, _ location: String
  ) throws(EmbedError) -> String {
    let bytes = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    var parser = Unicode.UTF8.ForwardParser()
    var iterator = bytes.makeIterator()
    var offset = 0
    while case .valid(let scalar) = parser.parseScalar(from: &iterator) { offset += scalar.count }
    let byte = bytes.dropFirst(offset).first.map { String($0, radix: 16, uppercase: true) } ?? ""
    throw EmbedError(
      .invalidInput, "invalid UTF-8", got: "the byte 0x\(byte)",
      at: "\(location), byte offset \(offset)")
  }

  // MARK: - JSON

  private mutating func nextObject(_ waiting: Bool) throws(EmbedError) -> TableRow? {
    while let line = try nextLine(waiting) {
      if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
      let value: JSONValue
      do throws(JSONError) {
        value = try JSONParser.parse(Array(line))
      } catch {
        var error = error
        error.line = lines.lineNumber
        throw error.embedError(.invalidInput, in: name)
      }
      count += 1
      return try row(value, "\(name), line \(lines.lineNumber)")
    }
    return nil
  }

  /// The members of an object.
  private func row(_ value: JSONValue, _ location: String) throws(EmbedError) -> TableRow {
    guard case .object(let members) = value else {
      throw EmbedError(
        .invalidInput, "a record", expected: "an object", got: value.summary, at: location)
    }
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
    _ parser: inout SeparatedValueParser, _ names: inout [String]?, _ waiting: Bool
  ) throws(EmbedError) -> TableRow? {
    while let (fields, location) = try nextFields(&parser, waiting) {
      // A blank line is no row.
      if fields == [""] { continue }
      guard let columns = names else {
        names = fields
        continue
      }
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
    return nil
  }

  /// The values of the next row, and where it begins.
  private mutating func nextFields(
    _ parser: inout SeparatedValueParser, _ waiting: Bool
  ) throws(EmbedError) -> (fields: [String], location: String)? {
    while let line = try nextLine(waiting) {
      let start = rowStart ?? lines.lineNumber
      let location = "\(name), line \(start)"
      guard parser.add(line) else {
        rowStart = start
        guard parser.byteCount <= Self.rowLimit else {
          throw EmbedError(
            .invalidInput, "row too long, perhaps for a quote without an end",
            expected: "at most \(Self.rowLimit) bytes", at: location)
        }
        continue
      }
      rowStart = nil
      guard let fields = parser.takeFields() else {
        throw EmbedError(.invalidInput, "invalid UTF-8", at: location)
      }
      return (fields, location)
    }
    guard let rowStart, waiting else { return nil }
    throw EmbedError(
      .invalidInput, "a quoted value without an end", expected: "a closing quote",
      at: "\(name), line \(rowStart)")
  }
}
