/// The normalization forms of Unicode (Unicode Standard, section 3.11), by the tables of the reference.
struct UnicodeNormalizer: Sendable {
  private let form: TokenizerConfiguration.UnicodeForm

  init(_ form: TokenizerConfiguration.UnicodeForm) { self.form = form }

  /// A scalar of the decomposed text, and whether it is inserted (1) or stands for one of the source (0 or less).
  private typealias Element = (scalar: UInt32, change: Int)

  /// Rewrites a text in this form.
  ///
  /// - Complexity: O(text), and O(n log n) in runs of n marks.
  func rewrite(_ rewriter: inout TextRewriter) {
    var output = Output(composes: form.composes)
    // A starter and the marks behind it, which are put in order together.
    var marks: [(element: Element, combiningClass: UInt32)] = []
    var index = 0
    let count = rewriter.source.bytes.count
    while index < count {
      let (scalar, length) = UTF8Coding.scalar(in: rewriter.source.bytes.span, at: index)
      index += length
      var change = 0
      UnicodeDecomposition.shared.forEachPart(of: scalar, form.isCompatible) {
        part, combiningClass in
        if combiningClass == 0 {
          flush(&marks, to: &output, &rewriter)
          output.append((part, change), combiningClass: 0, to: &rewriter)
        } else {
          marks.append(((part, change), combiningClass))
        }
        change = 1
      }
    }
    flush(&marks, to: &output, &rewriter)
    output.finish(&rewriter)
  }

  /// Puts marks in canonical order (Unicode Standard, D109) and hands them on.
  private func flush(
    _ marks: inout [(element: Element, combiningClass: UInt32)], to output: inout Output,
    _ rewriter: inout TextRewriter
  ) {
    if marks.isEmpty { return }
    if marks.count > 1 {
      // Sorting is stable by the place in the text, which breaks ties.
      let order = marks.indices.sorted {
        (marks[$0].combiningClass, $0) < (marks[$1].combiningClass, $1)
      }
      marks = order.map { marks[$0] }
    }
    for mark in marks {
      output.append(mark.element, combiningClass: mark.combiningClass, to: &rewriter)
    }
    marks.removeAll(keepingCapacity: true)
  }

  /// Takes decomposed text in canonical order and composes it if asked (Unicode Standard, D117).
  private struct Output {
    let composes: Bool
    /// The last starter, which marks may still join.
    var starter: Element?
    /// Marks behind it that did not join.
    var waiting: [Element] = []
    var lastClass: UInt32 = 0

    mutating func append(
      _ element: Element, combiningClass: UInt32, to rewriter: inout TextRewriter
    ) {
      guard composes else { return rewriter.write(element.scalar, change: element.change) }
      if let starter, waiting.isEmpty || lastClass < combiningClass,
        let composed = UnicodeDecomposition.shared.composition(starter.scalar, element.scalar)
      {
        self.starter = (composed, starter.change + element.change - 1)
        return
      }
      if combiningClass == 0 {
        finish(&rewriter)
        starter = element
      } else if starter == nil {
        rewriter.write(element.scalar, change: element.change)
      } else {
        waiting.append(element)
        lastClass = combiningClass
      }
    }

    mutating func finish(_ rewriter: inout TextRewriter) {
      if let starter { rewriter.write(starter.scalar, change: starter.change) }
      for element in waiting { rewriter.write(element.scalar, change: element.change) }
      starter = nil
      waiting.removeAll(keepingCapacity: true)
    }
  }
}

/// Decompositions, compositions and combining classes, expanded from `UnicodeData` once.
struct UnicodeDecomposition: Sendable {
  /// The tables, which cost a millisecond or two when they are first used.
  static let shared = UnicodeDecomposition()

  /// The combining class in the lowest 8 bits; above them an index of `UnicodeData.decompositions` and 1, or 0.
  private var canonical = ScalarTable(0)
  /// An index of `UnicodeData.compatibilityDecompositions` and 1, or 0 where the canonical one holds.
  private var compatible = ScalarTable(0)
  /// From two scalars, the first one shifted, to the one that they become.
  private var compositions: [UInt64: UInt32] = [:]

  private init() {
    let changes = UnicodeData.combiningClasses
    for index in changes.indices.dropLast() where changes[index] & 0xFF != 0 {
      canonical.set(changes[index] & 0xFF, for: changes[index] >> 8..<changes[index + 1] >> 8)
    }
    Self.forEachEntry(of: UnicodeData.decompositions, bits: 3) { index, scalar in
      canonical.set(canonical[scalar] | UInt32(index + 1) << 8, for: scalar)
    }
    Self.forEachEntry(of: UnicodeData.compatibilityDecompositions, bits: 5) { index, scalar in
      compatible.set(UInt32(index + 1), for: scalar)
    }
    let pairs = UnicodeData.compositions
    compositions.reserveCapacity(pairs.count / 3)
    for index in stride(from: 0, to: pairs.count, by: 3) {
      compositions[UInt64(pairs[index]) << 32 | UInt64(pairs[index + 1])] = pairs[index + 2]
    }
  }

  private static func forEachEntry(
    of list: [UInt32], bits: UInt32, do body: (_ index: Int, _ scalar: UInt32) -> Void
  ) {
    var index = 0
    while index < list.count {
      body(index, list[index] >> bits)
      index += 1 + Int(list[index] & (1 << bits - 1))
    }
  }

  /// Calls a function with the scalars that one decomposes to, itself if it does not, and their combining classes.
  @inline(__always)
  func forEachPart(
    of scalar: UInt32, _ isCompatible: Bool, do body: (UInt32, _ combiningClass: UInt32) -> Void
  ) {
    if scalar < 0xA0 { return body(scalar, 0) }
    if HangulSyllable.range.contains(scalar) {
      let (leading, vowel, trailing) = HangulSyllable.decompose(scalar)
      body(leading, 0)
      body(vowel, 0)
      if trailing != 0 { body(trailing, 0) }
      return
    }
    if isCompatible, case let index = compatible[scalar], index != 0 {
      parts(of: UnicodeData.compatibilityDecompositions, index - 1, bits: 5, do: body)
      return
    }
    let entry = canonical[scalar]
    if entry >> 8 != 0 {
      parts(of: UnicodeData.decompositions, entry >> 8 - 1, bits: 3, do: body)
    } else {
      body(scalar, entry & 0xFF)
    }
  }

  private func parts(
    of list: [UInt32], _ index: UInt32, bits: UInt32, do body: (UInt32, UInt32) -> Void
  ) {
    let start = Int(index)
    for part in list[start + 1...start + Int(list[start] & (1 << bits - 1))] {
      body(part, canonical[part] & 0xFF)
    }
  }

  /// What two scalars become when they stand side by side, if anything.
  @inline(__always)
  func composition(_ first: UInt32, _ second: UInt32) -> UInt32? {
    // Nothing below joins what is before it.
    if second < 0x300 { return nil }
    return HangulSyllable.compose(first, second)
      ?? compositions[UInt64(first) << 32 | UInt64(second)]
  }
}
