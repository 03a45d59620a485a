/// Normalizes a text as a whole, as `BertNormalizer` of the reference does.
///
/// Tokenizers that are BERT's in all stages do without: `BertScanner` normalizes word by word on its way.
struct BertTextNormalizer: Sendable {
  private let scalarRules: BertScalarTable
  /// Whether white space becomes spaces.
  private let cleansText: Bool

  init(_ normalizer: TokenizerConfiguration.BertNormalizer) {
    scalarRules = BertScalarTable(normalizer)
    cleansText = normalizer.cleansText
  }

  /// Normalizes a text in place.
  ///
  /// - Parameters:
  ///   - text: The text, with its origins if offsets are recorded.
  ///   - buffer: What to work in.
  @inline(never)
  func normalize(_ text: inout AlignedText, _ buffer: inout NormalizedText) {
    buffer.begin(maximumLength: .max)
    var index = 0
    while index < text.bytes.count {
      let (scalar, length) = UTF8Coding.scalar(in: text.bytes.span, at: index)
      if text.recordsOffsets { buffer.beginScalar(at: text.origins[index]) }
      scalarRules.forEachRule(of: scalar) { rule, scalar in
        apply(rule, to: scalar, buffer: &buffer)
      }
      index += length
    }
    buffer.settleMarks()
    text = buffer.alignedText
  }

  @inline(never)
  private func apply(_ rule: BertScalarRule, to scalar: UInt32, buffer: inout NormalizedText) {
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
      buffer.dropStarter()
    case .drop where buffer.recordsOffsets && rule.combiningClass != 0:
      buffer.drop(markOfClass: rule.combiningClass)
    case .drop, .expand, .decomposeHangul:
      break
    }
  }
}
