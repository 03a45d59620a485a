/// Takes a text apart: added tokens, BERT's normalization and words, and the WordPieces of each word, in one pass.
///
/// Does at once what the reference does in turn (`AddedVocabulary`, `BertNormalizer`, `BertPreTokenizer`, `WordPiece`).
/// Runs of ASCII take a byte-wise path without copies; a word with anything else in it takes the general path, scalar
/// by scalar through the Unicode table. The two can alternate because ASCII white space and punctuation are starters
/// that no normalization changes, joins with a neighbour or moves a mark across.
///
/// White space that an added token swallows (`lstrip`, `rstrip`) may be scanned all the same: it only separates words.
struct BertScanner: Sendable {
  /// What a run of word bytes ends at.
  private enum Stop {
    case end
    case whitespace
    case isolated
    case addedToken(AddedTokenMatcher.Match)
    /// A byte that the ASCII path does not handle, before which a word may already have begun.
    case other
  }

  private let scalarRules: BertScalarTable
  private let byteRules: BertByteRules
  private let addedTokens: AddedTokenMatcher
  private let vocabulary: WordPieceVocabulary

  init(
    _ normalizer: TokenizerConfiguration.BertNormalizer, addedTokens: AddedTokenMatcher,
    vocabulary: WordPieceVocabulary
  ) {
    scalarRules = BertScalarTable(normalizer)
    byteRules = BertByteRules(scalarRules, addedTokens: addedTokens)
    self.addedTokens = addedTokens
    self.vocabulary = vocabulary
  }

  /// Appends the tokens of a text to `scratch.pieces`, until there are more than the cursor's limit or the text ends.
  ///
  /// - Complexity: O(text), or O(part read) if the limit ends it.
  func scan(_ text: Span<UInt8>, cursor: inout ScanCursor, scratch: inout TokenizerScratch) {
    let rules = byteRules.entries.span
    while cursor.position < text.count && scratch.pieces.ids.count <= cursor.limit {
      let start = cursor.position
      var hash = PieceHash()
      let stop = skipWord(text, rules, cursor: &cursor, hash: &hash)
      if case .other = stop {
        cursor.position = start
        scanGeneral(text, cursor: &cursor, word: &scratch.word, pieces: &scratch.pieces)
        continue
      }
      if cursor.position > start {
        appendWord(text, start..<cursor.position, hash: hash, rules, pieces: &scratch.pieces)
      }
      switch stop {
      case .end, .other: break
      case .whitespace: cursor.position += 1
      case .isolated:
        let next = cursor.position + 1
        var hash = PieceHash()
        hash.append(text[cursor.position])
        appendWord(text, cursor.position..<next, hash: hash, rules, pieces: &scratch.pieces)
        cursor.position = next
      case .addedToken(let match):
        if let id = match.id { scratch.pieces.append(id, at: match.swallowed, isAdded: true) }
        cursor.skip(match)
      }
    }
  }

  /// Moves on to the end of a run of word bytes and hashes it.
  @inline(__always)
  private func skipWord(
    _ text: Span<UInt8>, _ rules: Span<UInt16>, cursor: inout ScanCursor, hash: inout PieceHash
  ) -> Stop {
    while cursor.position < text.count {
      var entry = rules[Int(text[cursor.position])]
      if BertByteRules.isSpecial(entry) {
        if entry & BertByteRules.beginsAddedToken != 0 {
          if let match = addedTokens.match(in: text, cursor: &cursor) { return .addedToken(match) }
          entry &= ~BertByteRules.beginsAddedToken
        }
        switch entry & ~0xFF {
        case 0: break
        case BertByteRules.whitespace: return .whitespace
        case BertByteRules.isolated: return .isolated
        default: return .other
        }
      }
      hash.append(UInt8(truncatingIfNeeded: entry))
      cursor.position += 1
    }
    return .end
  }

  /// Appends the tokens of an ASCII word.
  @inline(__always)
  private func appendWord(
    _ text: Span<UInt8>, _ word: Range<Int>, hash: PieceHash, _ rules: Span<UInt16>,
    pieces: inout PieceBuffer
  ) {
    if word.count > vocabulary.maximumWordLength {
      pieces.append(vocabulary.unknownID, at: word)
    } else {
      vocabulary.appendPieces(
        of: text, word, hash: hash, folding: rules, to: &pieces)
    }
  }
}

// MARK: - The general path

extension BertScanner {
  /// Appends the tokens of words that need normalization, up to ASCII white space or punctuation, an added token, the limit
  /// or the end of the text.
  ///
  /// Begins where a word may begin, with no marks of an earlier scalar to come.
  @inline(never)
  private func scanGeneral(
    _ text: Span<UInt8>, cursor: inout ScanCursor, word: inout NormalizedText,
    pieces: inout PieceBuffer
  ) {
    let rules = byteRules.entries.span
    word.begin(maximumLength: vocabulary.maximumWordLength)
    while cursor.position < text.count && pieces.ids.count <= cursor.limit {
      var entry = rules[Int(text[cursor.position])]
      if entry & BertByteRules.beginsAddedToken != 0 {
        if addedTokens.match(in: text, cursor: &cursor) != nil { break }
        entry &= ~BertByteRules.beginsAddedToken
      }
      if BertByteRules.separates(entry) { break }
      let (scalar, length) = UTF8Coding.scalar(in: text, at: cursor.position)
      word.beginScalar(at: cursor.position..<cursor.position + length)
      scalarRules.forEachRule(of: scalar) { rule, scalar in
        apply(rule, to: scalar, word: &word, pieces: &pieces)
      }
      cursor.position += length
    }
    endWord(&word, pieces: &pieces)
  }

  /// Does with a scalar what its rule says.
  @inline(never)
  private func apply(
    _ rule: BertScalarRule, to scalar: UInt32, word: inout NormalizedText, pieces: inout PieceBuffer
  ) {
    switch rule.kind {
    case .keep where rule.combiningClass == 0:
      word.append(starter: scalar)
    case .keep:
      word.append(mark: scalar, combiningClass: rule.combiningClass)
    case .isolate, .surround:
      endWord(&word, pieces: &pieces)
      word.append(starter: scalar)
      endWord(&word, pieces: &pieces)
    case .whitespace:
      endWord(&word, pieces: &pieces)
    case .dropStarter:
      word.dropStarter()
    case .drop where word.recordsOffsets && rule.combiningClass != 0:
      word.drop(markOfClass: rule.combiningClass)
    case .drop, .expand, .decomposeHangul:
      break
    }
  }

  /// Appends the tokens of the word so far and begins the next one.
  private func endWord(_ word: inout NormalizedText, pieces: inout PieceBuffer) {
    word.settleMarks()
    let count = word.scalarCount
    if count == 0 { return }
    if count > vocabulary.maximumWordLength {
      pieces.append(vocabulary.unknownID, at: word.origin)
    } else {
      let first = pieces.ids.count
      var hash = PieceHash()
      for byte in word.bytes { hash.append(byte) }
      // Folding changes nothing here: what it makes of ASCII has been made of it already.
      vocabulary.appendPieces(
        of: word.bytes.span, 0..<word.bytes.count, hash: hash, folding: byteRules.entries.span,
        to: &pieces)
      if pieces.recordsOffsets { pieces.mapOffsets(from: first) { word.origin(of: $0) } }
    }
    word.begin(maximumLength: vocabulary.maximumWordLength)
  }
}

// MARK: - Rules of bytes

/// What each byte of UTF-8 text means to the scanner, so that ASCII needs no decoding.
///
/// An entry's low 8 bits are the byte that takes its place in a word; the bits above say what it is, 0 being a plain part
/// of a word.
struct BertByteRules: Sendable {
  static let isolated: UInt16 = 1 << 8
  static let whitespace: UInt16 = 2 << 8
  /// Has to be looked up in the Unicode table: dropped characters and all that is not ASCII.
  static let other: UInt16 = 3 << 8
  /// Set beside the above where an added token may begin.
  static let beginsAddedToken: UInt16 = 1 << 15

  /// One entry a byte; `(256)`.
  let entries: [UInt16]

  /// The rules of a normalizer's ASCII scalars, and of the bytes that added tokens begin with.
  init(_ table: BertScalarTable, addedTokens: AddedTokenMatcher) {
    var entries: [UInt16] = []
    for byte in UInt16(0)..<256 {
      let rule = byte < 0x80 ? table[UInt32(byte)] : .drop
      var entry =
        switch rule.kind {
        case .keep: UInt16(rule.scalar(for: UInt32(byte)))
        case .isolate: byte | Self.isolated
        case .whitespace: byte | Self.whitespace
        default: byte | Self.other
        }
      if addedTokens.firstBytes[Int(byte)] { entry |= Self.beginsAddedToken }
      entries.append(entry)
    }
    self.entries = entries
  }

  /// Whether an entry is more than a plain part of a word.
  @inline(__always)
  static func isSpecial(_ entry: UInt16) -> Bool { entry > 0xFF }

  /// Whether an entry, without the mark of added tokens, is of a byte that no word continues across.
  @inline(__always)
  static func separates(_ entry: UInt16) -> Bool {
    entry & ~0xFF == isolated || entry & ~0xFF == whitespace
  }
}
