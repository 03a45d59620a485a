import Kernels

extension SentenceModel {
  /// The vectors of each sequence's tokens, special ones too, as the encoder or the table gives them:
  /// `(tokens, hidden)` a sequence.
  ///
  /// - Precondition: as for `Encoder.forward`.
  package func tokenVectors(
    _ batch: TokenBatch, _ workspace: inout Workspace
  ) -> [[[Float]]] {
    let sequences = (0..<batch.count).map(batch.range)
    switch encoding {
    case .transformer(let encoder, _):
      encoder.forward(batch, &workspace)
      return sequences.map { $0.map { workspace.hidden.row($0) } }
    case .table(let table):
      return sequences.map { batch.ids[$0].map(table.vector) }
    }
  }
}
