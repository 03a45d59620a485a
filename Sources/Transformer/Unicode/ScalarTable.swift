/// A number for every Unicode scalar, as a two-stage table: blocks of 256, of which equal ones are kept once.
struct ScalarTable: Sendable {
  /// Scalars in a block.
  private static let blockSize = 256
  /// The blocks of all 17 planes.
  private static let blockCount = 0x110000 / blockSize

  /// The block of a scalar: `scalar >> 8` to an index of blocks in `values`.
  private var blocks: [UInt16]
  /// The numbers of the distinct blocks, one after the other.
  private var values: [UInt32]
  /// Blocks that hold one number only and may stand for several places.
  private var uniformBlocks: [UInt16]

  /// Makes a table of one number.
  init(_ value: UInt32) {
    blocks = [UInt16](repeating: 0, count: Self.blockCount)
    values = [UInt32](repeating: value, count: Self.blockSize)
    uniformBlocks = [0]
  }

  /// The number of a scalar.
  subscript(scalar: UInt32) -> UInt32 {
    @inline(__always) get {
      let block = Int(blocks[Int(scalar >> 8)])
      return values[block << 8 | Int(scalar & 0xFF)]
    }
  }

  /// Sets one number for half-open ranges: the first scalar, the first one after, and so on.
  mutating func set(_ value: UInt32, forAll ranges: [UInt32]) {
    for index in stride(from: 0, to: ranges.count, by: 2) {
      set(value, for: ranges[index]..<ranges[index + 1])
    }
  }

  /// Sets one number for a range.
  mutating func set(_ value: UInt32, for range: Range<UInt32>) {
    replace(range) { _ in value }
  }

  /// Sets bits beside those that are set, for half-open ranges.
  mutating func insert(_ bits: UInt32, forAll ranges: [UInt32]) {
    for index in stride(from: 0, to: ranges.count, by: 2) {
      replace(ranges[index]..<ranges[index + 1]) { $0 | bits }
    }
  }

  /// Replaces the numbers of a range; whole untouched blocks share one copy.
  private mutating func replace(_ range: Range<UInt32>, by value: (UInt32) -> UInt32) {
    var scalar = range.lowerBound
    while scalar < range.upperBound {
      let place = Int(scalar >> 8)
      let isWhole = scalar & 0xFF == 0 && range.upperBound - scalar >= Self.blockSize
      if isWhole && uniformBlocks.contains(blocks[place]) {
        blocks[place] = uniformBlock(of: value(values[Int(blocks[place]) << 8]))
        scalar += UInt32(Self.blockSize)
      } else {
        set(value(self[scalar]), for: scalar)
        scalar += 1
      }
    }
  }

  /// Sets the number of a scalar.
  mutating func set(_ value: UInt32, for scalar: UInt32) {
    let place = Int(scalar >> 8)
    if uniformBlocks.contains(blocks[place]) {
      let copied = Int(blocks[place]) << 8
      blocks[place] = UInt16(values.count >> 8)
      values.append(contentsOf: values[copied..<copied + Self.blockSize])
    }
    values[Int(blocks[place]) << 8 | Int(scalar & 0xFF)] = value
  }

  private mutating func uniformBlock(of value: UInt32) -> UInt16 {
    for block in uniformBlocks where values[Int(block) << 8] == value {
      return block
    }
    let block = UInt16(values.count >> 8)
    values.append(contentsOf: repeatElement(value, count: Self.blockSize))
    uniformBlocks.append(block)
    return block
  }
}

/// What a Unicode scalar is to the stages of tokenizers; several at once.
struct ScalarClass: OptionSet, Sendable {
  let rawValue: UInt32

  /// `\p{L}`.
  static let letter = ScalarClass(rawValue: 1)
  /// `\p{N}`.
  static let number = ScalarClass(rawValue: 2)
  /// `\s`.
  static let whitespace = ScalarClass(rawValue: 4)
  /// What BERT's pre-tokenizer makes a word of.
  static let punctuation = ScalarClass(rawValue: 8)
  /// `\w`.
  static let wordScalar = ScalarClass(rawValue: 16)
  /// General category M.
  static let combiningMark = ScalarClass(rawValue: 32)
  /// Belongs to the grapheme cluster before it.
  static let extender = ScalarClass(rawValue: 64)
  /// Belongs to the grapheme cluster behind it.
  static let prepended = ScalarClass(rawValue: 128)
  /// Is a grapheme cluster of its own.
  static let control = ScalarClass(rawValue: 256)
  /// A zero width joiner joins it to a pictograph before it.
  static let pictograph = ScalarClass(rawValue: 512)
  /// What the pre-tokenizer `Digits` separates: general category N, of a newer Unicode than `number`.
  static let numeric = ScalarClass(rawValue: 1024)

  private static let table: ScalarTable = {
    var classes = ScalarTable(0)
    let sets: [(ScalarClass, [UInt32])] = [
      (.letter, UnicodeData.letters), (.number, UnicodeData.numbers),
      (.whitespace, UnicodeData.whitespace), (.punctuation, UnicodeData.punctuation),
      (.wordScalar, UnicodeData.wordScalars), (.combiningMark, UnicodeData.combiningMarks),
      (.extender, UnicodeData.graphemeExtenders), (.prepended, UnicodeData.graphemePrepends),
      (.control, UnicodeData.graphemeControls), (.pictograph, UnicodeData.pictographs),
      (.numeric, UnicodeData.numbers), (.numeric, UnicodeData.newerNumbers),
    ]
    for (kind, ranges) in sets { classes.insert(kind.rawValue, forAll: ranges) }
    return classes
  }()

  /// The classes of a scalar.
  @inline(__always)
  init(of scalar: UInt32) { self.init(rawValue: Self.table[scalar]) }

  init(rawValue: UInt32) { self.rawValue = rawValue }
}
