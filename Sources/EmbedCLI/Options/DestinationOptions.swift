import ArgumentParser
import Embed

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

  /// Whether results would appear on a screen.
  var isTerminal: Bool {
    (output == nil || output == "-") && Descriptor.standardOutput.isTerminal
  }

  /// Opens the file.
  ///
  /// - Throws: `EmbedError` with code `fileInaccessible`.
  func open() throws(EmbedError) -> OutputFile { try OutputFile(path: output) }
}
