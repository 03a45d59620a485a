package import Kernels

/// An encoder with a head behind it, which gives logits for each sequence.
package struct HeadModel<Engine: MatrixEngine>: Sendable {
  /// How the tokens of a sequence become one row of logits.
  package enum Reduction: Sendable {
    /// Their vectors are pooled, and the head sees the result: a classifier.
    case pooling(Pooling)
    /// The head sees every token, and of each logit the largest counts, as in SPLADE v2 (Formal et al., arXiv:2109.10086).
    case maximum
    /// The head sees every token, and what a function makes of each logit is added up, as in the first SPLADE (Formal et
    /// al., arXiv:2107.05720).
    case sum(of: @Sendable (Float) -> Float)
  }

  /// The tokens that the head sees at once: all logits of a vocabulary for many tokens would fill the memory.
  private static var chunkSize: Int { 64 }

  package let encoder: Encoder<Engine>
  private let head: PredictionHead<Engine>
  private let reduction: Reduction
  private let engine: Engine
  private let kernels: KernelSet

  package init(
    encoder: Encoder<Engine>, head: PredictionHead<Engine>, reduction: Reduction, engine: Engine,
    kernels: KernelSet
  ) {
    self.encoder = encoder
    self.head = head
    self.reduction = reduction
    self.engine = engine
    self.kernels = kernels
  }

  /// The buffers that a worker needs for this model.
  package func makeWorkspace() -> Workspace { Workspace(encoder.configuration) }

  /// The logits of each sequence of a batch, in order.
  ///
  /// - Precondition: as for `Encoder.forward`.
  package func logits(_ batch: TokenBatch, _ workspace: inout Workspace) -> [[Float]] {
    encoder.forward(batch, &workspace)
    let logits =
      switch reduction {
      case .pooling(let pooling): logits(batch, pooling, &workspace)
      case .maximum:
        reduceTokens(batch, &workspace, from: -.infinity) { logits, rows, largest in
          kernels.takeMaximum(of: logits, rows, into: &largest)
        }
      case .sum(let function):
        reduceTokens(batch, &workspace, from: 0) { logits, rows, sum in
          for row in rows {
            let values = logits.row(row)
            for place in values.indices { sum[place] += function(values[place]) }
          }
        }
      }
    workspace.stopwatch?.lap(.pooling)
    return logits
  }

  private func logits(
    _ batch: TokenBatch, _ pooling: Pooling, _ workspace: inout Workspace
  ) -> [[Float]] {
    var pooled = Activations(columns: workspace.hidden.columns)
    pooled.resize(rows: batch.count)
    for sequence in 0..<batch.count {
      let vector = pooling.pool(workspace.hidden, batch.range(of: sequence), promptLength: 0)
      pooled.setRow(sequence, vector)
    }
    let logits = head.forward(
      pooled, engine: engine, kernels: kernels, scratch: &workspace.scratch, loop: workspace.loop)
    return (0..<batch.count).map { logits.row($0) }
  }

  /// Makes the logits of every token, and one row of those of each sequence.
  ///
  /// - Parameter add: takes rows of logits into what there is of a sequence.
  private func reduceTokens(
    _ batch: TokenBatch, _ workspace: inout Workspace, from initial: Float,
    _ add: (_ logits: borrowing Activations, _ rows: Range<Int>, _ result: inout [Float]) -> Void
  ) -> [[Float]] {
    var results = [[Float]](
      repeating: [Float](repeating: initial, count: head.outputs), count: batch.count)
    var sequence = 0
    for start in stride(from: 0, to: batch.tokenCount, by: Self.chunkSize) {
      let chunk = start..<min(batch.tokenCount, start + Self.chunkSize)
      var tokens = Activations(columns: workspace.hidden.columns)
      tokens.resize(rows: chunk.count)
      for row in chunk { tokens.setRow(row - start, workspace.hidden.row(row)) }
      let logits = head.forward(
        tokens, engine: engine, kernels: kernels, scratch: &workspace.scratch, loop: workspace.loop)
      while sequence < batch.count {
        let rows = batch.range(of: sequence)
        let part = rows.clamped(to: chunk)
        add(logits, part.lowerBound - start..<part.upperBound - start, &results[sequence])
        guard rows.upperBound <= chunk.upperBound else { break }
        sequence += 1
      }
    }
    return results
  }
}
