import EmbedCore
import JSON
package import Transformer

/// The pipeline that a model folder's `modules.json` describes.
///
/// Types are told by the last component of their Python path, which is the same in all dialects:
/// `sentence_transformers.models.Pooling` and `sentence_transformers.sentence_transformer.modules.pooling.Pooling`.
struct ModuleList {
  /// One entry of the file.
  struct Entry {
    /// Such as `Pooling`.
    var type: String
    /// The module's own folder.
    var folder: String
    /// The entry, for messages.
    var document: JSONDocument
  }

  /// The file's name in a model folder.
  static let fileName = "modules.json"

  /// The folder of the encoder and its tokenizer.
  let encoderFolder: String
  /// The pooling; nil when the folder has no `modules.json`, which means the mean.
  let pooling: Entry?
  /// What comes behind the pooling.
  let rest: [Entry]

  /// Whether the folder is one of sentence-transformers rather than of a bare encoder.
  var isDeclared: Bool { pooling != nil }

  /// Reads the file; without one the folder is a bare encoder.
  ///
  /// Throws `modelUnsupported` for other modules or another order, and `fileDamaged` for a module outside the folder.
  init(modelFolder: String) throws(EmbedError) {
    let path = Folder.join(modelFolder, Self.fileName)
    guard Folder.exists(path) else {
      encoderFolder = modelFolder
      pooling = nil
      rest = []
      return
    }
    var entries: [Entry] = []
    for document in try JSONDocument.array(path: path) {
      entries.append(try Self.entry(document, modelFolder: modelFolder))
    }
    guard entries.count >= 2, entries[0].type == "Transformer", entries[1].type == "Pooling",
      !entries.dropFirst(2).contains(where: { ["Transformer", "Pooling"].contains($0.type) })
    else {
      throw EmbedError(
        .modelUnsupported, "unsupported pipeline",
        expected: "Transformer, Pooling, then any of Dense, Normalize, Dropout",
        got: entries.isEmpty ? "nothing" : entries.prefix(20).map(\.type).joined(separator: ", "),
        at: path)
    }
    encoderFolder = entries[0].folder
    pooling = entries[1]
    rest = Array(entries.dropFirst(2))
  }

  /// The steps behind the pooling, and the length of the vector that they end with.
  func sentenceModules(
    inputs: Int
  ) throws(EmbedError) -> (modules: [ModuleConfiguration], dimensions: Int) {
    var modules: [ModuleConfiguration] = []
    var dimensions = inputs
    for entry in rest {
      let path = Folder.join(entry.folder, "config.json")
      switch entry.type {
      case "Dense":
        let configuration = try DenseConfiguration(
          file: JSONDocument(path: path), inputs: dimensions)
        dimensions = configuration.outputs
        modules.append(.dense(configuration, folder: entry.folder))
      case "Normalize":
        try JSONDocument.ifPresent(path: path)?.requireSentenceEmbedding()
        modules.append(.normalize)
      default:
        // Dropout does nothing outside of training.
        break
      }
    }
    return (modules, dimensions)
  }

  private static func entry(
    _ document: JSONDocument, modelFolder: String
  ) throws(EmbedError) -> Entry {
    let type = try document.string("type")
    let components = type.split(separator: ".")
    let known = ["Transformer", "Pooling", "Dense", "Normalize", "Dropout"]
    guard components.first == "sentence_transformers",
      let name = known.first(where: { $0 == components.last.map(String.init) })
    else {
      throw document.unsupported(
        "type", expected: "\(known.joined(separator: ", ")) of sentence_transformers",
        got: type.quotedForMessage)
    }
    let path = try document.optionalString("path") ?? ""
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard !path.hasPrefix("/"), !parts.contains(".."),
      !path.utf8.contains(where: { $0 == 0 || $0 == UInt8(ascii: "\\") })
    else {
      throw EmbedError(
        .fileDamaged, "invalid module path", expected: "a folder inside the model's",
        got: path.quotedForMessage, at: document.location("path"))
    }
    return Entry(
      type: name, folder: Folder.join(modelFolder, path), document: document)
  }
}

/// A step that turns one sentence's vector into another, behind the pooling.
package enum ModuleConfiguration: Sendable, Hashable {
  /// A linear layer with an activation; its weights are in a folder of its own.
  case dense(DenseConfiguration, folder: String)
  /// Scaling to length 1.
  case normalize
}
