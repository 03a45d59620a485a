/// A BERT WordPiece tokenizer: turns text into the ids that the Rust library `tokenizers` turns it into.
///
/// Making one costs a few milliseconds for 30,000 tokens; afterwards it is immutable, and any number of tasks may use it
/// at once, each with a scratch of its own.
package struct Tokenizer: Sendable {
  private let vocabulary: Vocabulary
  private let scanner: WordScanner
  /// Does the scanner's work if there are added tokens that are looked for in normalized text.
  private let normalizedTokenScanner: NormalizedTokenScanner?
  /// Added tokens that the vocabulary lacks, by ascending id.
  private let extraTokens: [TokenizerDefinition.AddedToken]
  /// Ids in front of every sequence.
  private let prefix: [Int32]
  /// Ids behind every sequence.
  private let suffix: [Int32]

  /// Makes a tokenizer of what its files say.
  ///
  /// - Throws: `TokenizerError` if the definition contradicts itself.
  package init(_ definition: TokenizerDefinition) throws(TokenizerError) {
    vocabulary = try Vocabulary(definition)
    extraTokens = try Self.extraTokens(definition.addedTokens, vocabulary)
    scanner = WordScanner(
      definition, addedTokens: AddedTokenMatcher(definition.addedTokens), vocabulary: vocabulary)
    normalizedTokenScanner =
      definition.addedTokens.contains { $0.isNormalized }
      ? NormalizedTokenScanner(definition, vocabulary: vocabulary) : nil
    prefix = definition.prefix
    suffix = definition.suffix
    for id in prefix + suffix where token(for: id) == nil {
      throw .undefinedSpecialToken(id)
    }
  }

  /// The number of tokens, added ones included.
  package var vocabularySize: Int { vocabulary.count + extraTokens.count }

  /// The largest id that a text can get; ids may have gaps, so that it says more than their number.
  package var largestID: Int32 { max(vocabulary.largestID, extraTokens.last?.id ?? 0) }

  /// The spelling of a token, or nil if no token has that id.
  package func token(for id: Int32) -> String? {
    vocabulary.token(for: id) ?? extraTokens.first { $0.id == id }?.content
  }

  /// The ids of a text, with the special tokens around them.
  ///
  /// - Parameters:
  ///   - text: Any text.
  ///   - maximumLength: The most ids to return, special tokens included; the text's own are cut to what those leave.
  ///     Special tokens are never cut, not even by a smaller maximum.
  ///   - parsesSpecialTokens: Whether `[SEP]` and the like in the text are those tokens, as in the reference, or text.
  ///   - scratch: Buffers to reuse.
  /// - Complexity: O(text), or O(the part that gives `maximumLength` ids) if the text is longer.
  package func encode(
    _ text: String, maximumLength: Int, parsesSpecialTokens: Bool,
    scratch: inout TokenizerScratch
  ) -> TokenSequence {
    let limit = max(0, max(0, maximumLength) - prefix.count - suffix.count)
    var cursor = ScanCursor(parsesSpecialTokens: parsesSpecialTokens, limit: limit)
    scratch.pieces.ids.removeAll(keepingCapacity: true)
    if #available(macOS 26, *) {
      scan(text.utf8.span, cursor: &cursor, scratch: &scratch)
    } else {
      scan(Array(text.utf8).span, cursor: &cursor, scratch: &scratch)
    }
    var ids: [Int32] = []
    let count = min(scratch.pieces.ids.count, limit)
    ids.reserveCapacity(prefix.count + count + suffix.count)
    ids.append(contentsOf: prefix)
    ids.append(contentsOf: scratch.pieces.ids[..<count])
    ids.append(contentsOf: suffix)
    return TokenSequence(ids: ids, isTruncated: scratch.pieces.ids.count > limit)
  }

  private func scan(
    _ text: Span<UInt8>, cursor: inout ScanCursor, scratch: inout TokenizerScratch
  ) {
    if let normalizedTokenScanner {
      normalizedTokenScanner.scan(text, cursor: &cursor, scratch: &scratch)
    } else {
      scanner.scan(text, cursor: &cursor, scratch: &scratch)
    }
  }

  /// The added tokens that are not in the vocabulary, by ascending id.
  private static func extraTokens(
    _ addedTokens: [TokenizerDefinition.AddedToken], _ vocabulary: Vocabulary
  ) throws(TokenizerError) -> [TokenizerDefinition.AddedToken] {
    var extra: [TokenizerDefinition.AddedToken] = []
    for token in addedTokens where !token.content.utf8.isEmpty {
      if token.id < 0 { throw .negativeID(token.id, token: token.content) }
      if let id = vocabulary.id(of: token.content) {
        if id != token.id {
          throw .conflictingIDs(token: token.content, added: token.id, vocabulary: id)
        }
        continue
      }
      if let other = vocabulary.token(for: token.id) {
        throw .duplicateID(token.id, tokens: [other, token.content])
      }
      extra.append(token)
    }
    var unique: [TokenizerDefinition.AddedToken] = []
    for token in extra.sorted(by: { $0.id < $1.id }) {
      if let last = unique.last, last.id == token.id {
        if last.content.utf8.elementsEqual(token.content.utf8) { continue }
        throw .duplicateID(token.id, tokens: [last.content, token.content])
      }
      unique.append(token)
    }
    return unique
  }
}
