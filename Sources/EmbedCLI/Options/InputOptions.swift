import ArgumentParser
import Embed
import Foundation

/// Where a command's texts come from: its arguments, files, or standard input.
struct InputOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "The texts; after -- they may start with a dash.",
      discussion: "Without any, and without -i, they are read from standard input.",
      valueName: "text"))
  var words: [String] = []

  @OptionGroup var source: SourceOptions

  /// The texts among the arguments.
  var texts: [String] {
    FoldedArguments.unfold(words, from: Array(CommandLine.arguments.dropFirst()))
  }

  func validate() throws {
    guard !words.isEmpty else { return try source.requireTexts() }
    if !source.input.isEmpty {
      throw ValidationError("Texts come from the arguments or from -i, not both.")
    }
    if let layout = source.layout {
      throw ValidationError("--\(layout.rawValue) is about the lines of a file; add -i.")
    }
  }

  /// Starts to read.
  ///
  /// - Throws: `EmbedError` with code `fileInaccessible`.
  func records() throws(EmbedError) -> RecordReader {
    guard words.isEmpty else {
      hintAtFile()
      return RecordReader(arguments: texts)
    }
    return try RecordReader(source.open(), layout: source.layout ?? .lines)
  }

  /// Tells people who seem to have forgotten `-i`.
  private func hintAtFile() {
    guard let word = words.first, Descriptor.standardError.isTerminal else { return }
    var status = stat()
    let isFile = stat(word, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    guard isFile || [".txt", ".jsonl", ".csv"].contains(where: word.lowercased().hasSuffix) else {
      return
    }
    let message = "'\(word)' is embedded as a text; to read a file of texts, use -i"
    try? Descriptor.standardError.write(Failure.line(message))
  }
}

/// The files that texts are read from.
struct SourceOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Read texts from a file, or from standard input for -; several are read one after another.",
      valueName: "file"),
    completion: .file())
  var input: [String] = []

  @Flag var layout: RecordLayout?

  /// Refuses to wait for texts from a terminal that nobody has asked for.
  ///
  /// - Throws: `ValidationError`.
  func requireTexts() throws {
    if input.isEmpty, Descriptor.standardInput.isTerminal {
      throw ValidationError("Missing a text: give one as an argument, or a file with -i.")
    }
  }

  /// Opens the files, or standard input when there is none.
  ///
  /// - Throws: `EmbedError` with code `fileInaccessible`.
  func open() throws(EmbedError) -> [Descriptor] {
    var descriptors: [Descriptor] = []
    for path in input.isEmpty ? ["-"] : input {
      descriptors.append(path == "-" ? .standardInput : try .open(path, flags: O_RDONLY))
    }
    return descriptors
  }
}

extension RecordLayout: EnumerableFlag {
  static func help(for layout: RecordLayout) -> ArgumentHelp? {
    switch layout {
    case .lines: "Each line of the input is a text. (default)"
    case .jsonl: "Each line of the input is an object with \"text\" and optionally \"id\"."
    }
  }
}
