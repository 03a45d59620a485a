import ArgumentParser
import Embed
import EmbedStore
import JSON

/// `embed cluster`: groups of a collection's records that belong together.
struct ClusterCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cluster",
    abstract: "Divide a collection into clusters, and write its cluster to each record.",
    discussion: """
      The cluster's number becomes a part of each record's metadata; what else is there stays, and \
      nothing but a number is replaced. A later "embed multi" that has metadata of its own replaces \
      all of them: cluster again behind it. \
      Clusters are numbered from 0 on, the largest first. A line is \
      {"cluster":...,"size":...,"cohesion":...,"nearest":[{"id":...,"content":...},...]}: how many \
      records, the mean of their cosines to the centre, and the three nearest to it. The method is \
      spherical k-means; another --seed may give another result.

      EXAMPLES:
        embed cluster notes -k 10
        embed cluster notes -k 10 -p
        embed cluster notes -k 100 --key topic --seed 7
        embed similar notes "receipts" --where cluster=3
        embed map notes --color cluster -o map.html
      """)

  @Argument(help: "The collection.")
  var collection: String

  @Option(
    name: [.customShort("k"), .customLong("clusters")],
    help: ArgumentHelp("How many clusters are made.", valueName: "count"))
  var count: Int

  @Option(help: ArgumentHelp("The number's name in the metadata.", valueName: "name"))
  var key = "cluster"

  @Option(help: "What the random choices begin with.")
  var seed: UInt64 = 0

  @Flag(name: .shortAndLong, help: "Print text for people.")
  var plain = false

  @OptionGroup var database: DatabaseOptions

  func validate() throws {
    if !(1...1_000_000).contains(count) {
      throw ValidationError("-k: expected a whole number from 1 to 1000000, got \(count)")
    }
    if key.isEmpty { throw ValidationError("Missing a name after --key.") }
    if CollectionEntry.passageMetadata.contains(key) {
      throw ValidationError("--key: passages need \(key) for themselves.")
    }
  }

  func run() async throws {
    // A misspelled name of a database is no reason to make one.
    _ = try await database.open(for: .read)
    let store = try await database.open(for: .write)
    let clusters = try await store.cluster(collection, into: count, key: key, seed: seed)
    var bytes: [UInt8] = []
    for cluster in clusters { plain ? bytes.appendPlain(cluster) : bytes.appendJSON(cluster) }
    try Descriptor.standardOutput.write(bytes)
  }
}

extension RecordCluster {
  /// The cohesion to six digits: those behind them differ between CPUs.
  fileprivate var roundedCohesion: Double { (cohesion * 1e6).rounded() / 1e6 }
}

extension [UInt8] {
  /// Appends a line with a cluster.
  fileprivate mutating func appendJSON(_ cluster: RecordCluster) {
    var writer = JSONWriter(style: .python)
    writer.write(
      .object([
        ("cluster", .number("\(cluster.number)")), ("size", .number("\(cluster.count)")),
        ("cohesion", .number("\(cluster.roundedCohesion)")),
        ("nearest", .array(cluster.central.map(\.idAndContent))),
      ]))
    append(contentsOf: writer.bytes)
    append("\n")
  }

  /// Appends a cluster for people: number, size and cohesion above the records nearest to the centre.
  fileprivate mutating func appendPlain(_ cluster: RecordCluster) {
    let records = "\(cluster.count) record\(cluster.count == 1 ? "" : "s")"
    append("\(cluster.number): \(records), cohesion \(cluster.roundedCohesion)\n")
    for record in cluster.central { appendIndented(record) }
    append("\n")
  }
}
