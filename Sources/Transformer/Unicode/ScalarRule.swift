/// What the normalizer does with one Unicode scalar, in 32 bits.
struct ScalarRule: Sendable, Equatable {
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

  static let keep = ScalarRule(.keep)
  static let whitespace = ScalarRule(.whitespace)
  static let isolate = ScalarRule(.isolate)
  static let surround = ScalarRule(.surround)
  static let drop = ScalarRule(.drop)
  static let dropStarter = ScalarRule(.dropStarter)
  static let decomposeHangul = ScalarRule(.decomposeHangul)

  static func replace(with scalar: UInt32) -> ScalarRule { keep.with(scalar: scalar) }

  static func expand(at index: Int) -> ScalarRule {
    ScalarRule(rawValue: UInt32(index) | Kind.expand.rawValue << 21)
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

  /// The canonical combining class; not 0 only for marks that stay and may change places.
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

  func with(scalar: UInt32) -> ScalarRule {
    ScalarRule(rawValue: rawValue & ~0x1F_FFFF | scalar)
  }

  func with(combiningClass: UInt32) -> ScalarRule {
    ScalarRule(rawValue: rawValue & 0xFF_FFFF | combiningClass << 24)
  }
}
