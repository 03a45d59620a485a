public import ArgumentParser
import Embed
public import EmbedStore
import Foundation

/// `embed map`: a page on which a collection can be looked at.
struct MapCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "map",
    abstract: "Write a web page that shows a collection as a map.",
    discussion: """
      The page stands alone: it loads nothing and works offline. Each record is a point, near to \
      those whose vectors are alike. The page can be searched, zoomed and moved, by keys too; \
      colours come from the metadata and can be changed on the page. Contents are cut to 300 \
      characters.

      LAYOUTS:
        umap  keeps neighbours together; far distances tell little; the default
        pca   the plane in which the vectors vary most; quicker for very large collections

      EXAMPLES:
        embed map notes -o map.html
        embed cluster notes -k 10 && embed map notes --color cluster -o map.html
        embed map docs --prefix guide/ --label title --layout pca -o map.html
      """)

  @Argument(help: "The collection.")
  var collection: String

  @Option(
    help: ArgumentHelp(
      "The metadata that give the colours. (default: cluster, if records have it)",
      valueName: "name"))
  var color: String?

  @Option(
    help: ArgumentHelp(
      "The metadata that label the points. (default: contents, else ids)", valueName: "name"))
  var label: String?

  @Option(help: ArgumentHelp("Only ids that begin with a text.", valueName: "text"))
  var prefix = ""

  @Option(help: "How the places are found.")
  var layout: CollectionMap.Layout = .umap

  @Option(help: "What the random choices begin with.")
  var seed: UInt64 = 0

  @OptionGroup var destination: DestinationOptions
  @OptionGroup var database: DatabaseOptions

  func run() async throws {
    try destination.refuseTerminal(for: "html")
    let store = try await database.open(for: .read)
    let output = try destination.open()
    let map = try await store.map(of: collection, prefix: prefix, layout: layout, seed: seed)
    for key in [color, label].compactMap(\.self) { try require(key, in: map) }
    let page = MapPage(
      title: collection, map: map, color: color ?? "cluster", label: label)
    try output.write(page.html)
    try output.commit()
    if map.omittedCount > 0 {
      try Descriptor.standardError.write(
        Failure.line("\(map.omittedCount) records are not on the map: vectors without direction"))
    }
  }

  /// Refuses a name that no record has in its metadata.
  private func require(_ key: String, in map: CollectionMap) throws(EmbedError) {
    guard !map.points.contains(where: { $0.record.metadata?[key] != nil }) else { return }
    let names = Set(
      map.points.prefix(1000).flatMap { $0.record.metadata?.members.map(\.key) ?? [] })
    throw EmbedError(
      .invalidInput, "no record has this in its metadata",
      expected: names.isEmpty ? "metadata" : names.sorted().prefix(10).joined(separator: ", "),
      got: "'\(key)'", at: "collection '\(collection)'")
  }
}

extension CollectionMap.Layout: ExpressibleByArgument {}
