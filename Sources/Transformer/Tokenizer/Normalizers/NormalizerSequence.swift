/// Normalizes texts step by step, as a `Sequence` of the reference's normalizers does.
struct NormalizerSequence: Sendable {
  private enum Step: Sendable {
    case bert(BertTextNormalizer)
    case unicode(UnicodeNormalizer)
    case lowercase(BertScalarTable)
    case stripAccents
    case strip(left: Bool, right: Bool)
    case prepend([UInt32])
    case replace(TokenizerConfiguration.Pattern, with: [UInt32])
    case characterMap(CharacterMap)
    case nmt

    /// Whether ASCII stays as it is.
    var keepsASCII: Bool {
      switch self {
      case .unicode, .stripAccents: true
      default: false
      }
    }
  }

  private let steps: [Step]
  /// Whether a text may be normalized in parts that begin at a space behind an ASCII letter, with the same result, in
  /// which these spaces stand.
  private(set) var keepsParts = false

  init(_ normalizers: [TokenizerConfiguration.Normalizer]) {
    steps = normalizers.map { normalizer in
      switch normalizer {
      case .bert(let switches): .bert(BertTextNormalizer(switches))
      case .unicode(let form): .unicode(UnicodeNormalizer(form))
      case .lowercase:
        .lowercase(
          BertScalarTable(
            .init(
              cleansText: false, separatesChineseCharacters: false, stripsAccents: false,
              lowercases: true)))
      case .stripAccents: .stripAccents
      case .strip(let left, let right): .strip(left: left, right: right)
      case .prepend(let text): .prepend(text.unicodeScalars.map { $0.value })
      case .replace(let pattern, let content):
        .replace(pattern, with: content.unicodeScalars.map { $0.value })
      case .characterMap(let map): .characterMap(map)
      case .nmt: .nmt
      }
    }
    keepsParts =
      keepsSpaces
      && normalizers.allSatisfy { normalizer in
        switch normalizer {
        case .prepend, .strip: false
        case .replace(.text(let text), _): text.utf8.count == 1
        default: true
        }
      }
  }

  /// Whether a space between letters stays one.
  private var keepsSpaces: Bool {
    let text: [UInt8] = Array("a b".utf8)
    var scratch = TokenizerScratch()
    normalize(text.span, 0..<text.count, scratch: &scratch)
    return scratch.normalized.bytes == text
  }

  /// Normalizes a part of a text; the result is `scratch.normalized`.
  func normalize(_ text: Span<UInt8>, _ range: Range<Int>, scratch: inout TokenizerScratch) {
    scratch.normalized.begin()
    scratch.normalized.append(text, range)
    var isASCII = scratch.normalized.bytes.allSatisfy { $0 < 0x80 }
    for step in steps where !scratch.normalized.bytes.isEmpty {
      if isASCII, step.keepsASCII { continue }
      apply(step, &scratch)
      isASCII = scratch.normalized.bytes.allSatisfy { $0 < 0x80 }
    }
  }

  private func apply(_ step: Step, _ scratch: inout TokenizerScratch) {
    if case .bert(let normalizer) = step {
      normalizer.normalize(&scratch.normalized, &scratch.word)
      return
    }
    var rewriter = TextRewriter(
      Self.take(&scratch.normalized), into: Self.take(&scratch.rewritten))
    switch step {
    case .bert: break
    case .unicode(let normalizer): normalizer.rewrite(&rewriter)
    case .lowercase(let table):
      forEachScalar(&rewriter) { scalar, rewriter in
        var change = 0
        table.forEachRule(of: scalar) { _, lower in
          rewriter.write(lower, change: change)
          change = 1
        }
      }
    case .stripAccents: filter(&rewriter) { !ScalarClass(of: $0).contains(.combiningMark) }
    case .strip(let left, let right): strip(&rewriter, left: left, right: right)
    case .prepend(let scalars): prepend(&rewriter, scalars)
    case .replace(let pattern, let content): replace(&rewriter, pattern, content)
    case .characterMap(let map): map.rewrite(&rewriter)
    case .nmt: cleanAsNMT(&rewriter)
    }
    let (source, target) = rewriter.finish()
    scratch.normalized = target
    scratch.rewritten = source
  }

  private static func take(_ text: inout AlignedText) -> AlignedText {
    var taken = AlignedText()
    taken.recordsOffsets = text.recordsOffsets
    swap(&taken, &text)
    return taken
  }

  private func forEachScalar(
    _ rewriter: inout TextRewriter, do body: (UInt32, inout TextRewriter) -> Void
  ) {
    var index = 0
    while index < rewriter.source.bytes.count {
      let (scalar, length) = UTF8Coding.scalar(in: rewriter.source.bytes.span, at: index)
      index += length
      body(scalar, &rewriter)
    }
  }

  private func filter(_ rewriter: inout TextRewriter, _ isKept: (UInt32) -> Bool) {
    forEachScalar(&rewriter) { scalar, rewriter in
      if isKept(scalar) { rewriter.write(scalar, change: 0) } else { rewriter.skip(1) }
    }
  }

  private func strip(_ rewriter: inout TextRewriter, left: Bool, right: Bool) {
    let count = rewriter.source.bytes.count
    let start =
      left ? UnicodeData.endOfWhitespace(in: rewriter.source.bytes.span, from: 0) : 0
    let end =
      right
      ? UnicodeData.startOfWhitespace(in: rewriter.source.bytes.span, before: count, from: start)
      : count
    rewriter.copy(start..<end)
  }

  /// Puts scalars in front, which stand for what the first one of the text stands for.
  private func prepend(_ rewriter: inout TextRewriter, _ scalars: [UInt32]) {
    let first = UTF8Coding.scalar(in: rewriter.source.bytes.span, at: 0)
    for (place, scalar) in (scalars + [first.value]).enumerated() {
      rewriter.write(scalar, change: place == 0 ? 0 : 1)
    }
    rewriter.copy(first.length..<rewriter.source.bytes.count)
  }

  private func replace(
    _ rewriter: inout TextRewriter, _ pattern: TokenizerConfiguration.Pattern, _ content: [UInt32]
  ) {
    var kept = 0
    while let match = pattern.nextMatch(in: rewriter.source.bytes.span, from: kept) {
      if kept < match.lowerBound { rewriter.copy(kept..<match.lowerBound) }
      // The match is taken out, then the content inserted behind it.
      rewriter.skip(UTF8Coding.scalarCount(in: rewriter.source.bytes.span, match))
      for scalar in content { rewriter.write(scalar, change: 1) }
      kept = match.upperBound
    }
    let end = rewriter.source.bytes.count
    if kept < end { rewriter.copy(kept..<end) }
  }

  /// Drops control characters and makes spaces of white space (`normalizers/unicode.rs` of the reference, `do_nmt`).
  private func cleanAsNMT(_ rewriter: inout TextRewriter) {
    forEachScalar(&rewriter) { scalar, rewriter in
      switch scalar {
      case 0x1...0x8, 0xB, 0xE...0x1F, 0x7F, 0x8F, 0x9F: rewriter.skip(1)
      case 0x9, 0xA, 0xC, 0xD, 0x1680, 0x200B...0x200F, 0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD:
        rewriter.write(0x20, change: 0)
      default: rewriter.write(scalar, change: 0)
      }
    }
  }
}

extension TokenizerConfiguration.Pattern {
  /// The first match that begins at a place or behind it, or nil.
  func nextMatch(in text: Span<UInt8>, from start: Int) -> Range<Int>? {
    let firstByte: UInt8? =
      switch self {
      case .text(let pattern): pattern.utf8.first
      case .spaces: 0x20
      case .whitespace: nil
      }
    var index = start
    while index < text.count {
      if firstByte == nil || text[index] == firstByte,
        let end = endOfMatch(in: text, at: index)
      {
        return index..<end
      }
      // Where the first byte of a scalar is looked for, the others do not matter.
      index += firstByte == nil ? UTF8Coding.scalar(in: text, at: index).length : 1
    }
    return nil
  }

  /// Where a match that begins at an index ends, or nil.
  func endOfMatch(in text: Span<UInt8>, at start: Int) -> Int? {
    switch self {
    case .text(let pattern):
      var index = start
      for byte in pattern.utf8 {
        guard index < text.count, text[index] == byte else { return nil }
        index += 1
      }
      return index > start ? index : nil
    case .spaces(let minimum):
      var index = start
      while index < text.count, text[index] == 0x20 { index += 1 }
      return index - start >= minimum ? index : nil
    case .whitespace:
      let end = UnicodeData.endOfWhitespace(in: text, from: start)
      return end > start ? end : nil
    }
  }
}
