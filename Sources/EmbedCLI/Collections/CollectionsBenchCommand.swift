public import ArgumentParser
import Embed
public import EmbedStore
import Foundation
import JSON

/// `embed collections bench`: how quick searches of a collection are on this machine.
struct CollectionsBenchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure searches of a collection on this machine: time, memory, and what is missed.",
    discussion: """
      Records of the collection are looked for, one after another, then all at once. The recall is \
      the part of the nearest records that a search finds, those of --search exact being the \
      nearest. The memory is the process's peak.

      EXAMPLES:
        embed collections bench notes
        embed collections bench notes --search int8 -f json
      """)

  @Argument(help: "The collection.")
  var collection: String
  @OptionGroup var database: DatabaseOptions

  @Option(name: .customLong("search"), help: "How the nearest are found.")
  var method: SearchMethod = .exact

  @Option(
    name: [.customShort("n"), .customLong("number")],
    help: ArgumentHelp("How many are looked for.", valueName: "count"))
  var limit = 10

  @Option(help: ArgumentHelp("How many searches there are.", valueName: "count"))
  var queries = 200

  @Option(name: .shortAndLong, help: "Lines for people, or a JSON object.")
  var format: ReportFormat = .text

  func validate() throws {
    for (name, value) in [("-n", limit), ("--queries", queries)]
    where !(1...1_000_000).contains(value) {
      throw ValidationError("\(name): expected a whole number from 1 to 1000000, got \(value)")
    }
  }

  func run() async throws {
    let start = ContinuousClock().now
    let store = try await database.open(for: .read)
    let ids = try await store.ids(in: collection)
    guard ids.count > 1 else {
      throw EmbedError(
        .invalidInput, "nothing to measure", expected: "a collection of two records at least",
        got: "\(ids.count)", at: "collection '\(collection)'")
    }
    let chosen = (0..<queries).map { ids[$0 * ids.count / queries] }
    let benchmark = SearchBenchmark(
      store: store, collection: collection, ids: chosen,
      filter: SimilarityFilter(count: limit, method: method))
    let report = try await benchmark.run(records: ids.count, since: start)
    try report.write(as: format)
  }
}

extension SearchMethod: ExpressibleByArgument {}

/// Measures searches of a collection.
private struct SearchBenchmark {
  let store: CollectionStore
  let collection: String
  /// The records that are looked for.
  let ids: [String]
  let filter: SimilarityFilter

  /// Runs the benchmark.
  ///
  /// - Throws: what the store throws.
  func run(
    records: Int, since start: ContinuousClock.Instant
  ) async throws -> SearchReport {
    let clock = ContinuousClock()
    _ = try await store.similar(toRecord: ids[0], in: collection, filter)
    let first = clock.now - start
    var latencies: [Double] = []
    var found: [[SimilarRecord]] = []
    for id in ids {
      let time = try await clock.measure {
        found.append(try await store.similar(toRecord: id, in: collection, filter))
      }
      latencies.append(time.inSeconds)
    }
    let vectors = try await store.vectors(of: ids, in: collection)
    let together = try await clock.measure {
      _ = try await store.similar(to: vectors, in: collection, filter)
    }
    // Before the exact search takes its own.
    let memory = ThisProcess.peakMemory
    return SearchReport(
      method: filter.method, records: records, first: first.inSeconds,
      latencies: latencies.sorted(), batch: together.inSeconds / Double(ids.count),
      peakMemory: memory, recall: try await recall(found))
  }

  private func recall(_ found: [[SimilarRecord]]) async throws -> Double {
    var exact = filter
    exact.method = .exact
    var (hits, all) = (0, 0)
    for (id, found) in zip(ids, found) {
      let nearest = try await store.similar(toRecord: id, in: collection, exact)
      // Strings are equal when they look the same; names are when their bytes are.
      let names = Set(nearest.map { Array($0.id.utf8) })
      hits += found.count { names.contains(Array($0.id.utf8)) }
      all += nearest.count
    }
    return Double(hits) / Double(max(1, all))
  }
}

/// What a benchmark of searches found; times in seconds.
private struct SearchReport: Report {
  let method: SearchMethod
  let records: Int
  /// From the opening of the database to the end of the first search.
  let first: Double
  /// One search after another, sorted.
  let latencies: [Double]
  /// A search, when many are made at once.
  let batch: Double
  let peakMemory: Int?
  let recall: Double

  /// The report for people, whole lines.
  var text: String {
    func milliseconds(_ seconds: Double) -> String { String(format: "%.2f ms", seconds * 1000) }
    var table = TextTable()
    table.append(["search", method.rawValue])
    table.append(["records", "\(records)"])
    table.append(["first search", milliseconds(first)])
    let percentiles = [50, 90, 99].map { "p\($0) \(milliseconds(latencies.percentile($0)))" }
    table.append(["one search", percentiles.joined(separator: ", ")])
    table.append(["of many at once", milliseconds(batch)])
    if let peakMemory { table.append(["peak memory", "\(peakMemory >> 20) MiB"]) }
    table.append(["recall", String(format: "%.4f", recall)])
    return table.text
  }

  /// The report for programs; memory in bytes.
  var json: JSONValue {
    func number(_ value: Double) -> JSONValue { .number("\(value)") }
    var members: [(key: String, value: JSONValue)] = [
      ("search", .string(method.rawValue)), ("records", .number("\(records)")),
      ("first", number(first)), ("p50", number(latencies.percentile(50))),
      ("p90", number(latencies.percentile(90))), ("p99", number(latencies.percentile(99))),
      ("batch", number(batch)),
    ]
    if let peakMemory { members.append(("peak_memory", .number("\(peakMemory)"))) }
    return .object(members + [("recall", number(recall))])
  }
}
