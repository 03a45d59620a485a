import Kernels

extension SentenceModel {
  /// The vectors of each sequence's tokens, special ones too, as the encoder gives them: `(tokens, hidden)` a sequence.
  ///
  /// - Precondition: as for `Encoder.forward`.
  package func tokenVectors(
    _ batch: TokenBatch, _ workspace: inout Workspace
  ) -> [[[Float]]] {
    encoder.forward(batch, &workspace)
    return (0..<batch.count).map { sequence in
      batch.range(of: sequence).map { workspace.hidden.row($0) }
    }
  }
}
