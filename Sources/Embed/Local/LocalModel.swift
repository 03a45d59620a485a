import EmbedCore
import Kernels
import ModelFiles
import Transformer

/// A loaded model of any engine.
protocol LocalModel: Sendable {
  /// The sizes that workspaces are made for.
  var configuration: EncoderConfiguration { get }

  /// Embeds a batch, one vector each, in order.
  func embed(
    _ batch: TokenBatch, promptLength: Int, _ options: OutputOptions, _ workspace: inout Workspace
  ) -> [[Float]]
}

extension LocalModel {
  /// The multiplications and additions of a token's products with the layers' weights.
  var operationsPerToken: Int {
    let (hidden, intermediate) = (configuration.hiddenSize, configuration.intermediateSize)
    return 2 * configuration.layerCount * hidden * (4 * hidden + 2 * intermediate)
  }
}

extension SentenceModel: LocalModel {
  var configuration: EncoderConfiguration { encoder.configuration }
}

extension SentenceModel {
  /// Loads a model folder's weights for an engine.
  ///
  /// - Throws: `EmbedError` naming the tensor that is missing or has another shape.
  init(_ folder: ModelFolder, engine: Engine, kernels: KernelSet) throws(EmbedError) {
    let checkpoint = try folder.checkpoint()
    let encoder = Encoder(
      folder.configuration,
      weights: try EncoderWeights(checkpoint, folder.configuration, engine: engine),
      engine: engine, kernels: kernels)
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
    self.init(
      encoder: encoder, pooling: Pooling(folder.pooling, kernels: kernels), modules: modules,
      engine: engine)
  }
}
