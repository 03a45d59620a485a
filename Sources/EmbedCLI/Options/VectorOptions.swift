import ArgumentParser
import Embed

/// How texts become vectors.
struct VectorOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Keep so many dimensions, then normalize again.", valueName: "count"))
  var dimensions: Int?

  @Flag(name: .customLong("no-normalize"), help: "Leave the vectors the length that they have.")
  var keepsLength = false

  @OptionGroup var reading: ReadingOptions

  func validate() throws {
    if let dimensions, dimensions < 1 {
      throw ValidationError("--dimensions: expected a whole number from 1, got \(dimensions)")
    }
  }

  /// The options for an embedder.
  var embedOptions: EmbedOptions {
    var options = reading.embedOptions
    options.dimensions = dimensions
    options.normalization = keepsLength ? .none : .unit
    return options
  }
}
