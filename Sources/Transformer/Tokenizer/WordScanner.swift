/// Takes a text apart: added tokens, normalization, words, and the pieces of each word, in one pass.
///
/// Does at once what the reference does in turn (`AddedVocabulary`, `BertNormalizer`, `BertPreTokenizer`, `WordPiece`).
/// Runs of ASCII take a byte-wise path without copies; a word with anything else in it takes the general path, scalar
/// by scalar through the Unicode table (`WordScanner+General.swift`). The two can alternate because ASCII white space
/// and punctuation are starters that no normalization changes, joins with a neighbour or moves a mark across.
///
/// White space that an added token swallows (`lstrip`, `rstrip`) may be scanned all the same: it only separates words.
struct WordScanner: Sendable {
  /// What a run of word bytes ends at.
  private enum Stop {
    case end
    case whitespace
    case isolated
    case addedToken(AddedTokenMatcher.Match)
    /// A byte that the ASCII path does not handle, before which a word may already have begun.
    case other
  }

  let unicode: UnicodeTable
  let addedTokens: AddedTokenMatcher
  let byteRules: ByteRules
  let vocabulary: Vocabulary

  init(
    _ definition: TokenizerDefinition, addedTokens: AddedTokenMatcher, vocabulary: Vocabulary
  ) {
    unicode = UnicodeTable(definition)
    byteRules = ByteRules(unicode, addedTokens: addedTokens)
    self.addedTokens = addedTokens
    self.vocabulary = vocabulary
  }

  /// Appends the ids of a text to `scratch.pieces.ids`, until there are more than the limit or the text ends.
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
        if let id = match.id { scratch.pieces.ids.append(id) }
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
      if ByteRules.isSpecial(entry) {
        if entry & ByteRules.beginsAddedToken != 0 {
          if let match = addedTokens.match(in: text, cursor: &cursor) { return .addedToken(match) }
          entry &= ~ByteRules.beginsAddedToken
        }
        switch entry & ~0xFF {
        case 0: break
        case ByteRules.whitespace: return .whitespace
        case ByteRules.isolated: return .isolated
        default: return .other
        }
      }
      hash.append(UInt8(truncatingIfNeeded: entry))
      cursor.position += 1
    }
    return .end
  }

  /// Appends the ids of an ASCII word.
  @inline(__always)
  private func appendWord(
    _ text: Span<UInt8>, _ word: Range<Int>, hash: PieceHash, _ rules: Span<UInt16>,
    pieces: inout PieceBuffer
  ) {
    if word.count > vocabulary.maximumWordLength {
      pieces.ids.append(vocabulary.unknownID)
    } else {
      vocabulary.appendPieces(
        of: text, word, hash: hash, folding: rules, to: &pieces)
    }
  }
}
