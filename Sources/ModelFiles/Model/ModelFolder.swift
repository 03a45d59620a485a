public import EmbedCore
import Foundation
import JSON
package import Kernels
package import Transformer

/// A folder with a sentence-transformers model, its settings read and checked.
///
/// Opening reads the small configuration files; the weights and the vocabulary are read when they are asked for.
public struct ModelFolder: Sendable {
  /// The model's name, such as `all-MiniLM-L6-v2`.
  public let name: String
  /// The path of the folder.
  public let path: String

  /// The encoder's family.
  package var architecture: Architecture { encoder.architecture }
  /// The encoder's sizes and constants.
  package var configuration: EncoderConfiguration { encoder.configuration }
  /// The most tokens of an input that count, special tokens included; nil for no limit.
  ///
  /// Never more than the encoder has positions for.
  /// The sentence's own limit may go beyond the `max_position_embeddings` of an encoder whose positions have no table.
  package var maximumSequenceLength: Int? {
    let limit = configuration.positions.maximumLength
    return limit < EncoderFiles.noLimit ? limit : nil
  }
  /// Whether the encoder is a table of vectors for tokens.
  package var isTable: Bool { encoder.isTable }
  /// Whether texts are read as Model2Vec reads them, rather than sentence-transformers.
  package var isModel2Vec: Bool { encoder.isModel2Vec }
  /// What the model can do, beginning with what it was made for.
  public let tasks: [ModelTask]
  /// The head of a re-ranker; nil for other models.
  package let classifier: ClassifierConfiguration?
  /// What becomes of the logits of a sparse model; nil for other models.
  package let splade: SpladeConfiguration?
  /// How token vectors become a sentence's vector.
  package let pooling: PoolingConfiguration
  /// What happens to the vector behind the pooling, in order.
  package let modules: [ModuleConfiguration]
  /// The length of the vector behind all modules.
  package let dimensions: Int
  /// How many leading components of the vector the model's authors keep (`truncate_dim`), if not all.
  ///
  /// They are not scaled to length 1 again.
  package let truncatedDimensions: Int?
  /// Texts that are put in front of an input, by name, such as `query`.
  package let prompts: [String: String]
  /// The text in front of an input for which no prompt is named.
  package let defaultPrompt: String?

  /// The encoder's own files, in this folder or one inside it.
  let encoder: EncoderFiles
  var config: JSONDocument { encoder.config }

  /// Opens a folder.
  ///
  /// Throws `EmbedError`: `modelNotFound` when the folder has no model, `modelUnsupported` when the model is of a kind
  /// that this runtime does not run, `fileDamaged` or `fileInaccessible` when a file is at fault.
  ///
  /// - Parameters:
  ///   - path: The folder.
  ///   - name: The model's name; the folder's own name when it is nil.
  public init(path: String, name: String? = nil) throws(EmbedError) {
    guard Self.isModel(path) else {
      throw EmbedError(
        .modelNotFound, "no model in folder", expected: "a folder with a config.json",
        got: Folder.isFolder(path) ? "a folder without" : "no folder", at: path.printable)
    }
    self.path = path
    self.name = name ?? Self.lastComponent(path)

    // A bare encoder's other settings are not read, as sentence-transformers does not.
    let isDeclared = ModuleList.isDeclared(path)
    let sentence = isDeclared ? try SentenceSettings(modelFolder: path) : SentenceSettings()
    let list = try ModuleList(modelFolder: path, task: sentence.task)
    if list.isTable {
      encoder = try EncoderFiles(table: list.encoderFolder, isDeclared: isDeclared)
    } else {
      let settings =
        isDeclared
        ? try EncoderSettings(encoderFolder: list.encoderFolder, task: sentence.task)
        : EncoderSettings()
      encoder = try EncoderFiles(transformer: list.encoderFolder, settings)
    }
    tasks = isDeclared ? [sentence.task] : try ModelTask.tasks(ofBare: encoder.config)
    let hiddenSize = encoder.configuration.hiddenSize

    let poolingFile = try list.pooling.map { (entry) throws(EmbedError) in
      try JSONDocument(path: Folder.join(entry.folder, "config.json"))
    }
    if let poolingFile, tasks.contains(.embedding) {
      pooling = try PoolingConfiguration(file: poolingFile, inputs: hiddenSize)
    } else {
      pooling = PoolingConfiguration(modes: [.mean])
    }
    classifier =
      tasks.contains(.reranking)
      ? try ClassifierConfiguration(
        encoder.config, names: encoder.architecture.classifier, function: sentence.scoreFunction)
      : nil
    splade = tasks.contains(.sparseEmbedding) ? try SpladeConfiguration(poolingFile) : nil
    let rest = try list.sentenceModules(inputs: pooling.modes.count * hiddenSize)
    modules = rest.modules + (encoder.normalizes ? [.normalize] : [])
    dimensions = rest.dimensions
    let length = dimensions
    truncatedDimensions = sentence.truncatedDimensions.flatMap { $0 < length ? $0 : nil }
    // Older models tell their prompts in prose alone.
    let hasPrompts = sentence.prompts.values.contains { !$0.isEmpty }
    prompts =
      hasPrompts ? sentence.prompts : KnownModel.named(self.name)?.prompts ?? sentence.prompts
    defaultPrompt = sentence.defaultPrompt
  }
}

// MARK: - Larger files

extension ModelFolder {
  /// Reads the stages of the tokenizer, with its vocabulary, from `tokenizer.json` or else `vocab.txt`.
  ///
  /// Throws `modelUnsupported` for another kind of tokenizer or a length limit without room for text, `fileDamaged` for
  /// tokens outside the encoder's vocabulary.
  ///
  /// - Complexity: O(n) in the size of the vocabulary.
  package func tokenizerConfiguration() throws(EmbedError) -> TokenizerConfiguration {
    if isTable {
      // The file alone, as the library reads it, and no special tokens.
      var tokenizer = try TokenizerFile(
        alone: encoder.folder, vocabularySize: configuration.vocabularySize
      ).configuration()
      tokenizer.template = TokenizerConfiguration.Template(trimming: tokenizer.template.trimming)
      return tokenizer
    }
    var tokenizer = try TokenizerFile(
      folder: encoder.folder, vocabularySize: configuration.vocabularySize,
      standardClass: architecture.tokenizerClass
    ).configuration()
    if encoder.lowercases { try lowercase(&tokenizer) }
    let specialCount = tokenizer.template.count
    let limit = configuration.positions.maximumLength
    guard specialCount < limit else {
      throw EmbedError(
        .modelUnsupported, "no room for text",
        expected: "more than \(specialCount) tokens, which are special ones",
        got: "\(limit)", at: path.printable)
    }
    return tokenizer
  }

  /// Makes a tokenizer lower-case texts, as sentence-transformers does before it where its settings say so.
  private func lowercase(_ tokenizer: inout TokenizerConfiguration) throws(EmbedError) {
    guard tokenizer.normalizers.count == 1, case .bert(var normalizer) = tokenizer.normalizers[0]
    else {
      throw EmbedError(
        .modelUnsupported, "unsupported model", expected: "do_lower_case with BertNormalizer alone",
        got: "other normalizers", at: path.printable)
    }
    normalizer.lowercases = true
    tokenizer.normalizers = [.bert(normalizer)]
  }

  /// Opens the encoder's weights.
  ///
  /// Throws as `Checkpoint` does.
  package func checkpoint() throws(EmbedError) -> Checkpoint {
    try Checkpoint(
      folder: encoder.folder, anchor: architecture.tensors.wordEmbeddings,
      models: architecture.prefixes)
  }

  /// Reads the encoder's weights and prepares them for an engine.
  ///
  /// Throws `EmbedError` naming the tensor that is missing, has another shape or holds what is no number.
  ///
  /// - Complexity: O(n) in the number of weights, the embeddings' excepted.
  package func encoderWeights<Engine: MatrixEngine>(
    _ engine: Engine
  ) throws(EmbedError) -> EncoderWeights<Engine> {
    try architecture.weights(checkpoint(), configuration, biases: encoder.biases, engine: engine)
  }

  /// Reads the table of vectors for tokens that stands in an encoder's place.
  ///
  /// Throws as `Checkpoint.tokenTable` does.
  package func tokenTable() throws(EmbedError) -> WeightMatrix {
    try checkpoint().tokenTable(architecture.tensors.wordEmbeddings)
  }

  /// Opens a Dense module's weights: `linear.weight`, `linear.bias`, `residual.weight`.
  ///
  /// Throws as `Checkpoint` does.
  ///
  /// - Parameter folder: The folder that the module in `modules` names.
  package func denseCheckpoint(folder: String) throws(EmbedError) -> Checkpoint {
    try Checkpoint(folder: folder)
  }
}

// MARK: - Fingerprint

extension ModelFolder {
  /// What the model's vectors depend on: a hash of all weights, the pooling, and the modules behind it.
  ///
  /// - Throws: as `checkpoint`.
  /// - Complexity: O(n) in the size of the weights, which are read.
  package func fingerprint() throws(EmbedError) -> [String: String] {
    let encoder = try checkpoint()
    var hashes = encoder.hashes
    var names = pooling.modes.map { "\($0)" }
    if !pooling.includesPrompt { names.append("without the prompt") }
    var values = ["pooling": names.joined(separator: ", ")]
    encoder.releasePages()
    var moduleNames: [String] = []
    for module in modules {
      switch module {
      case .normalize: moduleNames.append("normalize")
      case .dense(let dense, let folder):
        moduleNames.append("dense \(dense.activation)\(dense.usesResidual ? " with residual" : "")")
        let checkpoint = try denseCheckpoint(folder: folder)
        hashes += checkpoint.hashes
        checkpoint.releasePages()
      }
    }
    if !moduleNames.isEmpty { values["modules"] = moduleNames.joined(separator: ", ") }
    let digest = hashes.withUnsafeBytes { XXHash64.hash($0) }
    let digits = String(hashes.count == 1 ? hashes[0] : digest, radix: 16)
    values["weights"] = "xxh64:" + String(repeating: "0", count: 16 - digits.count) + digits
    return values
  }
}

// MARK: - What is a model

extension ModelFolder {
  /// Whether there is a folder that looks like a model's at a path.
  static func isModel(_ path: String) -> Bool {
    Folder.isFolder(path)
      && ["config.json", ModuleList.fileName].contains { Folder.exists(Folder.join(path, $0)) }
  }

  private static func lastComponent(_ path: String) -> String {
    let absolute = URL(fileURLWithPath: path).standardizedFileURL
    return absolute.lastPathComponent
  }
}
