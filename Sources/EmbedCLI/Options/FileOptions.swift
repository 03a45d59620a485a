import ArgumentParser
import Embed

/// The files whose contents a command takes for texts.
struct FileOptions: ParsableArguments {
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Embed the files of a folder whose paths match a pattern; their paths are their ids.",
      valueName: "folder pattern"), completion: .directory)
  var files: [String] = []

  @Option(
    help:
      "An encoding to try on --files; several are tried in their order. (default: utf-8, latin-1)")
  var encoding: [TextEncoding] = []

  func validate() throws {
    if !encoding.isEmpty, isEmpty { throw ValidationError("--encoding is about --files.") }
    if !words.count.isMultiple(of: 2) {
      throw ValidationError("--files: expected a folder and a pattern; put the pattern in quotes.")
    }
  }

  private var words: [String] {
    FoldedArguments.unfold(files, from: Array(CommandLine.arguments.dropFirst()))
  }

  /// Whether no files are asked for.
  var isEmpty: Bool { files.isEmpty }

  /// The encodings to try, in their order.
  var encodings: [TextEncoding] { encoding.isEmpty ? TextEncoding.allCases : encoding }

  /// Looks for the files.
  ///
  /// - Throws: as `FileTree.paths(in:matching:)`.
  func find() throws(EmbedError) -> [TreeFile] {
    var found: [TreeFile] = []
    for (folder, pattern) in words.pairs {
      for path in try FileTree.paths(in: folder, matching: pattern) {
        found.append(TreeFile(folder: folder, path: path))
      }
    }
    return found
  }
}

extension [String] {
  /// Each two neighbours.
  ///
  /// - Precondition: their number is even.
  /// - Complexity: O(n) in their number.
  var pairs: [(String, String)] {
    stride(from: 0, to: count, by: 2).map { (self[$0], self[$0 + 1]) }
  }
}

extension TextEncoding: ExpressibleByArgument {}
