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
