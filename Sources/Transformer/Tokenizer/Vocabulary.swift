/// The pieces of a WordPiece model: splits normalized words into ids.
///
/// Follows `WordPiece::tokenize` of the reference: the longest piece that begins the word, then the longest
/// continuation at each place that is left; if some place has none, the whole word is unknown.
struct Vocabulary: Sendable {
  /// A token's place in `pool`.
  private struct Token {
    var id: Int32
    var range: Range<Int>
  }

  /// What stands for a word that has no pieces, or too many scalars.
  let unknownID: Int32
  /// Words of more Unicode scalars than this are unknown.
  let maximumWordLength: Int

  /// The spellings of the tokens, one after the other.
  private let pool: [UInt8]
  /// All tokens by ascending id.
  private let tokens: [Token]
  /// What may begin a word: any token.
  private let beginnings: PieceTable
  /// What may continue a word: tokens with the continuation prefix, which their entries leave out.
  private let continuations: PieceTable
  /// Powers for the hashes of pieces, up to the longest.
  private let powers: [UInt64]

  init(_ definition: TokenizerDefinition) throws(TokenizerError) {
    var pool: [UInt8] = []
    var tokens: [Token] = []
    tokens.reserveCapacity(definition.vocabulary.count)
    for (token, id) in definition.vocabulary {
      if id < 0 { throw .negativeID(id, token: token) }
      let start = pool.count
      pool.append(contentsOf: token.utf8)
      tokens.append(Token(id: id, range: start..<pool.count))
    }
    if pool.count >= UInt32.max { throw .vocabularyTooLarge(bytes: pool.count) }

    let prefix = Array(definition.continuationPrefix.utf8)
    let continuing = tokens.filter { pool[$0.range].starts(with: prefix) }
    var beginnings = PieceTable(capacity: tokens.count)
    var continuations = PieceTable(capacity: continuing.count)
    for token in tokens {
      beginnings.insert(token.range, of: pool, id: token.id)
    }
    for token in continuing {
      continuations.insert(token.range.dropFirst(prefix.count), of: pool, id: token.id)
    }

    guard let unknownID = beginnings.find(definition.unknownToken, pool: pool) else {
      throw .missingUnknownToken(definition.unknownToken)
    }
    self.unknownID = unknownID
    maximumWordLength = definition.maximumWordLength
    self.tokens = try Self.sorted(tokens, pool)
    self.pool = pool
    self.beginnings = beginnings
    self.continuations = continuations
    // No continuation is longer than its own spelling.
    powers = PieceHash.powers(upTo: beginnings.longest)
  }

  /// The number of ids.
  var count: Int { tokens.count }

  var largestID: Int32 { tokens.last?.id ?? 0 }

  /// The spelling of a token, or nil if no token has that id.
  ///
  /// - Complexity: O(log n) in the size of the vocabulary.
  func token(for id: Int32) -> String? {
    var low = 0
    var high = tokens.count
    while low < high {
      let middle = (low + high) / 2
      if tokens[middle].id < id { low = middle + 1 } else { high = middle }
    }
    guard low < tokens.count, tokens[low].id == id else { return nil }
    return String(decoding: pool[tokens[low].range], as: UTF8.self)
  }

  /// The id of a token, or nil.
  func id(of token: String) -> Int32? {
    beginnings.find(token, pool: pool)
  }

  /// Appends the ids of one word.
  ///
  /// - Parameters:
  ///   - text: The text that the word is a part of, not empty, of at most `maximumWordLength` scalars.
  ///   - hash: The hash of the word after folding.
  ///   - folding: What stands for each byte of the text, in the low 8 bits.
  ///   - buffer: Where to append.
  @inline(__always)
  func appendPieces(
    of text: Span<UInt8>, _ word: Range<Int>, hash: PieceHash, folding: Span<UInt16>,
    to buffer: inout PieceBuffer
  ) {
    let id = beginnings.find(
      text, from: word.lowerBound, length: word.count, hash: hash, folding: folding,
      pool: pool.span)
    if let id {
      buffer.ids.append(id)
    } else {
      split(text, word, folding: folding, to: &buffer)
    }
  }

  /// Appends the ids of a word that is not a token itself.
  ///
  /// - Complexity: O(word · longest piece), each step a look-up of constant time.
  @inline(never)
  private func split(
    _ text: Span<UInt8>, _ word: Range<Int>, folding: Span<UInt16>,
    to buffer: inout PieceBuffer
  ) {
    var hash = PieceHash()
    buffer.prefixes.removeAll(keepingCapacity: true)
    buffer.prefixes.append(hash)
    for index in word {
      hash.append(UInt8(truncatingIfNeeded: folding[Int(text[index])]))
      buffer.prefixes.append(hash)
    }
    let count = buffer.ids.count
    var start = 0
    while start < word.count {
      let piece = longestPiece(
        text, word, from: start, folding: folding, prefixes: buffer.prefixes.span)
      guard let piece else {
        buffer.ids.removeSubrange(count...)
        buffer.ids.append(unknownID)
        return
      }
      buffer.ids.append(piece.id)
      start += piece.length
    }
  }

  /// The longest piece that begins `start` bytes into a word.
  ///
  /// Pieces and text are both valid UTF-8, so that equal bytes are whole scalars.
  @inline(__always)
  private func longestPiece(
    _ text: Span<UInt8>, _ word: Range<Int>, from start: Int, folding: Span<UInt16>,
    prefixes: Span<PieceHash>
  ) -> (id: Int32, length: Int)? {
    let table = start == 0 ? beginnings : continuations
    var length = min(word.count - start, table.longest)
    while length > 0 {
      let hash = prefixes[start + length].dropping(prefixes[start], power: powers[length])
      let id = table.find(
        text, from: word.lowerBound + start, length: length, hash: hash, folding: folding,
        pool: pool.span)
      if let id { return (id, length) }
      length -= 1
    }
    return nil
  }

  /// The tokens by ascending id, each once.
  private static func sorted(_ tokens: [Token], _ pool: [UInt8]) throws(TokenizerError) -> [Token] {
    var sorted = tokens
    let isSorted = zip(tokens, tokens.dropFirst()).allSatisfy { $0.id < $1.id }
    if !isSorted { sorted.sort { $0.id < $1.id } }
    for (first, second) in zip(sorted, sorted.dropFirst()) where first.id == second.id {
      throw .duplicateID(
        first.id,
        tokens: [first, second].map { String(decoding: pool[$0.range], as: UTF8.self) })
    }
    return sorted
  }
}
