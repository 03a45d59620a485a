import ArgumentParser
import Embed
import Foundation

/// Where a command's texts come from: its arguments, a file, or standard input.
struct InputOptions: ParsableArguments {
  /// How a file's lines hold texts.
  enum Layout: String, EnumerableFlag {
    /// A line is a text; a carriage return before its end is not part of it.
    case lines
    /// A line is a JSON object with `text` and perhaps `id`; blank lines are passed over.
    case jsonl

    static func help(for layout: Layout) -> ArgumentHelp? {
      switch layout {
      case .lines: "Each line of the input is a text. (default)"
      case .jsonl: "Each line of the input is an object with \"text\" and optionally \"id\"."
      }
    }
  }

  @Argument(
    help: ArgumentHelp(
      "The texts; after -- they may start with a dash.",
      discussion: "Without any, and without -i, they are read from standard input.",
      valueName: "text"))
  var texts: [String] = []

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Read texts from a file, or from standard input for -.", valueName: "file"),
    completion: .file())
  var input: String?

  @Flag var layout: Layout?

  func validate() throws {
    if !texts.isEmpty {
      if input != nil {
        throw ValidationError("Texts come from the arguments or from -i, not both.")
      }
      if let layout {
        throw ValidationError("--\(layout.rawValue) is about the lines of a file; add -i.")
      }
    } else if input == nil, Descriptor.standardInput.isTerminal {
      throw ValidationError("Missing a text: give one as an argument, or a file with -i.")
    }
  }

  /// Starts to read.
  ///
  /// - Throws: `EmbedError` with code `fileInaccessible`.
  func records() throws(EmbedError) -> RecordReader {
    if !texts.isEmpty { return RecordReader(arguments: texts) }
    return try RecordReader(descriptor(), layout: layout ?? .lines)
  }

  private func descriptor() throws(EmbedError) -> Descriptor {
    guard let input, input != "-" else { return .standardInput }
    return try .open(input, flags: O_RDONLY)
  }
}
