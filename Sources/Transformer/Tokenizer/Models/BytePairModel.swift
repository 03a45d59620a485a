/// The pieces of a byte pair encoding: joins neighbours in a word, in the order of the merges.
///
/// Follows `BPE::merge_word` and `Word::merge_all` of the reference (`models/bpe`). Byte-level vocabularies spell a byte
/// as a character; they are taken back to bytes here, once, so that texts need not be spelled.
struct BytePairModel: Sendable {
  /// The spellings of the tokens, in bytes of text, one after the other.
  private let pool: [UInt8]
  /// Words that are one token.
  private var words: PieceTable
  /// From spellings to ids, for what a word is made of at first.
  private let units: PieceTable
  /// `(256)`: the tokens of bytes, where a word is made of bytes, or -1.
  private let byteUnits: [Int32]?
  /// `(256)`: the tokens that stand for bytes of scalars without a token, or -1.
  private let fallback: [Int32]?
  private let unknownID: Int32?
  private let fusesUnknown: Bool
  private let merges: MergeTable
  /// A scalar that no merge joins to what stands before it but itself, if there is one.
  private let boundary: Boundary?

  /// Makes the pieces of a model whose vocabulary is in a list of tokens.
  init(
    _ model: TokenizerConfiguration.BytePairs, _ tokens: TokenList, isByteLevel: Bool
  ) throws(TokenizerError) {
    if let unknown = model.unknownToken {
      guard let id = tokens.ids.find(unknown, pool: tokens.pool) else {
        throw .missingUnknownToken(unknown)
      }
      unknownID = id
    } else {
      unknownID = nil
    }
    fusesUnknown = model.fusesUnknown
    fallback = model.fallsBackToBytes ? tokens.byteIDs : nil
    boundary = isByteLevel ? nil : Boundary(model, tokens)
    merges = try MergeTable(model.merges, tokens)
    var pool = tokens.pool
    var vocabulary = tokens.vocabulary
    if isByteLevel {
      (pool, vocabulary) = ByteSpelling.decode(tokens)
      var byteUnits = [Int32](repeating: -1, count: 256)
      for token in vocabulary where token.range.count == 1 {
        byteUnits[Int(pool[token.range.lowerBound])] = token.id
      }
      self.byteUnits = byteUnits
      units = PieceTable(capacity: 0)
    } else {
      byteUnits = nil
      units = tokens.ids
    }
    self.pool = pool
    words = PieceTable(capacity: vocabulary.count)
    var pieces = PieceBuffer()
    for token in vocabulary {
      if !model.ignoresMergesOfTokens {
        // The merges need not lead to every token.
        pieces.begin(recordsOffsets: false)
        merge(pool.span, token.range, to: &pieces)
        guard pieces.ids == [token.id] else { continue }
      }
      words.insert(token.range, of: pool, id: token.id)
    }
  }

  /// Appends the tokens of a word; offsets are places in the text, of whole scalars.
  ///
  /// - Complexity: O(n log n) in the bytes of the word.
  func appendPieces(of text: Span<UInt8>, _ word: Range<Int>, to pieces: inout PieceBuffer) {
    guard let boundary else {
      return pieces.remember(text, word) { split(text, word, to: &$0) }
    }
    var start = word.lowerBound
    while start < word.upperBound {
      let end = boundary.next(in: text, start..<word.upperBound)
      pieces.remember(text, start..<end) { split(text, start..<end, to: &$0) }
      start = end
    }
  }

  private func split(_ text: Span<UInt8>, _ word: Range<Int>, to pieces: inout PieceBuffer) {
    if word.count <= words.longest {
      let identity = PieceTable.identity
      var hash = PieceHash()
      for index in word { hash.append(text[index]) }
      let id = words.find(
        text, from: word.lowerBound, length: word.count, hash: hash, folding: identity.span,
        pool: pool.span)
      if let id { return pieces.append(id, at: word) }
    }
    merge(text, word, to: &pieces)
  }

  private func merge(_ text: Span<UInt8>, _ word: Range<Int>, to pieces: inout PieceBuffer) {
    pieces.chain.begin()
    if let byteUnits {
      for index in word { appendUnit(byteUnits[Int(text[index])], length: 1, to: &pieces.chain) }
    } else {
      appendScalars(of: text, word, to: &pieces.chain)
    }
    pieces.chain.join(merges)
    var start = word.lowerBound
    for index in 0..<pieces.chain.count {
      let (id, length) = pieces.chain[index]
      pieces.append(id, at: Self.wholeScalars(text, start..<start + length))
      start += length
    }
  }

  private func appendUnit(_ id: Int32, length: Int, to chain: inout MergeChain) {
    if id >= 0 {
      chain.append(id, length: length)
    } else if let unknownID {
      chain.appendUnknown(unknownID, length: length, fuses: fusesUnknown)
    } else {
      chain.skip(length)
    }
  }

  private func appendScalars(
    of text: Span<UInt8>, _ word: Range<Int>, to chain: inout MergeChain
  ) {
    let identity = PieceTable.identity
    var index = word.lowerBound
    while index < word.upperBound {
      let length = UTF8Coding.scalar(in: text, at: index).length
      var hash = PieceHash()
      for place in index..<index + length { hash.append(text[place]) }
      let id = units.find(
        text, from: index, length: length, hash: hash, folding: identity.span, pool: pool.span)
      if id == nil, let fallback, hasAll(text, index..<index + length, in: fallback) {
        for place in index..<index + length {
          chain.append(fallback[Int(text[place])], length: 1)
        }
      } else {
        appendUnit(id ?? -1, length: length, to: &chain)
      }
      index += length
    }
  }

  private func hasAll(_ text: Span<UInt8>, _ range: Range<Int>, in ids: [Int32]) -> Bool {
    for index in range where ids[Int(text[index])] < 0 { return false }
    return true
  }

  /// The scalars that a range has a part of.
  private static func wholeScalars(_ text: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
    var (start, end) = (range.lowerBound, range.upperBound)
    while start > 0 && text[start] & 0xC0 == 0x80 { start -= 1 }
    while end < text.count && text[end] & 0xC0 == 0x80 { end += 1 }
    return start..<end
  }
}

/// Where a text may be cut because no merge reaches across: in front of SentencePiece's spaces.
///
/// Tokenizers without words, such as Llama 2's, have whole texts to join, most of whose merges end at spaces.
private struct Boundary: Sendable {
  /// U+2581 in UTF-8.
  private static let space: [UInt8] = [0xE2, 0x96, 0x81]

  /// Looks at the merges of a model; nil if some reach across, or the space is no token.
  init?(_ model: TokenizerConfiguration.BytePairs, _ tokens: TokenList) {
    guard !model.ignoresMergesOfTokens, tokens.ids.find("\u{2581}", pool: tokens.pool) != nil,
      !model.merges.contains(where: { merge in
        merge.second.utf8.starts(with: Self.space)
          && !merge.first.utf8.suffix(3).elementsEqual(Self.space)
      })
    else { return nil }
  }

  /// The first boundary behind the beginning of a part of a text, or its end.
  func next(in text: Span<UInt8>, _ range: Range<Int>) -> Int {
    var index = range.lowerBound + 1
    while index + 2 < range.upperBound {
      if text[index] == Self.space[0], text[index + 1] == Self.space[1],
        text[index + 2] == Self.space[2], !endsWithSpace(text, range.lowerBound..<index)
      {
        return index
      }
      index += 1
    }
    return range.upperBound
  }

  private func endsWithSpace(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
    guard range.count >= 3 else { return false }
    let end = range.upperBound
    return text[end - 3] == Self.space[0] && text[end - 2] == Self.space[1]
      && text[end - 1] == Self.space[2]
  }
}

/// How byte-level tokenizers spell bytes: printable ones of Latin-1 as themselves, the others as U+0100 and on.
///
/// Source: `bytes_to_unicode` of GPT-2 (`encoder.py`).
enum ByteSpelling {
  /// From scalars below U+0144 to bytes; -1 for those that spell none.
  private static let bytes: [Int16] = {
    var bytes = [Int16](repeating: -1, count: 0x144)
    var next = 0x100
    for byte in 0..<256 {
      switch byte {
      case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: bytes[byte] = Int16(byte)
      default:
        bytes[next] = Int16(byte)
        next += 1
      }
    }
    return bytes
  }()

  /// The space, as it is spelled.
  static let space: Unicode.Scalar = "\u{120}"

  /// The tokens of a vocabulary in the bytes that they spell, without those that spell none.
  static func decode(_ tokens: TokenList) -> (pool: [UInt8], tokens: [Vocabulary.Token]) {
    var pool: [UInt8] = []
    pool.reserveCapacity(tokens.pool.count)
    var decoded: [Vocabulary.Token] = []
    decoded.reserveCapacity(tokens.vocabulary.count)
    let spelled = tokens.pool.span
    for token in tokens.vocabulary {
      let start = pool.count
      var index = token.range.lowerBound
      while index < token.range.upperBound {
        let (scalar, length) = UTF8Coding.scalar(in: spelled, at: index)
        guard scalar < bytes.count, bytes[Int(scalar)] >= 0 else { break }
        pool.append(UInt8(bytes[Int(scalar)]))
        index += length
      }
      if index < token.range.upperBound {
        pool.removeSubrange(start...)
      } else {
        decoded.append(Vocabulary.Token(id: token.id, range: start..<pool.count))
      }
    }
    return (pool, decoded)
  }
}
