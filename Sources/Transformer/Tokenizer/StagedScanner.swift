/// Takes texts apart stage by stage, as the reference does: added tokens, normalization of the text between them, and
/// what scans the result: tokens added to normalized text, words, and pieces.
///
/// Whatever tokenizer has no quicker way takes this one; BERT's has one, `BertScanner`, unless tokens are looked for in
/// normalized text.
struct StagedScanner: Sendable {
  /// Finds the tokens that come before normalization.
  private let addedTokens: AddedTokenMatcher
  private let normalizers: NormalizerSequence
  /// Takes normalized text apart.
  private let words: WordScanner
  /// Whether a text may be cut in front of a space behind an ASCII letter or digit, because no stage reaches across.
  private let keepsParts: Bool

  /// How much text is normalized at a time, at least, so that a long text costs no more than the part that is needed.
  private static let stretch = 4096

  /// Makes a scanner of its stages, with all added tokens, those that are looked for in normalized text too.
  init(
    _ configuration: TokenizerConfiguration, model: WordModel
  ) throws(TokenizerError) {
    normalizers = NormalizerSequence(configuration.normalizers)
    let addedTokens = configuration.addedTokens
    let normalized = addedTokens.filter { $0.isNormalized && !$0.content.utf8.isEmpty }
    var spellings: [[UInt8]] = []
    for token in normalized {
      var scratch = TokenizerScratch()
      let content = Array(token.content.utf8)
      normalizers.normalize(content.span, 0..<content.count, scratch: &scratch)
      if scratch.normalized.bytes.isEmpty { throw .vanishingToken(token.content) }
      spellings.append(scratch.normalized.bytes)
    }
    self.addedTokens = AddedTokenMatcher(addedTokens.filter { !$0.isNormalized })
    words = WordScanner(
      addedTokens: AddedTokenMatcher(normalized, spelledAs: spellings),
      preTokenizers: configuration.preTokenizers, model: model)
    keepsParts =
      normalizers.keepsParts && configuration.preTokenizers.contains { $0.splitsAtSpaces }
      && !normalized.contains { $0.stripsRight } && !spellings.contains(where: Self.reachesAcross)
  }

  /// Appends the tokens of a text to `scratch.pieces`, until there are more than the cursor's limit or the text ends.
  ///
  /// - Complexity: O(text), or O(part read) if the limit ends it.
  func scan(_ text: Span<UInt8>, cursor: inout ScanCursor, scratch: inout TokenizerScratch) {
    while cursor.position < text.count && scratch.pieces.ids.count <= cursor.limit {
      let match = skipStretch(text, cursor: &cursor)
      let end = match?.swallowed.lowerBound ?? cursor.position
      if cursor.textStart < end {
        scanStretch(text, cursor.textStart..<end, cursor, &scratch)
      }
      if let match {
        if let id = match.id { scratch.pieces.append(id, at: match.swallowed, isAdded: true) }
        cursor.skip(match)
      } else {
        cursor.textStart = max(cursor.textStart, cursor.position)
      }
    }
  }

  private func scanStretch(
    _ text: Span<UInt8>, _ range: Range<Int>, _ cursor: ScanCursor,
    _ scratch: inout TokenizerScratch
  ) {
    normalizers.normalize(text, range, scratch: &scratch)
    var buffer = AlignedText()
    swap(&buffer, &scratch.normalized)
    var inner = ScanCursor(parsesSpecialTokens: cursor.parsesSpecialTokens, limit: cursor.limit)
    let first = scratch.pieces.ids.count
    words.scan(
      buffer.bytes.span, isFirst: range.lowerBound == 0, cursor: &inner, scratch: &scratch)
    if scratch.pieces.recordsOffsets {
      scratch.pieces.mapOffsets(from: first) { buffer.origin(of: $0) }
    }
    swap(&buffer, &scratch.normalized)
  }

  /// Moves on to the next added token, or to a space or the end of the text if that comes after a stretch without.
  private func skipStretch(
    _ text: Span<UInt8>, cursor: inout ScanCursor
  ) -> AddedTokenMatcher.Match? {
    let start = cursor.position
    while cursor.position < text.count {
      let byte = text[cursor.position]
      if addedTokens.firstBytes[Int(byte)],
        let match = addedTokens.match(in: text, cursor: &cursor)
      {
        return match
      }
      if keepsParts, byte == 0x20, cursor.position - start >= Self.stretch,
        Self.isLetterOrDigit(text[cursor.position - 1])
      {
        return nil
      }
      cursor.position += 1
    }
    return nil
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"):
      true
    default: false
    }
  }

  /// Whether a token may be found across a place where a text may be cut.
  private static func reachesAcross(_ bytes: [UInt8]) -> Bool {
    zip(bytes, bytes.dropFirst()).contains { isLetterOrDigit($0) && $1 == 0x20 }
  }
}

extension TokenizerConfiguration.PreTokenizer {
  /// Whether a word ends at a space behind an ASCII letter or digit, and the words behind depend on nothing before.
  fileprivate var splitsAtSpaces: Bool {
    switch self {
    case .bert, .whitespaceSplit, .whitespace: true
    case .byteLevel(_, let pattern): pattern != nil
    case .pattern: true
    case .metaspace(_, _, let splits): splits
    case .punctuation, .digits: false
    }
  }
}
