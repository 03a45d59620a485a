public import ArgumentParser
public import Embed

/// Where a command's results go.
struct DestinationOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Write to a file, which appears when it is complete, instead of standard output.",
      valueName: "file"),
    completion: .file())
  var output: String?

  func validate() throws {
    if output == "" { throw ValidationError("Missing a file's name after -o.") }
  }

  /// Refuses a format that would spoil a screen.
  ///
  /// - Throws: `ValidationError`.
  func refuseTerminal(for format: String) throws {
    guard output == nil || output == "-", Descriptor.standardOutput.isTerminal else { return }
    throw ValidationError("Format \(format) is not for terminals: name a file with -o.")
  }

  /// Opens the file.
  ///
  /// - Throws: `EmbedError` with code `fileInaccessible`.
  func open() throws(EmbedError) -> OutputFile { try OutputFile(path: output) }
}

/// What is told of the work beside its results.
struct StatisticsOptions: ParsableArguments {
  @Flag(
    name: .customLong("stats"),
    help: "Write counts, time and speed to standard error; counts of tokens to JSON lines.")
  var isOn = false

  /// Starts to tell of work whose results go to an output.
  func progress(beside output: OutputFile) -> WorkProgress {
    WorkProgress(besideResultsOnTerminal: output.isTerminal, showsSummary: isOn)
  }
}

extension VectorFormat: ExpressibleByArgument {}
extension EmbeddingIndex.Metric: ExpressibleByArgument {}
extension SimilarityMatrix.Format: ExpressibleByArgument {}
extension SearchResults.Format: ExpressibleByArgument {}
