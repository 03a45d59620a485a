import Embed
import JSON

/// The texts of a command in windows: as many at a time as are there without waiting, up to a limit.
///
/// So a program at the other end of a pipe has its answer at once, and a file goes in large pieces that the runtime
/// can sort and spread over its threads. The first windows are small, so that results soon begin to flow.
struct RecordReader {
  private static let firstWindow = 32
  private static let largestWindow = 1024

  private let arguments: [String]
  private let layout: RecordLayout
  private var files: [LineReader]
  /// The file that is being read.
  private var current = 0
  /// The bytes of all files, if that is known.
  private let size: Int?
  private var windowLimit = Self.firstWindow
  /// How many records have been handed out.
  private(set) var count = 0
  /// The error of the record behind the last window.
  private var failure: EmbedError?

  /// Reads texts of the command line.
  init(arguments: [String]) {
    self.arguments = arguments
    layout = .lines
    files = []
    size = nil
  }

  /// Reads files, one after another.
  init(_ descriptors: [Descriptor], layout: RecordLayout) {
    arguments = []
    self.layout = layout
    files = descriptors.map(LineReader.init)
    let sizes = files.compactMap(\.fileSize)
    size = sizes.count == files.count ? sizes.reduce(0, +) : nil
  }

  /// The part of the input that has been handed out, from 0 to 1, where its size is known.
  var fraction: Double? {
    if files.isEmpty { return Double(count) / Double(max(1, arguments.count)) }
    guard let size, size > 0 else { return nil }
    return min(1, Double(files.reduce(0) { $0 + $1.consumedBytes }) / Double(size))
  }

  /// The next records, at least one; nil at the end.
  ///
  /// - Throws: `EmbedError` for a record that is not acceptable, after all records before it were handed out.
  mutating func nextWindow() throws(EmbedError) -> [Record]? {
    if let failure { throw failure }
    var window: [Record] = []
    do throws(EmbedError) {
      while window.count < windowLimit, let record = try next(waiting: window.isEmpty) {
        window.append(record)
      }
    } catch {
      if window.isEmpty { throw error }
      failure = error
    }
    windowLimit = min(2 * windowLimit, Self.largestWindow)
    return window.isEmpty ? nil : window
  }

  private mutating func next(waiting: Bool) throws(EmbedError) -> Record? {
    if files.isEmpty { return nextArgument() }
    while current < files.count {
      let reads = waiting || files[current].fileSize != nil
      guard let line = try reads ? files[current].next() : files[current].nextBuffered() else {
        if !reads { return nil }
        current += 1
        continue
      }
      let parser = RecordParser(
        file: files[current].name, lineNumber: files[current].lineNumber, number: count)
      let record = layout == .jsonl ? try parser.json(line) : try parser.text(line)
      guard let record else { continue }
      count += 1
      return record
    }
    return nil
  }

  private mutating func nextArgument() -> Record? {
    guard count < arguments.count else { return nil }
    defer { count += 1 }
    return Record(id: .number("\(count)"), text: arguments[count], location: "text \(count + 1)")
  }
}
