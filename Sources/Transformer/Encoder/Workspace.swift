package import Kernels

/// What a forward pass works with, kept between passes: its buffers and its threads; one for each worker.
package struct Workspace: ~Copyable, Sendable {
  /// Runs the parts of a pass.
  package var loop = ParallelLoop.serial
  /// Measures the passes, when someone wants to know.
  package var stopwatch: Stopwatch?
  /// `(tokens, hidden)`: the input of a layer, and its output.
  package var hidden: Activations
  /// `(tokens, 3 * hidden)`.
  package var queryKeyValue: Activations
  /// `(tokens, hidden)`: attention's output.
  package var context: Activations
  /// `(tokens, hidden)`: what is added to the hidden states.
  package var projection: Activations
  /// `(tokens, intermediate)`.
  package var intermediate: Activations
  /// `(tokens, 2 * intermediate)`: both halves of a gated unit.
  package var gate: Activations
  /// `(tokens, hidden)`: what a block's result is added to, where norms stand before the blocks.
  package var residual: Activations
  /// Attention's: keys, values and scores of one head, for each part of the loop over the heads.
  package var attention = ScratchMemory()
  /// The matrix engine's.
  package var scratch = ScratchMemory()

  private let isGated: Bool
  private let keepsResidual: Bool

  package init(_ configuration: EncoderConfiguration) {
    hidden = Activations(columns: configuration.hiddenSize)
    queryKeyValue = Activations(columns: 3 * configuration.hiddenSize)
    context = Activations(columns: configuration.hiddenSize)
    projection = Activations(columns: configuration.hiddenSize)
    intermediate = Activations(columns: configuration.intermediateSize)
    gate = Activations(columns: 2 * configuration.intermediateSize)
    residual = Activations(columns: configuration.hiddenSize)
    isGated = configuration.feedForward.isGated
    keepsResidual = configuration.normOrder == .before
  }

  mutating func resize(tokens: Int) {
    hidden.resize(rows: tokens)
    queryKeyValue.resize(rows: tokens)
    context.resize(rows: tokens)
    projection.resize(rows: tokens)
    intermediate.resize(rows: tokens)
    if isGated { gate.resize(rows: tokens) }
    if keepsResidual { residual.resize(rows: tokens) }
  }

  /// The tokens whose buffers are kept for the next pass.
  private static let keptTokens = 2048

  /// Gives the memory back that a long text took: of a model of usual size some hundred megabytes, which a worker that
  /// met one such text would keep for ever.
  package mutating func releaseAfterLongPass() {
    guard hidden.rows > Self.keptTokens else { return }
    hidden.release()
    queryKeyValue.release()
    context.release()
    projection.release()
    intermediate.release()
    gate.release()
    residual.release()
    attention = ScratchMemory()
    scratch = ScratchMemory()
  }
}

/// Adds up what the stages of forward passes take, on a clock that its owner brings.
package struct Stopwatch: Sendable {
  /// A part of a forward pass.
  package enum Stage: Int, Sendable, CaseIterable {
    /// Looking embeddings up and their layer norm.
    case embeddings
    /// Matrix products with what is fused into them: bias and activation.
    case products
    case attention
    /// Residuals and layer norms.
    case layerNorm
    /// Pooling, dense modules, normalization.
    case pooling
  }

  private let now: @Sendable () -> Int64
  private var last: Int64 = 0
  /// `(stages)`: the sums, in the clock's unit.
  private var sums = [Int64](repeating: 0, count: Stage.allCases.count)

  /// Makes a stopwatch on a clock that does not go back.
  package init(now: @escaping @Sendable () -> Int64) { self.now = now }

  /// What a stage has taken in all, in the clock's unit.
  package subscript(_ stage: Stage) -> Int64 { sums[stage.rawValue] }

  /// Begins a pass.
  mutating func start() { last = now() }

  /// Counts the time since the last call for a stage.
  mutating func lap(_ stage: Stage) {
    let time = now()
    sums[stage.rawValue] += time - last
    last = time
  }
}
