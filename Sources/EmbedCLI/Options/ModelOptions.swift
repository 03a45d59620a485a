import ArgumentParser
import Embed
import Foundation

/// Which model a command uses.
struct ModelOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "A model's name or folder, or an embedder's URI. (default: $EMBED_MODEL, else \(fallback))",
      valueName: "model"))
  var model: String?

  private static let fallback = "all-MiniLM-L6-v2"

  /// The embedder's address: as given, else as the environment says.
  ///
  /// - Throws: `EmbedError` with code `invalidURI`.
  func address() throws(EmbedError) -> EmbedderURI { try Self.address(of: model) }

  /// The address of a model; nil is the default one.
  ///
  /// - Throws: `EmbedError` with code `invalidURI`.
  static func address(of model: String?) throws(EmbedError) -> EmbedderURI {
    if let model { return try EmbedderURI(model) }
    let preset = ProcessInfo.processInfo.environment["EMBED_MODEL"] ?? ""
    return try EmbedderURI(preset.isEmpty ? fallback : preset)
  }

  /// The name or folder of a model; nil is the default one.
  ///
  /// - Throws: `EmbedError` with code `invalidURI`, also for the address of anything but a local model.
  static func localName(of model: String?) throws(EmbedError) -> String {
    let address = try address(of: model)
    guard address.scheme == "local" else {
      throw EmbedError(
        .invalidOption, "the model", expected: "a local one", got: "\(address.scheme):")
    }
    return address.path
  }
}
