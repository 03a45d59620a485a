/// What BERT's normalizer and pre-tokenizer do with every Unicode scalar, as a two-stage table.
///
/// The table depends on the normalizer's switches and is expanded from `UnicodeData` once per tokenizer, which takes
/// a fraction of a millisecond and about 120 KB. Each entry folds all steps of the reference together (cleaning,
/// spaces around ideographs, canonical decomposition, removal of marks, lower case, splitting), so that one look-up
/// settles nearly every scalar.
struct BertScalarTable: Sendable {
  /// Scalars in a block.
  private static let blockSize = 256
  /// What all 17 planes are before anything is set: a block of scalars that stay as they are.
  private static let blockCount = 0x110000 / blockSize

  /// The block of a scalar: `scalar >> 8` to an index of blocks in `rules`.
  private var blocks: [UInt16]
  /// The rules of the distinct blocks, one after the other.
  private var rules: [BertScalarRule]
  /// Blocks that hold one rule only and may stand for several places.
  private var uniformBlocks: [UInt16]
  /// The rules of scalars that become several; each list begins with its length.
  private var expansions: [UInt32]

  /// Expands the table for a normalizer's switches.
  ///
  /// The order matters: later steps look up or override what earlier ones have set.
  init(_ normalizer: TokenizerConfiguration.BertNormalizer) {
    blocks = [UInt16](repeating: 0, count: Self.blockCount)
    rules = [BertScalarRule](repeating: .keep, count: Self.blockSize)
    uniformBlocks = [0]
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
    @inline(__always) get {
      let block = Int(blocks[Int(scalar >> 8)])
      return rules[block << 8 | Int(scalar & 0xFF)]
    }
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

  // MARK: Blocks

  private mutating func set(_ rule: BertScalarRule, forAll ranges: [UInt32]) {
    for index in stride(from: 0, to: ranges.count, by: 2) {
      set(rule, for: ranges[index]..<ranges[index + 1])
    }
  }

  /// Sets one rule for a range; whole untouched blocks share one copy.
  private mutating func set(_ rule: BertScalarRule, for range: Range<UInt32>) {
    var scalar = range.lowerBound
    while scalar < range.upperBound {
      let place = Int(scalar >> 8)
      let isWhole = scalar & 0xFF == 0 && range.upperBound - scalar >= Self.blockSize
      if isWhole && uniformBlocks.contains(blocks[place]) {
        blocks[place] = uniformBlock(of: rule)
        scalar += UInt32(Self.blockSize)
      } else {
        set(rule, for: scalar)
        scalar += 1
      }
    }
  }

  private mutating func set(_ rule: BertScalarRule, for scalar: UInt32) {
    let place = Int(scalar >> 8)
    if uniformBlocks.contains(blocks[place]) {
      let copied = Int(blocks[place]) << 8
      blocks[place] = UInt16(rules.count >> 8)
      rules.append(contentsOf: rules[copied..<copied + Self.blockSize])
    }
    rules[Int(blocks[place]) << 8 | Int(scalar & 0xFF)] = rule
  }

  private mutating func uniformBlock(of rule: BertScalarRule) -> UInt16 {
    for block in uniformBlocks where rules[Int(block) << 8] == rule {
      return block
    }
    let block = UInt16(rules.count >> 8)
    rules.append(contentsOf: repeatElement(rule, count: Self.blockSize))
    uniformBlocks.append(block)
    return block
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
