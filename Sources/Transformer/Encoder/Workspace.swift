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
  /// Keys, values and scores of one head, for each part of the loop over the heads.
  package var attention: Activations
  /// The matrix engine's.
  package var scratch: Activations

  private let isGated: Bool

  package init(_ configuration: EncoderConfiguration) {
    hidden = Activations(columns: configuration.hiddenSize)
    queryKeyValue = Activations(columns: 3 * configuration.hiddenSize)
    context = Activations(columns: configuration.hiddenSize)
    projection = Activations(columns: configuration.hiddenSize)
    intermediate = Activations(columns: configuration.intermediateSize)
    gate = Activations(columns: 2 * configuration.intermediateSize)
    residual = Activations(columns: configuration.hiddenSize)
    isGated = configuration.feedForward.isGated
    attention = Activations(columns: configuration.hiddenSize)
    scratch = Activations(columns: configuration.hiddenSize)
  }

  mutating func resize(tokens: Int) {
    hidden.resize(rows: tokens)
    queryKeyValue.resize(rows: tokens)
    context.resize(rows: tokens)
    projection.resize(rows: tokens)
    intermediate.resize(rows: tokens)
    if isGated { gate.resize(rows: tokens) }
    residual.resize(rows: tokens)
  }
}
