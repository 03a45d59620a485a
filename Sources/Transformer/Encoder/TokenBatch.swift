/// Sequences of token ids, one behind the other without padding.
package struct TokenBatch: Sendable {
  /// `(tokens)`: the ids of all sequences.
  package private(set) var ids: [Int32] = []
  /// `(tokens)`: which of two texts each token belongs to; empty as long as there are single texts alone, all of type 0.
  private var typeIDs: [Int32] = []
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

  /// The token type of a row.
  func typeID(ofRow row: Int) -> Int { typeIDs.isEmpty ? 0 : Int(typeIDs[row]) }

  /// Adds a sequence.
  ///
  /// One without tokens, of a text that has none, is for a table of vectors alone.
  ///
  /// - Parameter typeIDs: the type of each token; empty when all are of type 0.
  package mutating func append(_ ids: [Int32], typeIDs: [Int32] = []) {
    precondition(typeIDs.isEmpty || typeIDs.count == ids.count, "each token has a type")
    if !typeIDs.isEmpty || !self.typeIDs.isEmpty {
      let missing = self.ids.count - self.typeIDs.count
      self.typeIDs += [Int32](repeating: 0, count: missing)
      self.typeIDs += typeIDs.isEmpty ? [Int32](repeating: 0, count: ids.count) : typeIDs
    }
    self.ids += ids
    offsets.append(self.ids.count)
  }
}
