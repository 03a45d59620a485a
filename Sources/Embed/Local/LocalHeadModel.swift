import EmbedCore
import Kernels
import ModelFiles
import Transformer

/// A loaded model of any engine with a head behind its encoder.
protocol LocalHeadModel: Sendable {
  /// The buffers that a worker needs.
  func makeWorkspace() -> Workspace

  /// The logits of each sequence of a batch, in order.
  func logits(_ batch: TokenBatch, _ workspace: inout Workspace) -> [[Float]]
}

extension HeadModel: LocalHeadModel {
  /// Loads a re-ranker's or a sparse model's weights for an engine.
  ///
  /// - Throws: `EmbedError` naming the tensor that is missing or has another shape; with code `modelUnsupported` for a
  ///   model of another kind.
  init(
    _ folder: ModelFolder, for task: ModelTask, engine: Engine, kernels: KernelSet
  ) throws(EmbedError) {
    try folder.require(task)
    let head: PredictionHead<Engine>
    let reduction: Reduction
    if task == .reranking, let classifier = folder.classifier {
      head = try folder.classifier(classifier, folder.checkpoint(), engine)
      reduction = .pooling(
        Pooling(PoolingConfiguration(modes: [classifier.pooling]), kernels: kernels))
    } else {
      head = try folder.vocabularyHead(folder.checkpoint(), engine)
      reduction = folder.splade.map { $0.sums ? .sum(of: $0.weight) : .maximum } ?? .maximum
    }
    let encoder = Encoder(
      folder.configuration, weights: try folder.encoderWeights(engine), engine: engine,
      kernels: kernels)
    self.init(encoder: encoder, head: head, reduction: reduction, engine: engine, kernels: kernels)
  }
}
