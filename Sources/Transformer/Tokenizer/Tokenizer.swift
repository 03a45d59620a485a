/// Turns texts into token ids, the same as the Rust library `tokenizers`.
///
/// A text passes the stages of its `TokenizerConfiguration`. Making a tokenizer of 30,000 pieces of words costs a
/// millisecond; afterwards it is immutable, and any number of tasks may use it at once, each with a scratch of its own.
///
/// A tokenizer whose stages are all BERT's has a quicker way through them; every other takes them in turn:
/// 1. `NormalizerSequence` normalizes a stretch of text.
/// 2. `WordScanner` splits it into words, one `WordRule` after the other.
/// 3. A `WordModel` makes pieces of each word and appends them to the `PieceBuffer`, with ids of the `TokenList`.
/// A stage that is missing is a case in `TokenizerConfiguration` and in the type that does it.
package struct Tokenizer: Sendable {
  /// What takes a text apart, by the kinds of its stages.
  private enum Scanner: Sendable {
    /// BERT's stages in one pass.
    case bert(BertScanner)
    /// Any stages in turn.
    case staged(StagedScanner)
  }

  private let tokens: TokenList
  private let scanner: Scanner
  private let template: TokenizerConfiguration.Template
  /// Marks the words that a scratch remembers as this tokenizer's.
  private let memoOwner = WordMemo.Owner()

  /// Makes a tokenizer of its stages.
  ///
  /// - Throws: `TokenizerError` if the configuration contradicts itself.
  package init(_ configuration: TokenizerConfiguration) throws(TokenizerError) {
    let addedTokens = configuration.addedTokens
    tokens = try TokenList(vocabulary: configuration.model.vocabulary, added: addedTokens)
    let model = try WordModel(configuration, tokens)
    if case .wordPiece(let vocabulary) = model, configuration.normalizers.count == 1,
      case .bert(let normalizer) = configuration.normalizers[0],
      configuration.preTokenizers == [.bert], !addedTokens.contains(where: { $0.isNormalized })
    {
      scanner = .bert(
        BertScanner(
          normalizer, addedTokens: AddedTokenMatcher(addedTokens), vocabulary: vocabulary))
    } else {
      scanner = .staged(try StagedScanner(configuration, model: model))
    }
    template = configuration.template
    let pair = template.pair.map { $0.prefix + $0.middle + $0.suffix } ?? []
    for id in template.prefix + template.suffix + pair where tokens.token(for: id) == nil {
      throw .undefinedSpecialToken(id)
    }
  }

  /// The number of tokens, added ones included.
  package var vocabularySize: Int { tokens.count }

  /// The largest id that a text can get; ids may have gaps, so that it says more than their number.
  package var largestID: Int32 { tokens.largestID }

  /// The spelling of a token, or nil if no token has that id.
  ///
  /// - Complexity: O(log n) in the number of tokens.
  package func token(for id: Int32) -> String? { tokens.token(for: id) }
}

extension TokenizerConfiguration.Model {
  /// The tokens with their ids.
  package var vocabulary: Vocabulary {
    switch self {
    case .wordPiece(let model): model.vocabulary
    case .bytePairs(let model): model.vocabulary
    case .unigram(let model): model.vocabulary
    }
  }
}

extension WordModel {
  fileprivate init(
    _ configuration: TokenizerConfiguration, _ tokens: TokenList
  ) throws(TokenizerError) {
    switch configuration.model {
    case .wordPiece(let model):
      self = .wordPiece(try WordPieceVocabulary(model, tokens))
    case .bytePairs(let model):
      let isByteLevel = configuration.preTokenizers.contains {
        if case .byteLevel = $0 { true } else { false }
      }
      self = .bytePairs(try BytePairModel(model, tokens, isByteLevel: isByteLevel))
    case .unigram(let model):
      self = .unigram(UnigramModel(model, tokens))
    }
  }
}

// MARK: - Texts

/// The token ids of one text.
package struct TokenSequence: Sendable, Hashable {
  /// Ids with the special tokens around them.
  package var ids: [Int32]
  /// Whether tokens at the end were left out to keep the limit.
  package var isTruncated: Bool

  package init(ids: [Int32], isTruncated: Bool = false) {
    self.ids = ids
    self.isTruncated = isTruncated
  }
}

extension Tokenizer {
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
    let limit = textLimit(maximumLength)
    scratch.begin(recordsOffsets: false)
    scan(text, parsesSpecialTokens: parsesSpecialTokens, limit: limit, scratch: &scratch)
    return sequence(of: scratch.pieces, limit: limit)
  }

  /// The ids of a text as `encode` gives them, and which bytes of the text's UTF-8 each token comes from.
  ///
  /// Offsets are those of the reference. A token begins where the first scalar that is left of it by the normalizer stands
  /// in the text and ends behind the last one, so that marks and control characters that are dropped belong to a token
  /// only between two of its scalars. Tokens that share a scalar, such as the letters of a Hangul syllable, have the same
  /// bytes. Of marks that the normalizer puts in order, the first one gets the bytes of the one that stood first, and so
  /// on. White space that an added token swallows belongs to it unless the template trims offsets. Here the reference
  /// is not followed in all: it trims by the white space of the token's normalized spelling, which has more than the text
  /// when there are ideographs.
  ///
  /// - Returns: The ids, and as many ranges, nil for special tokens around the text; ranges never go backwards.
  package func encodeWithOffsets(
    _ text: String, maximumLength: Int, parsesSpecialTokens: Bool,
    scratch: inout TokenizerScratch
  ) -> (sequence: TokenSequence, offsets: [Range<Int>?]) {
    let limit = textLimit(maximumLength)
    scratch.begin(recordsOffsets: true)
    scan(text, parsesSpecialTokens: parsesSpecialTokens, limit: limit, scratch: &scratch)
    var offsets: [Range<Int>?] = scratch.pieces.offsets.prefix(limit).map { $0 }
    if template.trimming != .none { trim(&offsets, of: scratch.pieces, in: text) }
    offsets.insert(contentsOf: repeatElement(nil, count: template.prefix.count), at: 0)
    offsets.append(contentsOf: repeatElement(nil, count: template.suffix.count))
    return (sequence(of: scratch.pieces, limit: limit), offsets)
  }

  /// The ids of two texts, one behind the other with the special tokens around them, and the type of each token.
  ///
  /// The longer text is cut first, then both alike (`TruncationStrategy::LongestFirst` of the reference,
  /// `utils/truncation.rs`).
  ///
  /// - Returns: nil when the tokenizer's template has no form for two texts.
  /// - Complexity: O(texts), also of what is cut off, as their lengths say which is cut.
  package func encodePair(
    _ first: String, _ second: String, maximumLength: Int, parsesSpecialTokens: Bool,
    scratch: inout TokenizerScratch
  ) -> (sequence: TokenSequence, typeIDs: [Int32])? {
    guard let pair = template.pair else { return nil }
    let limit = max(0, max(0, maximumLength) - pair.count)
    let (firstIDs, secondIDs) = (
      ownIDs(first, parsesSpecialTokens, &scratch), ownIDs(second, parsesSpecialTokens, &scratch)
    )
    let (firstCount, secondCount) = Self.share(limit, firstIDs.count, secondIDs.count)
    let head = pair.prefix + firstIDs.prefix(firstCount) + pair.middle
    let tail = secondIDs.prefix(secondCount) + pair.suffix
    let isTruncated = firstCount < firstIDs.count || secondCount < secondIDs.count
    return (
      TokenSequence(ids: head + tail, isTruncated: isTruncated),
      [Int32](repeating: 0, count: head.count)
        + [Int32](repeating: pair.secondType, count: tail.count)
    )
  }

  /// The ids of a text without special tokens around them.
  private func ownIDs(
    _ text: String, _ parsesSpecialTokens: Bool, _ scratch: inout TokenizerScratch
  ) -> [Int32] {
    scratch.begin(recordsOffsets: false)
    scan(text, parsesSpecialTokens: parsesSpecialTokens, limit: .max, scratch: &scratch)
    return scratch.pieces.ids
  }

  /// How many tokens of two texts are kept so that they have at most `limit` together.
  private static func share(_ limit: Int, _ first: Int, _ second: Int) -> (Int, Int) {
    guard first + second > limit else { return (first, second) }
    let shorter = min(first, second)
    if shorter <= limit / 2 {
      return first <= second ? (first, limit - first) : (limit - second, second)
    }
    // The one that was longer gets the odd token.
    let half = limit / 2
    return first <= second ? (half, limit - half) : (limit - half, half)
  }

  /// The number of ids that `encode` gives a text without a limit.
  ///
  /// - Complexity: O(text).
  package func count(
    _ text: String, parsesSpecialTokens: Bool, scratch: inout TokenizerScratch
  ) -> Int {
    scratch.begin(recordsOffsets: false)
    scan(text, parsesSpecialTokens: parsesSpecialTokens, limit: .max, scratch: &scratch)
    return template.count + scratch.pieces.ids.count
  }

  /// The most ids of a text's own.
  private func textLimit(_ maximumLength: Int) -> Int {
    max(0, max(0, maximumLength) - template.count)
  }

  private func scan(
    _ text: String, parsesSpecialTokens: Bool, limit: Int, scratch: inout TokenizerScratch
  ) {
    scratch.pieces.memo.begin(memoOwner)
    var cursor = ScanCursor(parsesSpecialTokens: parsesSpecialTokens, limit: limit)
    Self.withBytes(of: text) { bytes in
      switch scanner {
      case .bert(let scanner): scanner.scan(bytes, cursor: &cursor, scratch: &scratch)
      case .staged(let scanner): scanner.scan(bytes, cursor: &cursor, scratch: &scratch)
      }
    }
  }

  @inline(__always)
  private func sequence(of pieces: PieceBuffer, limit: Int) -> TokenSequence {
    var ids: [Int32] = []
    let count = min(pieces.ids.count, limit)
    ids.reserveCapacity(template.count + count)
    ids.append(contentsOf: template.prefix)
    ids.append(contentsOf: pieces.ids[..<count])
    ids.append(contentsOf: template.suffix)
    return TokenSequence(ids: ids, isTruncated: pieces.ids.count > limit)
  }

  /// Leaves out the white space at both ends of tokens that the template says.
  ///
  /// Source: `process_offsets` of the reference (`pre_tokenizers/byte_level.rs`).
  private func trim(_ offsets: inout [Range<Int>?], of pieces: PieceBuffer, in text: String) {
    Self.withBytes(of: text) { bytes in
      for (index, range) in offsets.enumerated() {
        guard let range else { continue }
        var (leading, trailing) = whitespace(
          of: pieces.ids[index], at: range, isAdded: pieces.isAdded[index], in: bytes)
        // A single space may be one that the pre-tokenizer has put there.
        let isFirst = index == 0 || range.lowerBound == 0
        if case .byteLevel(addsPrefixSpace: true) = template.trimming, isFirst, leading == 1 {
          leading = 0
        }
        var (start, end) = (range.lowerBound, range.upperBound)
        for _ in 0..<leading where start < end {
          start += UTF8Coding.scalar(in: bytes, at: start).length
        }
        for _ in 0..<trailing where start < end {
          end -= UTF8Coding.scalar(in: bytes, before: end).length
        }
        offsets[index] = start..<end
      }
    }
  }

  /// The scalars of white space at both ends of a token: those that its spelling has or, if it is an added one, those of
  /// its place in the text.
  private func whitespace(
    of id: Int32, at range: Range<Int>, isAdded: Bool, in text: Span<UInt8>
  ) -> (leading: Int, trailing: Int) {
    if case .byteLevel = template.trimming, !isAdded {
      let scalars = (tokens.token(for: id) ?? "").unicodeScalars
      return (
        scalars.prefix { $0 == ByteSpelling.space }.count,
        scalars.reversed().prefix { $0 == ByteSpelling.space }.count
      )
    }
    let start = UnicodeData.endOfWhitespace(
      in: text, from: range.lowerBound, upTo: range.upperBound)
    let end = UnicodeData.startOfWhitespace(
      in: text, before: range.upperBound, from: range.lowerBound)
    return (
      UTF8Coding.scalarCount(in: text, range.lowerBound..<start),
      UTF8Coding.scalarCount(in: text, end..<range.upperBound)
    )
  }

  /// Calls a function with the UTF-8 bytes of a text.
  @inline(__always)
  private static func withBytes(of text: String, do body: (Span<UInt8>) -> Void) {
    if #available(macOS 26, *) {
      body(text.utf8.span)
    } else {
      body(Array(text.utf8).span)
    }
  }
}
