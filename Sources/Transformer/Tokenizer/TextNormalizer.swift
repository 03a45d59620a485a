/// Normalizes a text as a whole.
///
/// Gives what `BertNormalizer` of the reference gives. Only added tokens that are looked for in normalized text need it;
/// without them, `WordScanner` normalizes word by word on its way.
struct TextNormalizer: Sendable {
  let unicode: UnicodeTable
  /// Whether white space becomes spaces.
  let cleansText: Bool

  init(_ definition: TokenizerDefinition) {
    unicode = UnicodeTable(definition)
    cleansText = definition.cleansText
  }

  /// Replaces the buffer's text by a part of a text, normalized.
  @inline(never)
  func normalize(_ text: Span<UInt8>, _ range: Range<Int>, to buffer: inout NormalizedBuffer) {
    buffer.begin(maximumLength: .max)
    var index = range.lowerBound
    while index < range.upperBound {
      let (scalar, length) = UTF8Coding.scalar(in: text, at: index)
      unicode.forEachRule(of: scalar) { rule, scalar in
        apply(rule, to: scalar, buffer: &buffer)
      }
      index += length
    }
    buffer.settleMarks()
  }

  @inline(never)
  private func apply(_ rule: ScalarRule, to scalar: UInt32, buffer: inout NormalizedBuffer) {
    switch rule.kind {
    case .keep where rule.combiningClass == 0, .isolate:
      buffer.append(starter: scalar)
    case .keep:
      buffer.append(mark: scalar, combiningClass: rule.combiningClass)
    case .surround:
      buffer.append(starter: 0x20)
      buffer.append(starter: scalar)
      buffer.append(starter: 0x20)
    case .whitespace:
      buffer.append(starter: cleansText ? 0x20 : scalar)
    case .dropStarter:
      buffer.settleMarks()
    case .drop, .expand, .decomposeHangul:
      break
    }
  }
}
