/// Where words end.
enum WordRule: Sendable {
  /// Nowhere before the end of the text.
  case none
  /// At white space, which is left out.
  case whitespace
  /// At white space, which is left out, and around punctuation.
  case bert
  /// Where word scalars and others meet; white space is left out.
  case wordScalars
  /// Around punctuation.
  case punctuation
  /// Around numbers, or around each digit.
  case digits(individually: Bool)
  /// In front of a scalar.
  case beginning(UInt32)
  /// Behind each match of a pattern; nil for nowhere.
  case byteLevel(TokenizerConfiguration.WordPattern?)

  /// The first word of a part of a text, which is not empty; empty at the end of the part if only white space is left.
  func nextWord(in text: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
    let start = range.lowerBound
    switch self {
    case .none, .byteLevel(nil):
      return range
    case .whitespace:
      let first = skip(text, range) { $0.contains(.whitespace) }
      return first..<skip(text, first..<range.upperBound) { !$0.contains(.whitespace) }
    case .bert:
      let first = skip(text, range) { $0.contains(.whitespace) }
      let rest = first..<range.upperBound
      return first..<endOfWord(text, rest, isolating: .punctuation) { $0.contains(.whitespace) }
    case .wordScalars:
      let first = skip(text, range) { $0.contains(.whitespace) }
      guard first < range.upperBound else { return first..<first }
      let isWord = classes(text, first).contains(.wordScalar)
      return
        first..<skip(text, first..<range.upperBound) {
          !$0.contains(.whitespace) && $0.contains(.wordScalar) == isWord
        }
    case .punctuation:
      return start..<endOfWord(text, range, isolating: .punctuation) { _ in false }
    case .digits(individually: true):
      return start..<endOfWord(text, range, isolating: .numeric) { _ in false }
    case .digits(individually: false):
      let isNumber = classes(text, start).contains(.numeric)
      return start..<skip(text, range) { $0.contains(.numeric) == isNumber }
    case .beginning(let scalar):
      var index = start
      repeat {
        index += UTF8Coding.scalar(in: text, at: index).length
      } while index < range.upperBound && UTF8Coding.scalar(in: text, at: index).value != scalar
      return start..<index
    case .byteLevel(.gpt2?):
      return start..<GPT2Pattern.endOfMatch(in: text, range)
    case .byteLevel(.llama3?):
      return start..<Llama3Pattern(longestNumber: 3).endOfMatch(in: text, range)
    case .byteLevel(.qwen2?):
      return start..<Llama3Pattern(longestNumber: 1).endOfMatch(in: text, range)
    }
  }

  private func classes(_ text: Span<UInt8>, _ index: Int) -> ScalarClass {
    ScalarClass(of: UTF8Coding.scalar(in: text, at: index).value)
  }

  /// Where scalars of a kind that begin a part end.
  @inline(__always)
  private func skip(
    _ text: Span<UInt8>, _ range: Range<Int>, while isSkipped: (ScalarClass) -> Bool
  ) -> Int {
    var index = range.lowerBound
    while index < range.upperBound {
      let (scalar, length) = UTF8Coding.scalar(in: text, at: index)
      guard isSkipped(ScalarClass(of: scalar)) else { break }
      index += length
    }
    return index
  }

  /// Where a word ends of which scalars of a kind are words of their own.
  @inline(__always)
  private func endOfWord(
    _ text: Span<UInt8>, _ range: Range<Int>, isolating kind: ScalarClass,
    endingAt isEnd: (ScalarClass) -> Bool
  ) -> Int {
    guard !range.isEmpty else { return range.lowerBound }
    let (first, length) = UTF8Coding.scalar(in: text, at: range.lowerBound)
    if !ScalarClass(of: first).isDisjoint(with: kind) { return range.lowerBound + length }
    return skip(text, range) { $0.isDisjoint(with: kind) && !isEnd($0) }
  }
}

/// The pattern of GPT-2, without a machine for regular expressions.
enum GPT2Pattern {
  /// Where the match ends that begins a part, not empty, of a text; every text is matches without gaps.
  static func endOfMatch(in text: Span<UInt8>, _ range: Range<Int>) -> Int {
    let start = range.lowerBound
    if text[start] == 0x27, let end = PatternPart.endOfContraction(text, range, ignoresCase: false)
    {
      return end
    }
    let body = text[start] == 0x20 ? start + 1 : start
    if body < range.upperBound {
      let kind = PatternPart.kind(text, body)
      if !kind.contains(.whitespace) {
        return PatternPart.end(text, body..<range.upperBound) { $0 == kind }
      }
    }
    return PatternPart.endOfWhitespace(text, range)
  }
}

/// The pattern of Llama 3 and those that differ in the length of numbers.
struct Llama3Pattern {
  let longestNumber: Int

  /// Where the match ends that begins a part, not empty, of a text; every text is matches without gaps.
  func endOfMatch(in text: Span<UInt8>, _ range: Range<Int>) -> Int {
    let start = range.lowerBound
    if text[start] == 0x27, let end = PatternPart.endOfContraction(text, range, ignoresCase: true) {
      return end
    }
    let (first, length) = UTF8Coding.scalar(in: text, at: start)
    let kind = PatternPart.kind(text, start)
    // `[^\r\n\p{L}\p{N}]?\p{L}+`
    let isLineEnd = first == 0x0D || first == 0x0A
    let body =
      kind.contains(.letter) || kind.contains(.number) || isLineEnd ? start : start + length
    if body < range.upperBound, PatternPart.kind(text, body).contains(.letter) {
      return PatternPart.end(text, body..<range.upperBound) { $0.contains(.letter) }
    }
    // `\p{N}{1,3}`
    if kind.contains(.number) {
      var left = longestNumber
      return PatternPart.end(text, range) { kind in
        left -= 1
        return left >= 0 && kind.contains(.number)
      }
    }
    // ` ?[^\s\p{L}\p{N}]+[\r\n]*`
    let sign = first == 0x20 ? start + 1 : start
    if sign < range.upperBound, PatternPart.kind(text, sign).isEmpty {
      var end = PatternPart.end(text, sign..<range.upperBound) { $0.isEmpty }
      while end < range.upperBound, text[end] == 0x0D || text[end] == 0x0A { end += 1 }
      return end
    }
    // `\s*[\r\n]+`: up to the last line end in a run of white space.
    let whitespaceEnd = PatternPart.end(text, range) { $0.contains(.whitespace) }
    var lineEnd = whitespaceEnd
    while lineEnd > start, text[lineEnd - 1] != 0x0D, text[lineEnd - 1] != 0x0A { lineEnd -= 1 }
    return lineEnd > start ? lineEnd : PatternPart.endOfWhitespace(text, range)
  }
}

/// What the patterns have in common.
private enum PatternPart {
  /// Whether a scalar is a letter, a number or white space; none of these otherwise.
  static func kind(_ text: Span<UInt8>, _ index: Int) -> ScalarClass {
    ScalarClass(of: UTF8Coding.scalar(in: text, at: index).value)
      .intersection([.letter, .number, .whitespace])
  }

  /// Where scalars of a kind that begin a part end.
  @inline(__always)
  static func end(
    _ text: Span<UInt8>, _ range: Range<Int>, while isSkipped: (ScalarClass) -> Bool
  ) -> Int {
    var index = range.lowerBound
    while index < range.upperBound {
      let (scalar, length) = UTF8Coding.scalar(in: text, at: index)
      let kind = ScalarClass(of: scalar).intersection([.letter, .number, .whitespace])
      guard isSkipped(kind) else { break }
      index += length
    }
    return index
  }

  /// `\s+(?!\S)|\s+`: white space but for the last scalar of it where something follows.
  static func endOfWhitespace(_ text: Span<UInt8>, _ range: Range<Int>) -> Int {
    let end = end(text, range) { $0.contains(.whitespace) }
    if end == range.upperBound { return end }
    let last = end - UTF8Coding.scalar(in: text, before: end).length
    return last > range.lowerBound ? last : end
  }

  /// Where a contraction such as `'re` ends, or nil if an apostrophe does not begin one.
  static func endOfContraction(
    _ text: Span<UInt8>, _ range: Range<Int>, ignoresCase: Bool
  ) -> Int? {
    func letter(_ place: Int) -> UInt8 {
      let index = range.lowerBound + place
      guard index < range.upperBound else { return 0 }
      let byte = text[index]
      return ignoresCase && (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
    }
    switch (letter(1), letter(2)) {
    case (UInt8(ascii: "s"), _), (UInt8(ascii: "t"), _), (UInt8(ascii: "m"), _),
      (UInt8(ascii: "d"), _):
      return range.lowerBound + 2
    case (UInt8(ascii: "r"), UInt8(ascii: "e")), (UInt8(ascii: "v"), UInt8(ascii: "e")),
      (UInt8(ascii: "l"), UInt8(ascii: "l")):
      return range.lowerBound + 3
    default:
      // A long s is an s whatever its case.
      guard ignoresCase, letter(1) == 0xC5, letter(2) == 0xBF else { return nil }
      return range.lowerBound + 3
    }
  }
}
