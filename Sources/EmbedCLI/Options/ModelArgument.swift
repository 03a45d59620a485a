import ArgumentParser
import Embed

/// The local model that a command is about.
struct ModelArgument: ParsableArguments {
  @Argument(help: "A model's name or folder. (default: $EMBED_MODEL, else all-MiniLM-L6-v2)")
  var model: String?

  /// The model's name or folder.
  ///
  /// - Throws: `EmbedError` with code `invalidURI` or `invalidOption` when it is not a local model's.
  func name() throws(EmbedError) -> String { try ModelOptions.localName(of: model) }
}
