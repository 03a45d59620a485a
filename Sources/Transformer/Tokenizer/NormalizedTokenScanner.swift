/// Scans texts for a tokenizer with added tokens that are looked for in normalized text.
///
/// Few models have such tokens. For them the text is normalized stretch by stretch, as the reference does it, and what
/// comes out is scanned like a text that needs no normalization.
struct NormalizedTokenScanner: Sendable {
  /// How much text is normalized at a time, at least, so that a long text costs no more than the part that is needed.
  private static let stretch = 4096

  /// Finds the other added tokens, which come first.
  private let addedTokens: AddedTokenMatcher
  private let normalizer: TextNormalizer
  /// Takes normalized text apart.
  private let scanner: WordScanner
  /// Whether normalized text may be cut at white space, because no token contains any.
  private let cutsAtWhitespace: Bool

  init(_ definition: TokenizerDefinition, vocabulary: Vocabulary) {
    addedTokens = AddedTokenMatcher(definition.addedTokens.filter { !$0.isNormalized })
    let normalizer = TextNormalizer(definition)
    let normalizedTokens = definition.addedTokens.filter { $0.isNormalized }
    func normalize(_ token: TokenizerDefinition.AddedToken) -> [UInt8] {
      var buffer = NormalizedBuffer()
      let content = Array(token.content.utf8)
      normalizer.normalize(content.span, 0..<content.count, to: &buffer)
      return buffer.bytes
    }
    self.normalizer = normalizer
    cutsAtWhitespace = !normalizedTokens.contains { Self.hasWhitespace(normalize($0)) }
    var plain = TokenizerDefinition(vocabulary: [])
    plain.cleansText = false
    plain.separatesChineseCharacters = false
    plain.stripsAccents = false
    plain.lowercases = false
    scanner = WordScanner(
      plain, addedTokens: AddedTokenMatcher(normalizedTokens, spelledAs: normalize),
      vocabulary: vocabulary)
  }

  /// Appends the ids of a text to `scratch.pieces`, until there are more than the limit or the text ends.
  func scan(_ text: Span<UInt8>, cursor: inout ScanCursor, scratch: inout TokenizerScratch) {
    var buffer = NormalizedBuffer()
    while cursor.position < text.count && scratch.pieces.ids.count <= cursor.limit {
      let match = skipStretch(text, cursor: &cursor)
      let end = match?.swallowed.lowerBound ?? cursor.position
      if cursor.textStart < end {
        normalizer.normalize(text, cursor.textStart..<end, to: &buffer)
        var inner = ScanCursor(
          parsesSpecialTokens: cursor.parsesSpecialTokens, limit: cursor.limit)
        scanner.scan(buffer.bytes.span, cursor: &inner, scratch: &scratch)
      }
      if let match {
        if let id = match.id { scratch.pieces.ids.append(id) }
        cursor.skip(match)
      } else {
        cursor.textStart = max(cursor.textStart, cursor.position)
      }
    }
  }

  /// Moves on to the next added token, or to white space or the end of the text if that comes after a stretch without.
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
      if cutsAtWhitespace && byte == 0x20 && cursor.position - start >= Self.stretch { return nil }
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
