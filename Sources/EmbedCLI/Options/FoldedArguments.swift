/// Stands in for long runs of texts while the arguments are parsed.
///
/// ArgumentParser's time grows with the square of the number of arguments. Behind the first words of a run without
/// dashes, which may be commands and the values of options, there can be nothing but texts: they are replaced with one
/// text that no command line can hold, because it begins with NUL, and put back where they are used.
enum FoldedArguments {
  /// The words at a run's start that are left as they are.
  private static let wordLimit = 8

  /// The arguments with all but the first words of each run of texts folded into one.
  ///
  /// - Complexity: O(n) in the number of arguments.
  static func fold(_ arguments: [String]) -> [String] {
    var folded: [String] = []
    var runStart = 0
    var isBehindTerminator = false
    func endRun(at end: Int) {
      let words = min(end, runStart + wordLimit)
      folded += arguments[runStart..<words]
      if words < end { folded.append("\0\(words)-\(end)") }
    }
    for (index, argument) in arguments.enumerated() where !isBehindTerminator {
      guard argument.utf8.first == UInt8(ascii: "-") else { continue }
      endRun(at: index)
      folded.append(argument)
      runStart = index + 1
      isBehindTerminator = argument == "--"
    }
    endRun(at: arguments.count)
    return folded
  }

  /// The texts with those put back that were folded.
  ///
  /// - Parameter arguments: those that were folded.
  /// - Complexity: O(n) in the number of texts.
  static func unfold(_ texts: [String], from arguments: [String]) -> [String] {
    guard texts.contains(where: { range(of: $0) != nil }) else { return texts }
    return texts.flatMap { text in range(of: text).map { Array(arguments[$0]) } ?? [text] }
  }

  /// A message in which the parser may have quoted a folded run.
  static func describe(_ message: String) -> String {
    message.replacing(/\0(\d+)-(\d+)/) { match in
      "\((Int(match.2) ?? 0) - (Int(match.1) ?? 0)) more"
    }
  }

  private static func range(of text: String) -> Range<Int>? {
    guard text.utf8.first == 0 else { return nil }
    let bounds = text.dropFirst().split(separator: "-").compactMap { Int($0) }
    return bounds.count == 2 ? bounds[0]..<bounds[1] : nil
  }
}
