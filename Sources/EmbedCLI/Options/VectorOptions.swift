public import ArgumentParser
public import Embed

/// How texts become vectors.
struct VectorOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Keep so many dimensions, then normalize again.", valueName: "count"))
  var dimensions: Int?

  @Flag(name: .customLong("no-normalize"), help: "Leave the vectors the length that they have.")
  var keepsLength = false

  @OptionGroup var truncation: TruncationOptions

  func validate() throws {
    if let dimensions, dimensions < 1 {
      throw ValidationError("--dimensions: expected a whole number from 1, got \(dimensions)")
    }
  }

  /// The options for an embedder.
  func embedOptions(role: EmbedOptions.Role) -> EmbedOptions {
    EmbedOptions(
      role: role, dimensions: dimensions, normalization: keepsLength ? .none : .unit,
      truncation: truncation.onLong)
  }
}

/// What becomes of long texts.
struct TruncationOptions: ParsableArguments {
  @Option(help: "What happens to a text of more tokens than the model takes.")
  var onLong: EmbedOptions.Truncation = .truncate
}

/// What texts are for.
struct RoleOptions: ParsableArguments {
  @Option(help: "What the texts are for; it matters to models that were trained with prompts.")
  var role: EmbedOptions.Role = .none
}

extension EmbedOptions.Role: ExpressibleByArgument {}
extension EmbedOptions.Truncation: ExpressibleByArgument {}
