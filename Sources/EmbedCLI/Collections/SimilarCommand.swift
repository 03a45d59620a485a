import ArgumentParser
import Embed
import EmbedStore
import Foundation
import JSON

/// `embed similar`: the records of a collection that are nearest to a text or to one of them.
struct SimilarCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "similar",
    abstract: "Find the records of a collection that are nearest to a text, or to one of them.",
    discussion: """
      A line is a JSON object with "id", "score", "content" and "metadata", as llm prints it; the \
      score is the cosine. A text is embedded with the collection's own model. With --id no model \
      is needed, and that record is left out. With --queries, "query" stands before the others. \
      With --search int8, vectors are compared with eight bits a component first, which takes half \
      of the memory, and the nearest of them exactly; with --search binary with one bit, which may \
      miss some.

      EXAMPLES:
        embed similar notes "how do I keep receipts?"
        embed similar notes --id 1234 -n 3
        embed similar docs "install" --prefix guide/ --where language=en --min-score 0.3
        embed similar docs "install" -n 3 --by-document
        embed similar notes -p < question.txt
        embed similar notes --queries questions.txt -n 1
      """)

  @Argument(help: "The collection.")
  var collection: String

  @Argument(help: "The text; without it, and without --id, it is read from standard input.")
  var query: String?

  @Option(help: "Compare with the record of that id.")
  var id: String?

  @Option(
    help: ArgumentHelp(
      "Compare with each line of a file, or of standard input for -, all at once.",
      valueName: "file"), completion: .file())
  var queries: String?

  @Option(
    name: [.customShort("n"), .customLong("number")],
    help: ArgumentHelp("How many are printed.", valueName: "count"))
  var limit = 10

  @Option(help: ArgumentHelp("Only ids that begin with a text.", valueName: "text"))
  var prefix = ""

  @Option(
    name: .customLong("where"),
    help: ArgumentHelp(
      "Only records whose metadata have a value; may be repeated.", valueName: "name=value"))
  var conditions: [String] = []

  @Option(
    name: .customLong("min-score"),
    help: ArgumentHelp("Only scores from this on.", valueName: "score"))
  var minimumScore: Double?

  @Option(name: .customLong("search"), help: "How the nearest are found.")
  var method: SearchMethod = .exact

  @Flag(help: "Print only the nearest passage of each document that 'multi --chunk' has cut.")
  var byDocument = false

  @Flag(name: .shortAndLong, help: "Print text for people.")
  var plain = false

  @OptionGroup var model: ModelOptions
  @OptionGroup var database: DatabaseOptions
  @OptionGroup var runtime: RuntimeOptions

  func validate() throws {
    if !(1...1_000_000).contains(limit) {
      throw ValidationError("-n: expected a whole number from 1 to 1000000, got \(limit)")
    }
    if [query, id, queries].count(where: { $0 != nil }) > 1 {
      throw ValidationError("A text, --id and --queries exclude each other.")
    }
    if query == nil, id == nil, queries == nil, Descriptor.standardInput.isTerminal {
      throw ValidationError("Missing what is looked for: a text or --id.")
    }
    if let condition = conditions.first(where: { !$0.contains("=") }) {
      throw ValidationError("--where: expected NAME=VALUE, got '\(condition)'")
    }
    if minimumScore?.isNaN == true { throw ValidationError("--min-score: expected a number") }
  }

  private var filter: SimilarityFilter {
    let pairs = conditions.map { condition in
      let end = condition.firstIndex(of: "=") ?? condition.endIndex
      return (String(condition[..<end]), String(condition[end...].dropFirst()))
    }
    return SimilarityFilter(
      count: limit, prefix: prefix, metadata: Dictionary(pairs) { $1 }, minimumScore: minimumScore,
      method: method, onePerDocument: byDocument)
  }

  func run() async throws {
    let store = try await database.open(for: .read)
    if let id {
      return try write(try await store.similar(toRecord: id, in: collection, filter), of: nil)
    }
    _ = try await store.requiredSummary(of: collection)
    guard let queries else {
      let text = try query ?? Self.standardInput()
      let collection = try await store.collection(collection, model, runtime, nil)
      return try write(try await collection.similar(to: text, filter), of: nil)
    }
    let file: Descriptor = queries == "-" ? .standardInput : try .open(queries, flags: O_RDONLY)
    var records = try RecordReader([file], layout: .lines, mapping: RecordMapping())
    let collection = try await store.collection(collection, model, runtime, nil)
    while let window = try records.nextWindow() {
      let found = try await collection.similar(to: window.map(\.text), filter)
      for (record, found) in zip(window, found) { try write(found, of: record.text) }
    }
  }

  /// Writes what was found, of several queries with the query.
  private func write(_ found: [SimilarRecord], of query: String?) throws {
    var bytes: [UInt8] = []
    if plain, let query { bytes.append("# \(query.withoutControls)\n\n") }
    for record in found {
      plain ? bytes.appendPlain(record) : bytes.appendJSON(record, query: query)
    }
    try Descriptor.standardOutput.write(bytes)
  }

  private static func standardInput() throws(EmbedError) -> String {
    var bytes: [UInt8] = []
    while case let piece = try Descriptor.standardInput.read(upTo: 1 << 20), !piece.isEmpty {
      bytes += piece
    }
    guard let text = String(validating: bytes, as: UTF8.self), !text.isEmpty else {
      throw EmbedError(
        .invalidInput, "what is looked for", expected: "text in UTF-8",
        got: bytes.isEmpty ? "nothing" : "other bytes", at: "standard input")
    }
    return text
  }
}

extension [UInt8] {
  /// Appends a line with a record as llm writes it.
  fileprivate mutating func appendJSON(_ record: SimilarRecord, query: String?) {
    let content: JSONValue =
      if case .text(let text)? = record.content { .string(text) } else { .null }
    var writer = JSONWriter(style: .python)
    writer.write(
      .object(
        (query.map { [("query", .string($0))] } ?? []) + [
          ("id", .string(record.id)), ("score", .number("\(record.score)")), ("content", content),
          ("metadata", record.metadata.map { .object($0.members) } ?? .null),
        ]))
    append(contentsOf: writer.bytes)
    append("\n")
  }

  /// Appends a record as llm's `--plain` writes it: id and score, content and metadata two spaces in.
  fileprivate mutating func appendPlain(_ record: SimilarRecord) {
    append("\(record.id.withoutControls) (\(record.score))\n\n")
    if case .text(let text)? = record.content, !text.isEmpty { append(text.indented(by: 2) + "\n") }
    if let metadata = record.metadata { append("  \(metadata.json)\n") }
    append("\n")
  }
}

extension String {
  /// The text with spaces before each line that is not blank, without controls but tabs.
  func indented(by width: Int) -> String {
    let margin = String(repeating: " ", count: width)
    return split(separator: "\n", omittingEmptySubsequences: false).map { line in
      let line = line.split(separator: "\t", omittingEmptySubsequences: false)
        .map { String($0).withoutControls }.joined(separator: "\t")
      return line.allSatisfy(\.isWhitespace) ? line : margin + line
    }.joined(separator: "\n")
  }
}
