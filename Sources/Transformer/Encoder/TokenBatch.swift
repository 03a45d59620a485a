/// Sequences of token ids, one behind the other without padding.
package struct TokenBatch: Sendable {
  /// `(tokens)`: the ids of all sequences.
  package private(set) var ids: [Int32] = []
  /// `(sequences + 1)`: where each sequence starts, and the end of the last.
  package private(set) var offsets: [Int] = [0]

  package init() {}

  /// The number of sequences.
  package var count: Int { offsets.count - 1 }

  /// The number of tokens of all sequences.
  package var tokenCount: Int { ids.count }

  /// The rows of a sequence.
  package func range(of sequence: Int) -> Range<Int> {
    offsets[sequence]..<offsets[sequence + 1]
  }

  /// Adds a sequence.
  ///
  /// - Precondition: it has tokens.
  package mutating func append(_ ids: [Int32]) {
    precondition(!ids.isEmpty, "a sequence has tokens")
    self.ids += ids
    offsets.append(self.ids.count)
  }
}
