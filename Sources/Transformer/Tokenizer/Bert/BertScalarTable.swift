/// What BERT's normalizer and pre-tokenizer do with every Unicode scalar, as a two-stage table.
///
/// The table depends on the normalizer's switches and is expanded from `UnicodeData` once per tokenizer, which takes
/// a fraction of a millisecond and about 120 KB. Each entry folds all steps of the reference together (cleaning,
/// spaces around ideographs, canonical decomposition, removal of marks, lower case, splitting), so that one look-up
/// settles nearly every scalar.
struct BertScalarTable: Sendable {
  private var rules: ScalarTable
  /// The rules of scalars that become several; each list begins with its length.
  private var expansions: [UInt32]

  /// Expands the table for a normalizer's switches.
  ///
  /// The order matters: later steps look up or override what earlier ones have set.
  init(_ normalizer: TokenizerConfiguration.BertNormalizer) {
    rules = ScalarTable(BertScalarRule.keep.rawValue)
    expansions = []
    if normalizer.separatesChineseCharacters {
      set(.surround, forAll: UnicodeData.ideographs)
    }
    if normalizer.lowercases { setLowercase() }
    if normalizer.stripsAccents { setMarks() }
    set(.whitespace, forAll: UnicodeData.whitespace)
    set(.isolate, forAll: UnicodeData.punctuation)
    if normalizer.stripsAccents { setDecompositions() }
    if normalizer.cleansText {
      set(.drop, forAll: UnicodeData.droppedByCleaning)
    }
  }

  /// The rule of a scalar value.
  subscript(scalar: UInt32) -> BertScalarRule {
    @inline(__always) get { BertScalarRule(rawValue: rules[scalar]) }
  }

  /// Calls a function with the rule of a scalar and what the scalar becomes; with several if it becomes several.
  @inline(__always)
  func forEachRule(of scalar: UInt32, do body: (BertScalarRule, UInt32) -> Void) {
    let rule = self[scalar]
    switch rule.kind {
    case .expand:
      let index = rule.expansionIndex
      for part in expansions[index + 1..<index + 1 + Int(expansions[index])] {
        let rule = BertScalarRule(rawValue: part)
        body(rule, rule.scalar(for: 0))
      }
    case .decomposeHangul:
      let (leading, vowel, trailing) = HangulSyllable.decompose(scalar)
      body(.keep, leading)
      body(.keep, vowel)
      if trailing != 0 { body(.keep, trailing) }
    default:
      body(rule, rule.scalar(for: scalar))
    }
  }

  // MARK: Steps

  private mutating func setLowercase() {
    let runs = UnicodeData.lowercaseRuns
    for run in stride(from: 0, to: runs.count, by: 4) {
      for scalar in stride(from: runs[run], through: runs[run + 1], by: Int(runs[run + 2])) {
        set(.replace(with: scalar &+ runs[run + 3]), for: scalar)
      }
    }
    forEachExpansion(in: UnicodeData.lowercaseExpansions) { table, scalar, targets in
      table.set(table.expand(targets.map { .replace(with: $0) }), for: scalar)
    }
  }

  /// Sets combining classes, which canonical ordering needs, and removes nonspacing marks.
  private mutating func setMarks() {
    let changes = UnicodeData.combiningClasses
    for index in changes.indices.dropLast() where changes[index] & 0xFF != 0 {
      for scalar in changes[index] >> 8..<changes[index + 1] >> 8 {
        set(self[scalar].with(combiningClass: changes[index] & 0xFF), for: scalar)
      }
    }
    let marks = UnicodeData.nonspacingMarks
    for index in stride(from: 0, to: marks.count, by: 2) {
      for scalar in marks[index]..<marks[index + 1] {
        // A removed mark of class 0 still keeps the marks on its two sides apart. Others keep their class: offsets
        // depend on where canonical ordering puts them.
        let combiningClass = self[scalar].combiningClass
        set(
          combiningClass == 0 ? .dropStarter : .drop.with(combiningClass: combiningClass),
          for: scalar)
      }
    }
  }

  private mutating func setDecompositions() {
    set(.decomposeHangul, for: HangulSyllable.range)
    forEachExpansion(in: UnicodeData.decompositions) { table, scalar, targets in
      if table[scalar].kind == .surround, let target = targets.first {
        // An ideograph by its code: what it decomposes to, one scalar, need not be one again.
        table.set(.surround.with(scalar: target), for: scalar)
      } else {
        let parts = targets.map { table[$0].with(scalar: table[$0].scalar(for: $0)) }
        table.set(table.expand(parts), for: scalar)
      }
    }
  }

  private mutating func forEachExpansion(
    in list: [UInt32], do body: (inout BertScalarTable, UInt32, ArraySlice<UInt32>) -> Void
  ) {
    var index = 0
    while index < list.count {
      let end = index + 1 + Int(list[index] & 7)
      body(&self, list[index] >> 3, list[index + 1..<end])
      index = end
    }
  }

  /// One rule that stands for a sequence of rules.
  private mutating func expand(_ sequence: [BertScalarRule]) -> BertScalarRule {
    let kept = sequence.filter { $0.kind != .drop }
    if kept.isEmpty { return sequence.first ?? .drop }
    if kept.count == 1 { return kept[0] }
    let index = expansions.count
    expansions.append(UInt32(kept.count))
    expansions.append(contentsOf: kept.map { $0.rawValue })
    return .expand(at: index)
  }

  // MARK: Rules

  private mutating func set(_ rule: BertScalarRule, forAll ranges: [UInt32]) {
    rules.set(rule.rawValue, forAll: ranges)
  }

  private mutating func set(_ rule: BertScalarRule, for range: Range<UInt32>) {
    rules.set(rule.rawValue, for: range)
  }

  private mutating func set(_ rule: BertScalarRule, for scalar: UInt32) {
    rules.set(rule.rawValue, for: scalar)
  }
}

/// What BERT's normalizer and pre-tokenizer do with one Unicode scalar, in 32 bits.
struct BertScalarRule: Sendable, Equatable {
  enum Kind: UInt32 {
    /// Becomes part of a word.
    case keep
    /// Ends a word.
    case whitespace
    /// Is a word of its own.
    case isolate
    /// Is a word of its own because spaces are put around it.
    case surround
    /// Vanishes without a trace.
    case drop
    /// Vanishes, but marks are not reordered across it.
    case dropStarter
    /// Becomes several scalars with rules of their own.
    case expand
    /// Becomes the two or three letters of a Hangul syllable.
    case decomposeHangul
  }

  /// From the lowest bit: 21 bits of the scalar that it becomes (0: stays) or an index, 3 of kind, 8 of combining class.
  let rawValue: UInt32

  static let keep = BertScalarRule(.keep)
  static let whitespace = BertScalarRule(.whitespace)
  static let isolate = BertScalarRule(.isolate)
  static let surround = BertScalarRule(.surround)
  static let drop = BertScalarRule(.drop)
  static let dropStarter = BertScalarRule(.dropStarter)
  static let decomposeHangul = BertScalarRule(.decomposeHangul)

  static func replace(with scalar: UInt32) -> BertScalarRule { keep.with(scalar: scalar) }

  static func expand(at index: Int) -> BertScalarRule {
    BertScalarRule(rawValue: UInt32(index) | Kind.expand.rawValue << 21)
  }

  @inline(__always)
  init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  private init(_ kind: Kind) {
    rawValue = kind.rawValue << 21
  }

  var kind: Kind {
    // Three bits, eight kinds: the alternative is never taken.
    @inline(__always) get { Kind(rawValue: rawValue >> 21 & 7) ?? .drop }
  }

  /// The canonical combining class; not 0 only for marks, which may change places.
  var combiningClass: UInt32 {
    @inline(__always) get { rawValue >> 24 }
  }

  /// The place of the rules that this one expands to.
  var expansionIndex: Int {
    Int(rawValue & 0x1F_FFFF)
  }

  /// What becomes of a scalar with this rule.
  @inline(__always)
  func scalar(for original: UInt32) -> UInt32 {
    let scalar = rawValue & 0x1F_FFFF
    return scalar == 0 ? original : scalar
  }

  func with(scalar: UInt32) -> BertScalarRule {
    BertScalarRule(rawValue: rawValue & ~0x1F_FFFF | scalar)
  }

  func with(combiningClass: UInt32) -> BertScalarRule {
    BertScalarRule(rawValue: rawValue & 0xFF_FFFF | combiningClass << 24)
  }
}
