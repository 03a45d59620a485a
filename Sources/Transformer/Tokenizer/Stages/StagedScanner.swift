/// Takes a text apart into tokens, without the special ones around it.
protocol TextScanner: Sendable {
  /// Appends the tokens of a text to `scratch.pieces`, until there are more than the cursor's limit or the text ends.
  ///
  /// - Complexity: O(text), or O(part read) if the limit ends it.
  func scan(_ text: Span<UInt8>, cursor: inout ScanCursor, scratch: inout TokenizerScratch)
}

/// Normalizes texts.
protocol TextNormalizer: Sendable {
  /// Whether a text may be normalized in parts that begin at spaces, with the same result.
  var keepsSpaces: Bool { get }

  /// Replaces the buffer's text by a part of a text, normalized.
  func normalize(_ text: Span<UInt8>, _ range: Range<Int>, to buffer: inout NormalizedText)
}

/// Takes texts apart stage by stage, as the reference does: added tokens, normalization of the text between them, and
/// what scans the result: tokens added to normalized text, words, and pieces.
///
/// The scanner must leave the text as it is, offsets being those of the normalized text. Whatever tokenizer has no
/// quicker way takes this one; BERT's has one, `BertScanner`, unless tokens are looked for in normalized text.
struct StagedScanner<Normalizer: TextNormalizer, Scanner: TextScanner>: TextScanner {
  /// Finds the tokens that come before normalization.
  private let addedTokens: AddedTokenMatcher
  private let normalizer: Normalizer
  /// Takes normalized text apart.
  private let scanner: Scanner
  /// Whether a text may be cut at spaces, because neither normalizer nor tokens reach across.
  private let cutsAtSpaces: Bool

  /// How much text is normalized at a time, at least, so that a long text costs no more than the part that is needed.
  private static var stretch: Int { 4096 }

  /// Makes a scanner of its stages.
  ///
  /// - Parameters:
  ///   - addedTokens: All added tokens, those that are looked for in normalized text too.
  ///   - makeScanner: Makes what scans normalized text, given those tokens.
  init(
    _ addedTokens: [TokenizerConfiguration.AddedToken], normalizer: Normalizer,
    makeScanner: (AddedTokenMatcher) -> Scanner
  ) throws(TokenizerError) {
    var spellings: [[UInt8]] = []
    let normalized = addedTokens.filter { $0.isNormalized && !$0.content.utf8.isEmpty }
    for token in normalized {
      var buffer = NormalizedText()
      let content = Array(token.content.utf8)
      normalizer.normalize(content.span, 0..<content.count, to: &buffer)
      if buffer.bytes.isEmpty { throw .vanishingToken(token.content) }
      spellings.append(buffer.bytes)
    }
    self.addedTokens = AddedTokenMatcher(addedTokens.filter { !$0.isNormalized })
    self.normalizer = normalizer
    scanner = makeScanner(AddedTokenMatcher(normalized, spelledAs: spellings))
    cutsAtSpaces =
      normalizer.keepsSpaces && !normalized.contains { $0.stripsRight }
      && !spellings.contains(where: Self.hasWhitespace)
  }

  func scan(_ text: Span<UInt8>, cursor: inout ScanCursor, scratch: inout TokenizerScratch) {
    var buffer = scratch.stretch
    scratch.stretch = NormalizedText()
    while cursor.position < text.count && scratch.pieces.ids.count <= cursor.limit {
      let match = skipStretch(text, cursor: &cursor)
      let end = match?.swallowed.lowerBound ?? cursor.position
      if cursor.textStart < end {
        normalizer.normalize(text, cursor.textStart..<end, to: &buffer)
        var inner = ScanCursor(
          parsesSpecialTokens: cursor.parsesSpecialTokens, limit: cursor.limit)
        let first = scratch.pieces.ids.count
        scanner.scan(buffer.bytes.span, cursor: &inner, scratch: &scratch)
        if scratch.pieces.recordsOffsets { scratch.pieces.mapOffsets(from: first, to: buffer) }
      }
      if let match {
        if let id = match.id { scratch.pieces.append(id, at: match.swallowed) }
        cursor.skip(match)
      } else {
        cursor.textStart = max(cursor.textStart, cursor.position)
      }
    }
    scratch.stretch = buffer
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
      if cutsAtSpaces && byte == 0x20 && cursor.position - start >= Self.stretch { return nil }
      cursor.position += 1
    }
    return nil
  }

  private static func hasWhitespace(_ bytes: [UInt8]) -> Bool {
    String(decoding: bytes, as: UTF8.self).unicodeScalars.contains {
      UnicodeData.isWhitespace($0.value)
    }
  }
}
