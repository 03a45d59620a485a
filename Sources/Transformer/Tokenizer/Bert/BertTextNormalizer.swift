/// Normalizes a text as a whole, as `BertNormalizer` of the reference does.
///
/// Only added tokens that are looked for in normalized text need it; without them, `BertScanner` normalizes word by word
/// on its way.
struct BertTextNormalizer: TextNormalizer {
  private let scalarRules: BertScalarTable
  /// Whether white space becomes spaces.
  private let cleansText: Bool

  init(_ normalizer: TokenizerConfiguration.BertNormalizer) {
    scalarRules = BertScalarTable(normalizer)
    cleansText = normalizer.cleansText
  }

  /// A space stays one, and is a starter that nothing changes places across.
  var keepsSpaces: Bool { true }

  @inline(never)
  func normalize(_ text: Span<UInt8>, _ range: Range<Int>, to buffer: inout NormalizedText) {
    buffer.begin(maximumLength: .max)
    var index = range.lowerBound
    while index < range.upperBound {
      let (scalar, length) = UTF8Coding.scalar(in: text, at: index)
      buffer.beginScalar(at: index..<index + length)
      scalarRules.forEachRule(of: scalar) { rule, scalar in
        apply(rule, to: scalar, buffer: &buffer)
      }
      index += length
    }
    buffer.settleMarks()
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
