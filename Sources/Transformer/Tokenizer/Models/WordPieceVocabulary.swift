/// The pieces of a WordPiece model: splits normalized words into ids.
///
/// Follows `WordPiece::tokenize` of the reference: the longest piece that begins the word, then the longest
/// continuation at each place that is left; if some place has none, the whole word is unknown.
struct WordPieceVocabulary: Sendable {
  /// What stands for a word that has no pieces, or too many scalars.
  let unknownID: Int32
  /// Words of more Unicode scalars than this are unknown.
  let maximumWordLength: Int

  /// The spellings of the tokens, one after the other.
  private let pool: [UInt8]
  /// What may begin a word: any token.
  private let beginnings: PieceTable
  /// What may continue a word: tokens with the continuation prefix, which their entries leave out.
  private let continuations: PieceTable
  /// Powers for the hashes of pieces, up to the longest.
  private let powers: [UInt64]

  /// Makes the pieces of a model whose vocabulary is in a list of tokens.
  init(
    _ model: TokenizerConfiguration.WordPiece, _ tokens: TokenList
  ) throws(TokenizerError) {
    guard let unknownID = tokens.ids.find(model.unknownToken, pool: tokens.pool) else {
      throw .missingUnknownToken(model.unknownToken)
    }
    let prefix = Array(model.continuationPrefix.utf8)
    let pool = tokens.pool
    let continuing = tokens.vocabulary.filter { pool[$0.range].starts(with: prefix) }
    var continuations = PieceTable(capacity: continuing.count)
    for token in continuing {
      continuations.insert(token.range.dropFirst(prefix.count), of: pool, id: token.id)
    }
    self.unknownID = unknownID
    maximumWordLength = model.maximumWordLength
    self.pool = pool
    beginnings = tokens.ids
    self.continuations = continuations
    // No continuation is longer than its own spelling.
    powers = PieceHash.powers(upTo: beginnings.longest)
  }

  /// Appends the tokens of one word, not empty, as it stands in a text.
  func appendPieces(of text: Span<UInt8>, _ word: Range<Int>, to pieces: inout PieceBuffer) {
    var scalars = 0
    var hash = PieceHash()
    for index in word {
      hash.append(text[index])
      if text[index] & 0xC0 != 0x80 { scalars += 1 }
    }
    if scalars > maximumWordLength {
      pieces.append(unknownID, at: word)
    } else {
      let identity = PieceTable.identity
      appendPieces(of: text, word, hash: hash, folding: identity.span, to: &pieces)
    }
  }

  /// Appends the tokens of one word.
  ///
  /// - Parameters:
  ///   - text: The text that the word is a part of, not empty, of at most `maximumWordLength` scalars.
  ///   - hash: The hash of the word after folding.
  ///   - folding: What stands for each byte of the text, in the low 8 bits.
  ///   - pieces: Where to append; offsets are places in `text`.
  @inline(__always)
  func appendPieces(
    of text: Span<UInt8>, _ word: Range<Int>, hash: PieceHash, folding: Span<UInt16>,
    to pieces: inout PieceBuffer
  ) {
    let id = beginnings.find(
      text, from: word.lowerBound, length: word.count, hash: hash, folding: folding,
      pool: pool.span)
    if let id {
      pieces.append(id, at: word)
    } else {
      split(text, word, folding: folding, to: &pieces)
    }
  }

  /// Appends the tokens of a word that is not a token itself.
  ///
  /// - Complexity: O(word · longest piece), each step a look-up of constant time.
  @inline(never)
  private func split(
    _ text: Span<UInt8>, _ word: Range<Int>, folding: Span<UInt16>, to pieces: inout PieceBuffer
  ) {
    var hash = PieceHash()
    pieces.prefixes.removeAll(keepingCapacity: true)
    pieces.prefixes.append(hash)
    for index in word {
      hash.append(UInt8(truncatingIfNeeded: folding[Int(text[index])]))
      pieces.prefixes.append(hash)
    }
    let count = pieces.ids.count
    var start = 0
    while start < word.count {
      let piece = longestPiece(
        text, word, from: start, folding: folding, prefixes: pieces.prefixes.span)
      guard let piece else {
        pieces.removeAll(from: count)
        pieces.append(unknownID, at: word)
        return
      }
      let begin = word.lowerBound + start
      pieces.append(piece.id, at: begin..<begin + piece.length)
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
}
