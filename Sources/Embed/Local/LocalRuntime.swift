import EmbedCore
import Foundation
import Kernels
import ModelFiles
import Transformer

/// What every model that is loaded on this machine has beside its weights: an engine, a tokenizer, threads.
struct LocalRuntime<Model: Sendable>: Sendable {
  let folder: ModelFolder
  let model: Model
  let tokenizer: LocalTokenizer
  let kernels: KernelSet
  /// What multiplies the matrices, for people.
  let engineName: String
  let runner: ModelRunner

  /// Loads an opened model folder.
  ///
  /// - Parameters:
  ///   - kernels: nil for those that the environment names, else the quickest.
  ///   - load: reads the weights for an engine.
  ///   - makeWorkspace: the buffers that a worker needs for the model.
  /// - Throws: `EmbedError` when the files are damaged or unsupported, or the machine lacks the engine, the memory or a
  ///   thread to compute with.
  init(
    _ folder: ModelFolder, _ configuration: LocalEmbedder.Configuration, kernels: KernelSet?,
    load: (EngineSelection) throws(EmbedError) -> Model,
    makeWorkspace: (Model) -> @Sendable () -> Workspace
  ) async throws {
    let environment = ProcessInfo.processInfo.environment
    let engine = try configuration.resolvedEngine(environment: environment)
    self.kernels =
      if let kernels { kernels } else { try KernelSet.selected(environment: environment) }
    // The vocabulary takes as long as the weights.
    async let tokenizer = LocalTokenizer(folder)
    let selection = try EngineSelection(engine, configuration.precision, kernels: self.kernels)
    model = try load(selection)
    engineName = selection.description
    self.tokenizer = try await tokenizer
    runner = try ModelRunner(configuration, makeWorkspace: makeWorkspace(model))
    self.folder = folder
  }

  /// Refuses what a model with damaged weights gives for an input.
  ///
  /// - Throws: `EmbedError` with code `fileDamaged`, naming the input.
  func requireFinite(_ values: [Float], ofInput index: Int) throws(EmbedError) {
    // Magnitudes compare as their bits do, many at once.
    let largest = values.reduce(0) { max($0, $1.magnitude.bitPattern) }
    guard largest >= Float.infinity.bitPattern,
      let value = values.first(where: { !$0.isFinite })
    else { return }
    throw EmbedError(
      .fileDamaged, "the model's weights give no vector", expected: "finite numbers",
      got: "\(value)", at: folder.path, input: index)
  }
}
