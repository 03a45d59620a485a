/// The tokens of words that came before: the same few thousand words make up most of a text.
///
/// A word has two places and takes the first from the word that is there, which moves to the second. The places grow with
/// the words that come, so that a single text pays for no more than it has.
struct WordMemo: Sendable {
  /// Whose words they are.
  final class Owner: Sendable {}

  /// A word of 1 to 15 bytes, with its length in the last one.
  struct Key: Sendable, Equatable {
    fileprivate var low: UInt64 = 0
    fileprivate var high: UInt64 = 0

    /// The key of no word.
    fileprivate init() {}

    /// The key of a part of a text; nil if it is too long.
    init?(_ text: Span<UInt8>, _ word: Range<Int>) {
      guard word.count <= WordMemo.longestWord else { return nil }
      let middle = min(word.upperBound, word.lowerBound + 8)
      for index in word.lowerBound..<middle { low = low << 8 | UInt64(text[index]) }
      for index in middle..<word.upperBound { high = high << 8 | UInt64(text[index]) }
      high |= UInt64(word.count) << 56
    }

    /// The first place of the word's pair.
    @inline(__always)
    fileprivate func place(among count: Int) -> Int {
      let mixed = (low ^ high &* 0x9E37_79B9_7F4A_7C15) &* 0xD6E8_FEB8_6659_FD93
      return Int(truncatingIfNeeded: (mixed ^ mixed >> 32) & UInt64(count - 2))
    }
  }

  /// The tokens of a word.
  struct Tokens: Sendable {
    fileprivate static let most = 4
    fileprivate var ids = SIMD4<Int32>()
    fileprivate(set) var count: Int

    /// Makes a copy of 1 to 4 tokens; nil for others.
    fileprivate init?(_ ids: ArraySlice<Int32>) {
      guard (1...Self.most).contains(ids.count) else { return nil }
      count = ids.count
      for (place, id) in ids.enumerated() { self.ids[place] = id }
    }

    fileprivate init(ids: SIMD4<Int32>, count: Int) {
      (self.ids, self.count) = (ids, count)
    }

    subscript(place: Int) -> Int32 { ids[place] }
  }

  /// Half a cache line.
  private struct Slot {
    /// The word's key, with the number of tokens in the highest four bits.
    var low: UInt64 = 0
    var high: UInt64 = 0
    var ids = SIMD4<Int32>()

    init() {}

    init(_ key: Key, _ tokens: Tokens) {
      low = key.low
      high = key.high | UInt64(tokens.count) << 60
      ids = tokens.ids
    }

    var key: Key {
      var key = Key()
      key.low = low
      key.high = high & ~(0xF << 60)
      return key
    }

    @inline(__always)
    func tokens(of key: Key) -> Tokens? {
      guard self.key == key else { return nil }
      return Tokens(ids: ids, count: Int(high >> 60))
    }
  }

  private static let longestWord = 15
  /// A megabyte: more than nine of ten words are found among so many, even of a dictionary.
  private static let mostSlots = 1 << 15

  private var owner: Owner?
  private var slots: [Slot] = []
  /// The words that were kept since the places last grew.
  private var keptCount = 0

  /// Forgets the words of another owner.
  mutating func begin(_ owner: Owner) {
    guard self.owner !== owner else { return }
    self.owner = owner
    slots.removeAll()
    keptCount = 0
  }

  /// The tokens of a word; nil if the word is not known.
  @inline(__always)
  func tokens(of key: Key) -> Tokens? {
    guard !slots.isEmpty else { return nil }
    let place = key.place(among: slots.count)
    return slots[place].tokens(of: key) ?? slots[place + 1].tokens(of: key)
  }

  /// Keeps the tokens of a word that is not known, unless they are many.
  mutating func keep(_ ids: ArraySlice<Int32>, for key: Key) {
    guard let tokens = Tokens(ids) else { return }
    if keptCount == slots.count, slots.count < Self.mostSlots { grow() }
    keptCount += 1
    insert(Slot(key, tokens))
  }

  private mutating func insert(_ slot: Slot) {
    let place = slot.key.place(among: slots.count)
    slots[place + 1] = slots[place]
    slots[place] = slot
  }

  private mutating func grow() {
    let before = slots
    slots = [Slot](repeating: Slot(), count: max(32, 4 * before.count))
    keptCount = 0
    for slot in before where slot.high != 0 { insert(slot) }
  }
}

extension PieceBuffer {
  /// Appends the tokens of a word as they were when it came before, or as a function appends them.
  ///
  /// Offsets are not remembered.
  @inline(__always)
  mutating func remember(
    _ text: Span<UInt8>, _ word: Range<Int>, _ split: (inout PieceBuffer) -> Void
  ) {
    guard !recordsOffsets, let key = WordMemo.Key(text, word) else { return split(&self) }
    if let tokens = memo.tokens(of: key) {
      for place in 0..<tokens.count { append(tokens[place], at: word) }
      return
    }
    let first = ids.count
    split(&self)
    memo.keep(ids[first...], for: key)
  }
}
