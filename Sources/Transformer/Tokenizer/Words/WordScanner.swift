/// What makes tokens of a word.
enum WordModel: Sendable {
  case wordPiece(WordPieceVocabulary)
  case bytePairs(BytePairModel)
  case unigram(UnigramModel)

  /// Appends the tokens of a word, not empty; offsets are places in the text.
  func appendPieces(of text: Span<UInt8>, _ word: Range<Int>, to pieces: inout PieceBuffer) {
    switch self {
    case .wordPiece(let vocabulary): vocabulary.appendPieces(of: text, word, to: &pieces)
    case .bytePairs(let model): model.appendPieces(of: text, word, to: &pieces)
    case .unigram(let model): model.appendPieces(of: text, word, to: &pieces)
    }
  }
}

/// Takes normalized text apart: tokens that are looked for in it, words by one pre-tokenizer after the other, and pieces.
struct WordScanner: Sendable {
  private let addedTokens: AddedTokenMatcher
  private let preTokenizers: [TokenizerConfiguration.PreTokenizer]
  private let model: WordModel

  init(
    addedTokens: AddedTokenMatcher, preTokenizers: [TokenizerConfiguration.PreTokenizer],
    model: WordModel
  ) {
    self.addedTokens = addedTokens
    self.preTokenizers = preTokenizers
    self.model = model
  }

  /// Appends the tokens of a text to `scratch.pieces`, until there are more than the cursor's limit or the text ends.
  ///
  /// - Parameter isFirst: Whether the text is the beginning of the whole.
  /// - Complexity: O(text), or O(part read) if the limit ends it.
  func scan(
    _ text: Span<UInt8>, isFirst: Bool, cursor: inout ScanCursor, scratch: inout TokenizerScratch
  ) {
    while cursor.position < text.count && scratch.pieces.ids.count <= cursor.limit {
      let match = addedTokens.next(in: text, cursor: &cursor)
      let end = match?.swallowed.lowerBound ?? text.count
      if cursor.textStart < end {
        let part = Part(
          range: cursor.textStart..<end, step: 0, isFirst: isFirst && cursor.textStart == 0,
          limit: cursor.limit)
        split(text, part, &scratch)
      }
      guard let match else { return }
      if let id = match.id { scratch.pieces.append(id, at: match.swallowed, isAdded: true) }
      cursor.skip(match)
    }
  }

  /// A part of a text on its way through the pre-tokenizers.
  struct Part {
    var range: Range<Int>
    /// The pre-tokenizer that comes next.
    var step: Int
    /// Whether it is the beginning of the whole.
    var isFirst: Bool
    /// The most tokens that are of interest.
    let limit: Int

    /// A smaller part for the next pre-tokenizer.
    func next(_ range: Range<Int>) -> Part {
      Part(
        range: range, step: step + 1, isFirst: isFirst && range.lowerBound == self.range.lowerBound,
        limit: limit)
    }
  }

  /// Splits a part, not empty, by the pre-tokenizer that comes next, and hands the words on.
  private func split(_ text: Span<UInt8>, _ part: Part, _ scratch: inout TokenizerScratch) {
    guard part.step < preTokenizers.count else {
      model.appendPieces(of: text, part.range, to: &scratch.pieces)
      return
    }
    switch preTokenizers[part.step] {
    case .byteLevel(let addsPrefixSpace, let pattern):
      if addsPrefixSpace, text[part.range.lowerBound] != 0x20 {
        rewrite(text, part, by: Self.prefixSpace, splitting: .byteLevel(pattern), &scratch)
      } else {
        forEachWord(text, part, .byteLevel(pattern), &scratch)
      }
    case .metaspace(let replacement, let prepends, let splits):
      let spacing = Spacing(
        replacement: replacement.value,
        prepends: prepends == .always || prepends == .first && part.isFirst)
      rewrite(
        text, part, by: spacing, splitting: splits ? .beginning(replacement.value) : .none, &scratch
      )
    case .bert: forEachWord(text, part, .bert, &scratch)
    case .whitespaceSplit: forEachWord(text, part, .whitespace, &scratch)
    case .whitespace: forEachWord(text, part, .wordScalars, &scratch)
    case .punctuation: forEachWord(text, part, .punctuation, &scratch)
    case .digits(let individually):
      forEachWord(text, part, .digits(individually: individually), &scratch)
    case .pattern(let pattern): forEachWord(text, part, .byteLevel(pattern), &scratch)
    }
  }

  /// Hands on the words of a part.
  @inline(__always)
  private func forEachWord(
    _ text: Span<UInt8>, _ part: Part, _ rule: WordRule, _ scratch: inout TokenizerScratch
  ) {
    var index = part.range.lowerBound
    while index < part.range.upperBound, scratch.pieces.ids.count <= part.limit {
      let word = rule.nextWord(in: text, index..<part.range.upperBound)
      if !word.isEmpty { split(text, part.next(word), &scratch) }
      index = word.upperBound
    }
  }
}

// MARK: - Spaces

extension WordScanner {
  /// What a pre-tokenizer makes of spaces.
  private struct Spacing {
    /// What stands for a space.
    var replacement: UInt32
    /// Whether it is put in front of what does not begin with it.
    var prepends: Bool
  }

  /// A space in front.
  private static let prefixSpace = Spacing(replacement: 0x20, prepends: true)

  /// Splits a part with its spaces written over.
  private func rewrite(
    _ text: Span<UInt8>, _ part: Part, by spacing: Spacing, splitting rule: WordRule,
    _ scratch: inout TokenizerScratch
  ) {
    var buffer = AlignedText()
    swap(&buffer, &scratch.spaced)
    write(text, part.range, spacing, to: &buffer)
    let first = scratch.pieces.ids.count
    var inner = part
    inner.range = 0..<buffer.bytes.count
    forEachWord(buffer.bytes.span, inner, rule, &scratch)
    if scratch.pieces.recordsOffsets {
      scratch.pieces.mapOffsets(from: first) { buffer.origin(of: $0) }
    }
    swap(&buffer, &scratch.spaced)
  }

  private func write(
    _ text: Span<UInt8>, _ range: Range<Int>, _ spacing: Spacing, to buffer: inout AlignedText
  ) {
    buffer.begin()
    let (first, length) = UTF8Coding.scalar(in: text, at: range.lowerBound)
    if spacing.prepends, first != spacing.replacement, first != 0x20 {
      buffer.append(spacing.replacement, from: range.lowerBound..<range.lowerBound + length)
    }
    if spacing.replacement == 0x20 { return buffer.append(text, range) }
    var start = range.lowerBound
    var index = start
    while index < range.upperBound {
      if text[index] == 0x20 {
        if start < index { buffer.append(text, start..<index) }
        buffer.append(spacing.replacement, from: index..<index + 1)
        start = index + 1
      }
      index += 1
    }
    if start < index { buffer.append(text, start..<index) }
  }
}
