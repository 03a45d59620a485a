import Embed
import JSON

/// The texts of a command in windows: as many at a time as are there without waiting, up to a limit.
///
/// So a program at the other end of a pipe has its answer at once, and a file goes in large pieces that the runtime
/// can sort and spread over its threads. The first windows are small, so that results soon begin to flow.
struct RecordReader {
  private static let firstWindow = 32
  private static let largestWindow = 1024
  /// The bytes of texts behind which a window ends.
  private static let windowBytes = 16 << 20

  private var arguments: [String] = []
  private var tables: [TableReader] = []
  private var files: [TreeFile] = []
  private var encodings: [TextEncoding] = []
  /// Which columns of the tables are what.
  private var mapping = RecordMapping()
  /// The same for the table that is being read, once its columns are known.
  private var tableMapping: RecordMapping?
  /// The table or file that is being read.
  private var current = 0
  private var windowLimit = Self.firstWindow
  /// How many records have been handed out.
  private(set) var count = 0
  /// The error of the record behind the last window.
  private var failure: EmbedError?

  /// Reads texts of the command line.
  init(arguments: [String]) { self.arguments = arguments }

  /// Reads tables, one after another.
  ///
  /// - Throws: `EmbedError` with code `fileInaccessible`.
  init(
    _ descriptors: [Descriptor], layout: RecordLayout, mapping: RecordMapping
  ) throws(EmbedError) {
    for descriptor in descriptors {
      tables.append(try TableReader(descriptor, format: layout.format))
    }
    self.mapping = mapping
  }

  /// Reads files, each a text whose path is its id.
  init(files: [TreeFile], encodings: [TextEncoding]) {
    self.files = files
    self.encodings = encodings
  }

  /// The part of the input that has been handed out, from 0 to 1, where its size is known.
  var fraction: Double? {
    if !files.isEmpty { return Double(current) / Double(files.count) }
    if tables.isEmpty { return Double(count) / Double(max(1, arguments.count)) }
    let parts = tables.compactMap(\.progress)
    let size = parts.reduce(0) { $0 + $1.size }
    guard parts.count == tables.count, size > 0 else { return nil }
    return min(1, Double(parts.reduce(0) { $0 + $1.consumed }) / Double(size))
  }

  /// The next records, at least one; nil at the end.
  ///
  /// - Throws: `EmbedError` for a record that is not acceptable, after all records before it were handed out.
  mutating func nextWindow() throws -> [Record]? {
    if let failure { throw failure }
    var window: [Record] = []
    var bytes = 0
    do {
      while window.count < windowLimit, bytes < Self.windowBytes,
        let record = try next(waiting: window.isEmpty)
      {
        bytes += record.text.utf8.count
        window.append(record)
        count += 1
      }
    } catch let error as EmbedError {
      if window.isEmpty { throw error }
      failure = error
    }
    windowLimit = min(2 * windowLimit, Self.largestWindow)
    return window.isEmpty ? nil : window
  }

  private mutating func next(waiting: Bool) throws -> Record? {
    if !tables.isEmpty { return try nextRow(waiting) }
    if !files.isEmpty { return try nextFile() }
    guard count < arguments.count else { return nil }
    return Record(id: .number("\(count)"), text: arguments[count], location: "text \(count + 1)")
  }

  private mutating func nextRow(_ waiting: Bool) throws(EmbedError) -> Record? {
    while current < tables.count {
      // Lines are numbered through all files.
      tables[current].count = count
      let row = try tables[current].next(waiting: waiting)
      if tableMapping == nil, let columns = tables[current].columns {
        tableMapping = try mapping.resolved(columns: columns, of: tables[current].name)
      }
      if let row { return try (tableMapping ?? mapping).record(of: row, number: count) }
      if !waiting, !tables[current].isFile { return nil }
      current += 1
      tableMapping = nil
    }
    return nil
  }

  private mutating func nextFile() throws -> Record? {
    while current < files.count {
      let file = files[current]
      current += 1
      if let text = try file.text(encodings) {
        return Record(id: .string(file.path), text: text, location: file.location)
      }
    }
    return nil
  }
}
