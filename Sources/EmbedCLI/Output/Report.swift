import ArgumentParser
import JSON

/// How a report is written.
enum ReportFormat: String, CaseIterable, ExpressibleByArgument {
  /// Lines for people.
  case text
  /// One object; times in seconds, memory in bytes.
  case json
}

/// What a measurement found.
protocol Report {
  /// Whole lines for people.
  var text: String { get }
  /// An object for programs.
  var json: JSONValue { get }
}

extension Report {
  /// Writes the report to standard output.
  ///
  /// - Throws: `EmbedError` with code `fileInaccessible`; `ClosedPipe`.
  func write(as format: ReportFormat) throws {
    switch format {
    case .text:
      try Descriptor.standardOutput.write(text)
    case .json:
      var line = JSONWriter()
      line.write(json)
      line.writeRaw("\n")
      try Descriptor.standardOutput.write(line.bytes)
    }
  }
}

extension Duration {
  /// Seconds and their parts.
  var inSeconds: Double { Double(components.seconds) + 1e-18 * Double(components.attoseconds) }
}

extension [Double] {
  /// The value that so many per cent of sorted values do not pass (the nearest-rank method).
  func percentile(_ percent: Int) -> Double { self[Swift.max(0, (count * percent + 99) / 100 - 1)] }
}
