import ArgumentParser
import Embed
import EmbedStore
import JSON

/// `embed duplicates`: the records of a collection that are nearly the same.
struct DuplicatesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "duplicates",
    abstract: "List the pairs of a collection's records that are nearly the same.",
    discussion: """
      A line is {"score":...,"a":{"id":...,"content":...},"b":{...}}; the score is the cosine of \
      both vectors, that of copies is 1. Each pair is listed once, the nearest first. All pairs are \
      compared. When more of them qualify than -n allows, the nearest are listed, and standard \
      error says so.

      EXAMPLES:
        embed duplicates notes
        embed duplicates notes --min-score 1 -n 1000000 | jq -r .b.id
        embed duplicates docs --prefix guide/ --min-score 0.9 -p
      """)

  @Argument(help: "The collection.")
  var collection: String

  @Option(
    name: .customLong("min-score"),
    help: ArgumentHelp("Only scores from this on, -1 to 1.", valueName: "score"))
  var minimumScore = 0.95

  @Option(
    name: [.customShort("n"), .customLong("number")],
    help: ArgumentHelp("How many pairs are printed at most.", valueName: "count"))
  var limit = 1000

  @Option(help: ArgumentHelp("Only ids that begin with a text.", valueName: "text"))
  var prefix = ""

  @Flag(name: .shortAndLong, help: "Print text for people.")
  var plain = false

  @OptionGroup var database: DatabaseOptions

  func validate() throws {
    if !(1...1_000_000).contains(limit) {
      throw ValidationError("-n: expected a whole number from 1 to 1000000, got \(limit)")
    }
    if !(-1...1).contains(minimumScore) {
      throw ValidationError("--min-score: expected a number from -1 to 1, got \(minimumScore)")
    }
  }

  func run() async throws {
    let store = try await database.open(for: .read)
    // One more than is printed tells whether there are more.
    let pairs = try await store.duplicates(
      in: collection, minimumScore: minimumScore, count: limit + 1, prefix: prefix)
    var bytes: [UInt8] = []
    for pair in pairs.prefix(limit) {
      plain ? bytes.appendPlain(pair) : bytes.appendJSON(pair)
      if bytes.count >= 1 << 16 {
        try Descriptor.standardOutput.write(bytes)
        bytes.removeAll(keepingCapacity: true)
      }
    }
    try Descriptor.standardOutput.write(bytes)
    if pairs.count > limit {
      try Descriptor.standardError.write(
        Failure.line("more pairs qualify than the \(limit) nearest, which are listed; see -n"))
    }
  }
}

extension [UInt8] {
  /// Appends a line with a pair.
  fileprivate mutating func appendJSON(_ pair: DuplicatePair) {
    var writer = JSONWriter(style: .python)
    writer.write(
      .object([
        ("score", .number("\(pair.score)")), ("a", pair.first.idAndContent),
        ("b", pair.second.idAndContent),
      ]))
    append(contentsOf: writer.bytes)
    append("\n")
  }

  /// Appends a pair for people: the score, and two spaces in each record's id above its content.
  fileprivate mutating func appendPlain(_ pair: DuplicatePair) {
    append("\(pair.score)\n")
    for record in [pair.first, pair.second] { appendIndented(record) }
    append("\n")
  }
}
