import EmbedCore
import Kernels
import ModelFiles
import Transformer

/// A loaded model of any engine.
protocol LocalModel: Sendable {
  /// What the encoder computes.
  var configuration: EncoderConfiguration { get }

  /// Whether it is a table of vectors.
  var isTable: Bool { get }

  /// The buffers that a worker needs.
  func makeWorkspace() -> Workspace

  /// Embeds a batch, one vector each, in order.
  func embed(
    _ batch: TokenBatch, promptLength: Int, _ options: OutputOptions, _ workspace: inout Workspace
  ) -> [[Float]]

  /// The vectors of the tokens of each sequence of a batch, in order.
  func tokenVectors(_ batch: TokenBatch, _ workspace: inout Workspace) -> [[[Float]]]
}

extension LocalModel {
  /// The multiplications and additions of a token's products with the layers' weights.
  var operationsPerToken: Int {
    let (hidden, intermediate) = (configuration.hiddenSize, configuration.intermediateSize)
    let matrices = configuration.feedForward.isGated ? 3 : 2
    return 2 * configuration.layerCount * hidden * (4 * hidden + matrices * intermediate)
  }
}

extension SentenceModel: LocalModel {}

extension SentenceModel {
  /// Loads a model folder's weights for an engine.
  ///
  /// - Throws: `EmbedError` naming the tensor that is missing or has another shape.
  init(_ folder: ModelFolder, engine: Engine, kernels: KernelSet) throws(EmbedError) {
    let encoding: SentenceModel.Encoding
    if folder.isTable {
      encoding = .table(TokenTable(try folder.tokenTable(), kernels: kernels))
    } else {
      let encoder = Encoder(
        folder.configuration, weights: try folder.encoderWeights(engine), engine: engine,
        kernels: kernels)
      encoding = .transformer(encoder, Pooling(folder.pooling, kernels: kernels))
    }
    var modules: [Module] = []
    for module in folder.modules {
      switch module {
      case .dense(let dense, let path):
        let checkpoint = try folder.denseCheckpoint(folder: path)
        modules.append(.dense(try Dense(checkpoint, dense, engine: engine)))
      case .normalize:
        modules.append(.normalize)
      }
    }
    if let dimensions = folder.truncatedDimensions { modules.append(.truncate(dimensions)) }
    self.init(folder.configuration, encoding, modules: modules, engine: engine)
  }
}
