/// Where a vocabulary puts the ids of words.
struct PieceBuffer: Sendable {
  /// The ids so far.
  var ids: [Int32] = []
  /// The hashes of the prefixes of the word that is being split.
  var prefixes: [PieceHash] = []
}
