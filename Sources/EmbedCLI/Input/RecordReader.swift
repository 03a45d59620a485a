import Embed

/// The texts of a command in windows: as many at a time as are there without waiting, up to a limit.
///
/// So a program at the other end of a pipe has its answer at once, and a file goes in large pieces that the runtime
/// can sort and spread over its threads. The first windows are small, so that results soon begin to flow.
struct RecordReader {
  private static let firstWindow = 32
  private static let largestWindow = 1024

  private let name: String
  private let size: Int?
  private let layout: InputOptions.Layout
  private let arguments: [String]
  private var lines: LineReader?
  private var windowLimit = Self.firstWindow
  /// How many records have been handed out.
  private(set) var count = 0
  /// The error of the record behind the last window.
  private var failure: EmbedError?

  init(arguments: [String]) {
    name = "text"
    size = nil
    layout = .lines
    self.arguments = arguments
  }

  init(_ descriptor: Descriptor, layout: InputOptions.Layout) {
    name = descriptor.name
    size = descriptor.regularFileSize
    self.layout = layout
    arguments = []
    lines = LineReader(descriptor)
  }

  /// The part of the input that has been handed out, from 0 to 1, where its size is known.
  var fraction: Double? {
    guard let lines, let size, size > 0 else { return nil }
    return min(1, Double(lines.consumedBytes) / Double(size))
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
    guard lines != nil else { return nextArgument() }
    while let line = waiting ? try lines?.next() : try lines?.nextBuffered() {
      let parser = RecordParser(file: name, lineNumber: lines?.lineNumber ?? 0, number: count)
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
    return Record(
      id: .number("\(count)"), text: arguments[count], location: "\(name) \(count + 1)")
  }
}
