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
  /// Whether the encoder is a table of vectors for tokens, which makes the mean of its own.
  let isTable: Bool
  /// The pooling; nil for a re-ranker and a table, and when the folder has no `modules.json`, which means the mean.
  let pooling: Entry?
  /// What comes behind the pooling.
  let rest: [Entry]

  /// Whether a folder is one of sentence-transformers rather than of a bare encoder.
  static func isDeclared(_ modelFolder: String) -> Bool {
    Folder.exists(Folder.join(modelFolder, fileName))
  }

  /// A folder may be listed more than once, so that its size does not bound the work.
  private static let mostModules = 32

  /// Reads the file; without one the folder is a bare encoder.
  ///
  /// Throws `modelUnsupported` for other modules or another order, and `fileDamaged` for a module outside the folder.
  init(modelFolder: String, task: ModelTask) throws(EmbedError) {
    let path = Folder.join(modelFolder, Self.fileName)
    guard Self.isDeclared(modelFolder) else {
      encoderFolder = modelFolder
      isTable = try EncoderFiles.isTable(modelFolder)
      pooling = nil
      rest = []
      return
    }
    var entries: [Entry] = []
    for document in try JSONDocument.array(path: path) {
      entries.append(try Self.entry(document, modelFolder: modelFolder))
    }
    let types = entries.map(\.type)
    guard entries.count <= Self.mostModules else {
      throw EmbedError(
        .modelUnsupported, "unsupported pipeline", expected: "at most \(Self.mostModules) modules",
        got: "\(entries.count)", at: path)
    }
    guard task.accepts(pipeline: types) else {
      throw EmbedError(
        .modelUnsupported, "unsupported pipeline", expected: task.pipeline,
        got: types.isEmpty ? "nothing" : types.prefix(20).joined(separator: ", "), at: path)
    }
    encoderFolder = entries[0].folder
    isTable = entries[0].type == "StaticEmbedding"
    pooling = isTable ? nil : entries.dropFirst().first
    rest = Array(entries.dropFirst(isTable ? 1 : 2))
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
    let known = [
      "Transformer", "MLMTransformer", "StaticEmbedding", "Pooling", "SpladePooling", "Dense",
      "Normalize", "Dropout",
    ]
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

extension ModelTask {
  /// The modules that a model for this task has, in words.
  fileprivate var pipeline: String {
    switch self {
    case .embedding:
      "Transformer, Pooling or StaticEmbedding, then any of Dense, Normalize, Dropout"
    case .reranking: "Transformer"
    case .sparseEmbedding: "Transformer or MLMTransformer, SpladePooling"
    }
  }

  fileprivate func accepts(pipeline: [String]) -> Bool {
    switch self {
    case .embedding:
      [["Transformer", "Pooling"], ["StaticEmbedding"]].contains { encoder in
        pipeline.starts(with: encoder)
          && pipeline.dropFirst(encoder.count).allSatisfy(
            ["Dense", "Normalize", "Dropout"].contains)
      }
    case .reranking: pipeline == ["Transformer"]
    case .sparseEmbedding:
      // The older name of the same module.
      [["Transformer", "SpladePooling"], ["MLMTransformer", "SpladePooling"]].contains(pipeline)
    }
  }
}

/// A step that turns one sentence's vector into another, behind the pooling.
package enum ModuleConfiguration: Sendable, Hashable {
  /// A linear layer with an activation; its weights are in a folder of its own.
  case dense(DenseConfiguration, folder: String)
  /// Scaling to length 1.
  case normalize
}
