public import ArgumentParser
public import Embed
import Foundation

/// Which model a command uses.
struct ModelOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "A model's name or folder, or an embedder's URI. (default: $EMBED_MODEL, else \(fallback))",
      valueName: "model"), completion: .installedModels)
  var model: String?

  /// The model when nothing says which.
  static let fallback = "all-MiniLM-L6-v2"

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
    try localAddress(of: model).path
  }

  /// The address of a local model; nil is the default one.
  ///
  /// - Throws: as `localName(of:)`.
  static func localAddress(of model: String?) throws(EmbedError) -> EmbedderURI {
    let address = try address(of: model)
    guard address.scheme == "local" else {
      throw EmbedError(
        .invalidOption, "not a local model", expected: "a local one", got: "\(address.scheme):")
    }
    return address
  }
}

/// The local model that a command is about.
struct ModelArgument: ParsableArguments {
  @Argument(
    help: "A model's name or folder. (default: $EMBED_MODEL, else all-MiniLM-L6-v2)",
    completion: .installedModels)
  var model: String?

  /// The model's name or folder.
  ///
  /// - Throws: `EmbedError` with code `invalidURI` or `invalidOption` when it is not a local model's.
  func name() throws(EmbedError) -> String { try ModelOptions.localName(of: model) }
}

extension CompletionKind {
  /// The names of the models on this machine.
  static var installedModels: CompletionKind {
    .custom { _, _, _ in
      var known = Set<String>()
      return ModelLibrary().models().map(\.name).filter { known.insert($0).inserted }
    }
  }
}

/// How the local runtime computes.
struct RuntimeOptions: ParsableArguments {
  @Option(help: "A local model's precision. (default: f32)")
  var precision: LocalEmbedder.Precision?

  @Option(help: "A local model's matrix engine. (default: $EMBED_ENGINE, else auto)")
  var engine: LocalEmbedder.Engine?

  @Option(
    help: ArgumentHelp(
      "How many threads a local model computes with. (default: all cores)", valueName: "count"))
  var threads: Int?

  func validate() throws {
    if let threads, threads < 1 {
      throw ValidationError("--threads: expected a whole number from 1, got \(threads)")
    }
  }

  /// An address with these options as its parameters.
  ///
  /// - Throws: `EmbedError` with code `invalidOption` when its scheme does not know them.
  func applied(to address: EmbedderURI) throws(EmbedError) -> EmbedderURI {
    let given = [
      ("precision", precision?.rawValue), ("engine", engine?.rawValue),
      ("threads", threads.map(String.init)),
    ].compactMap { name, value in value.map { (name, $0) } }
    guard let first = given.first else { return address }
    guard address.scheme == "local" else {
      throw EmbedError(
        .invalidOption, "--\(first.0) not for this model", expected: "a local model",
        got: "\(address.scheme):")
    }
    // Of several parameters of one name the last one counts, so the option has the last word.
    return address.appending(given.map { EmbedderURI.Parameter($0.0, $0.1) })
  }
}

extension LocalEmbedder.Engine: ExpressibleByArgument {}
extension LocalEmbedder.Precision: ExpressibleByArgument {}
