package import EmbedCore
import JSON
import Kernels
package import Transformer

/// What a re-ranker's head gives.
package struct ClassifierConfiguration: Sendable, Hashable {
  /// The function that makes a score of a logit.
  package enum Function: String, Sendable, Hashable, CaseIterable {
    case identity = "Identity"
    case sigmoid = "Sigmoid"
    case tanh = "Tanh"
  }

  /// The names of the classes, one a logit.
  package let labels: [String]
  package let function: Function
  /// How token vectors become the head's input.
  package let pooling: PoolingMode
}

/// What a sparse model makes of the logits of its tokens, each of them a row over the vocabulary.
///
/// Source: `SpladePooling` of sentence-transformers 6.2 (`sparse_encoder/modules/splade_pooling.py`).
package struct SpladeConfiguration: Sendable, Hashable {
  /// Whether the tokens' weights are added up; else the largest counts.
  package let sums: Bool
  /// How often `log(1 + x)` is applied to `max(0, x)`, for the weight of a logit.
  package let logarithms: Int

  /// That of a model without the module.
  package static let standard = SpladeConfiguration(sums: false, logarithms: 1)
}

// MARK: - Settings

extension ClassifierConfiguration {
  /// Reads a re-ranker's labels and function.
  ///
  /// - Parameter function: the function's class by `config_sentence_transformers.json`, which goes before `config.json`.
  ///
  /// Throws `modelUnsupported` for another function or pooling.
  ///
  /// Source: `CrossEncoder.get_default_activation_fn` of sentence-transformers 6.2 (`cross_encoder/model.py`).
  init(
    _ config: JSONDocument, names: HeadNames?, function: (name: String, location: String)?
  ) throws(EmbedError) {
    if let members = try config.optionalObject("id2label")?.members {
      labels = members.map { $0.value.stringValue ?? $0.key }
    } else {
      // The library's standard.
      let count = try config.optionalInteger("num_labels", in: 1...100_000) ?? 2
      labels = (0..<count).map { "LABEL_\($0)" }
    }
    guard !labels.isEmpty else {
      throw config.unsupported("id2label", expected: "at least one label", got: "none")
    }
    if let key = names?.pooling {
      try config.require(key, toBe: "cls", "mean")
      pooling = try config.optionalString(key) == "mean" ? .mean : .cls
    } else {
      pooling = .cls
    }
    let named = if let function { function } else { try Self.function(config) }
    if let named {
      self.function = try Self.function(named.name, at: named.location)
    } else {
      self.function = labels.count == 1 ? .sigmoid : .identity
    }
  }

  /// What `config.json` names, in its newer or its older way.
  private static func function(
    _ config: JSONDocument
  ) throws(EmbedError) -> (name: String, location: String)? {
    if let settings = try config.optionalObject("sentence_transformers"),
      let name = try settings.optionalString("activation_fn")
    {
      return (name, settings.location("activation_fn"))
    }
    let key = "sbert_ce_default_activation_function"
    return try config.optionalString(key).map { ($0, config.location(key)) }
  }

  /// A function by its class in PyTorch, such as `torch.nn.modules.activation.Sigmoid`.
  private static func function(
    _ name: String, at location: String
  ) throws(EmbedError) -> Function {
    let components = name.split(separator: ".")
    if components.first == "torch", let last = components.last,
      let function = Function(rawValue: String(last))
    {
      return function
    }
    throw EmbedError(
      .modelUnsupported, "unsupported model", expected: "Identity, Sigmoid or Tanh of torch.nn",
      got: name.quotedForMessage, at: location)
  }
}

extension SpladeConfiguration {
  /// Reads a SpladePooling module's `config.json`; without one, the standard holds.
  ///
  /// Throws `modelUnsupported` for another strategy or function.
  init(_ file: JSONDocument?) throws(EmbedError) {
    try file?.require("pooling_strategy", toBe: "max", "sum")
    try file?.require("activation_function", toBe: "relu", "log1p_relu")
    sums = try file?.optionalString("pooling_strategy") == "sum"
    logarithms = try file?.optionalString("activation_function") == "log1p_relu" ? 2 : 1
  }
}

// MARK: - Weights

extension ModelFolder {
  /// Refuses a model that was made for something else.
  ///
  /// - Throws: `EmbedError` with code `modelUnsupported`.
  package func require(_ task: ModelTask) throws(EmbedError) {
    guard !tasks.contains(task) else { return }
    throw EmbedError(
      .modelUnsupported, "model of another kind", expected: task.phrase,
      got: tasks.map(\.phrase).joined(separator: ", "), at: path.printable)
  }

  /// Reads a re-ranker's head and prepares it for an engine.
  ///
  /// - Throws: `EmbedError` naming the tensor that is missing, has another shape or holds what is no number; with code
  ///   `modelUnsupported` when there is no such head in this family.
  /// - Complexity: O(n) in the number of the head's weights.
  package func classifier<Engine: MatrixEngine>(
    _ classifier: ClassifierConfiguration, _ checkpoint: Checkpoint, _ engine: Engine
  ) throws(EmbedError) -> PredictionHead<Engine> {
    let reader = try headReader(architecture.classifier, checkpoint, engine)
    return try reader.head(
      output: reader.files.finiteMatrix(
        "\(reader.names.output).weight", rows: classifier.labels.count,
        columns: configuration.hiddenSize))
  }

  /// Reads the head of a masked language model and prepares it for an engine; the last layer's weights are those of the
  /// embeddings unless the folder says otherwise.
  ///
  /// - Throws: as `classifier`.
  /// - Complexity: O(n) in the number of weights.
  package func vocabularyHead<Engine: MatrixEngine>(
    _ checkpoint: Checkpoint, _ engine: Engine
  ) throws(EmbedError) -> PredictionHead<Engine> {
    let reader = try headReader(architecture.vocabularyHead, checkpoint, engine)
    let (rows, columns) = (configuration.vocabularySize, configuration.hiddenSize)
    let isTied = try config.optionalBool("tie_word_embeddings") ?? true
    return try reader.head(
      output: isTied
        ? checkpoint.finiteMatrix(
          architecture.tensors.wordEmbeddings, rows: rows, columns: columns)
        : reader.files.finiteMatrix(
          "\(reader.names.output).weight", rows: rows, columns: columns))
  }

  private func headReader<Engine: MatrixEngine>(
    _ names: HeadNames?, _ checkpoint: Checkpoint, _ engine: Engine
  ) throws(EmbedError) -> HeadReader<Engine> {
    guard let names else {
      throw EmbedError(
        .modelUnsupported, "unsupported model", expected: "a family whose heads are known",
        got: architecture.name, at: path.printable)
    }
    for (key, values) in names.requirements { try config.require(key, toBeOneOf: values) }
    return HeadReader(
      names: names, encoder: checkpoint, files: checkpoint.wholeModel, config: config,
      configuration: configuration, hasNormBias: try config.bool(architecture.keys.normBias),
      engine: engine)
  }
}

/// Reads the tensors of a head by the names of its family.
private struct HeadReader<Engine: MatrixEngine> {
  let names: HeadNames
  let encoder: Checkpoint
  let files: Checkpoint
  let config: JSONDocument
  let configuration: EncoderConfiguration
  let hasNormBias: Bool
  let engine: Engine

  /// The head whose last layer has these weights, `(outputs, hidden)`.
  func head(output weight: StoredMatrix) throws(EmbedError) -> PredictionHead<Engine> {
    let hidden = configuration.hiddenSize
    var bias: FloatStorage?
    if try config.bool(names.hasOutputBias) {
      let beside = "\(names.output).bias"
      let name = files.contains(beside) ? beside : names.outputBias ?? beside
      bias = FloatStorage(try files.vector(name, count: weight.rows))
    }
    return PredictionHead(
      transform: try (names.transformIsPooler ? encoder : files).linear(
        names.transform, inputs: hidden, outputs: hidden,
        hasBias: try config.bool(names.hasTransformBias), engine: engine),
      activation: names.activation ?? configuration.feedForward.activation,
      norm: try names.norm.map { (name) throws(EmbedError) in try norm(name) },
      output: Linear(StackedMatrix([weight]), bias: bias, engine: engine))
  }

  private func norm(_ name: String) throws(EmbedError) -> LayerNorm {
    let values = try files.layerNorm(
      name, count: configuration.hiddenSize, hasBias: hasNormBias)
    return LayerNorm(
      scale: FloatStorage(values.weight), shift: FloatStorage(values.bias),
      epsilon: configuration.layerNormEpsilon)
  }
}

extension ModelTask {
  /// A model for it, in words.
  fileprivate var phrase: String {
    switch self {
    case .embedding: "a model of embeddings"
    case .reranking: "a re-ranker"
    case .sparseEmbedding: "a model of sparse embeddings"
    }
  }
}
