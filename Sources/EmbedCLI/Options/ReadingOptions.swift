import ArgumentParser
import Embed

/// How a model reads a text.
struct ReadingOptions: ParsableArguments {
  @Option(help: "What the texts are for; it matters to models that were trained with prompts.")
  var role: EmbedOptions.Role = .none

  @Option(help: "What happens to a text of more tokens than the model takes.")
  var onLong: EmbedOptions.Truncation = .truncate

  /// The options for an embedder.
  var embedOptions: EmbedOptions { EmbedOptions(role: role, truncation: onLong) }
}
