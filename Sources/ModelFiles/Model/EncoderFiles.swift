import EmbedCore
import JSON
import Transformer

/// The settings of an encoder's own files: those of a transformer, or of a table of vectors for tokens.
struct EncoderFiles {
  /// The length of the longest sequence where there is no limit.
  static let noLimit = Int(Int32.max)

  /// The folder of the encoder and its tokenizer.
  let folder: String
  /// `config.json`; empty for a table.
  let config: JSONDocument
  let architecture: Architecture
  let biases: Architecture.Biases
  /// The sizes and constants, with the most tokens that count as the length of the longest sequence.
  let configuration: EncoderConfiguration
  /// Whether text is lower-cased whatever the tokenizer does by itself.
  let lowercases: Bool
  /// Whether it is a table of vectors for tokens.
  var isTable: Bool { configuration.layerCount == 0 }
  /// Whether weights are of eight bits, as `QuantizedModel` writes them.
  let isQuantized: Bool
  /// Whether the folder is Model2Vec's alone.
  let isModel2Vec: Bool
  /// Whether vectors are scaled to length 1 without a module that says so.
  let normalizes: Bool

  /// Reads a transformer's settings.
  ///
  /// - Parameter settings: What sentence-transformers says of it.
  init(transformer folder: String, _ settings: EncoderSettings) throws(EmbedError) {
    self.folder = folder
    try Self.refuseAdapter(in: folder)
    config = try JSONDocument(path: Folder.join(folder, "config.json"))
    architecture = try Architecture.named(in: config)
    biases = try architecture.biases(config)
    var configuration = try architecture.configuration(config)
    if let limit = settings.maximumSequenceLength {
      configuration.positions.maximumLength = min(limit, configuration.positions.longestPossible)
    } else if let limit = try TokenizerSettings(folder: folder).maximumLength {
      configuration.positions.maximumLength = min(limit, configuration.positions.maximumLength)
    }
    try configuration.requireTablesFit(at: folder.printable)
    self.configuration = configuration
    isQuantized = try Architecture.isQuantized(config)
    lowercases = settings.lowercases
    isModel2Vec = false
    normalizes = false
  }

  /// Reads a table's settings.
  ///
  /// The module of sentence-transformers takes all tokens, up to the truncation in `tokenizer.json`; Model2Vec takes
  /// 512, unless its `config.json` says otherwise. A folder of both is read as sentence-transformers does.
  ///
  /// - Parameter isDeclared: Whether the folder is one of sentence-transformers.
  init(table folder: String, isDeclared: Bool) throws(EmbedError) {
    self.folder = folder
    let checkpoint = try Checkpoint(folder: folder)
    architecture = .table(checkpoint)
    let path = Folder.join(folder, "config.json")
    config =
      isDeclared ? try JSONDocument(.object([]), file: path) : try JSONDocument(path: path)
    biases = try architecture.biases(config)
    let limit =
      if isDeclared {
        try Self.truncation(folder)
      } else if config.members.contains(where: { $0.key.hasSameBytes(as: "max_length") }) {
        // null is no limit.
        try config.optionalInteger("max_length", in: 1...Int(Int32.max))
      } else {
        512
      }
    let (tokens, dimensions) = try checkpoint.tokenTableShape(architecture.tensors.wordEmbeddings)
    configuration = .table(
      vocabularySize: tokens, dimensions: dimensions, maximumLength: limit ?? Self.noLimit)
    isQuantized = false
    lowercases = false
    isModel2Vec = !isDeclared
    normalizes = isDeclared ? false : try config.optionalBool("normalize") ?? false
  }

  /// Whether a folder without `modules.json` is one of Model2Vec.
  static func isTable(_ folder: String) throws(EmbedError) -> Bool {
    let config = try JSONDocument.ifPresent(path: Folder.join(folder, "config.json"))
    guard case .string(let type)? = try config?.value("model_type") else { return false }
    return type.hasSameBytes(as: Architecture.tableType)
  }

  /// The most tokens by `tokenizer.json`; nil for no limit.
  private static func truncation(_ folder: String) throws(EmbedError) -> Int? {
    let file = try JSONDocument.ifPresent(path: Folder.join(folder, "tokenizer.json"))
    guard let truncation = try file?.optionalObject("truncation") else { return nil }
    try truncation.require("direction", toBe: "Right")
    return try truncation.integer("max_length", in: 1...Int(Int32.max))
  }

  private static func refuseAdapter(in folder: String) throws(EmbedError) {
    let path = Folder.join(folder, "adapter_config.json")
    guard !Folder.exists(path) else {
      throw EmbedError(
        .modelUnsupported, "unsupported model", expected: "weights with adapters merged in",
        got: "an adapter beside them", at: path)
    }
  }
}
