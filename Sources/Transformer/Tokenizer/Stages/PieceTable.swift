/// A hash table from byte strings to ids, searched with hashes that the caller computes while it scans.
///
/// Open addressing with linear probing, at most half full. The table keeps no bytes of its own: its entries are ranges
/// of a pool that tables share, so that a continuation piece is the tail of its spelling in the vocabulary.
struct PieceTable: Sendable {
  /// One entry in 16 bytes; its length is 0 where the table is empty.
  private struct Slot {
    /// Bits of the hash, which spare most comparisons.
    var tag: UInt32 = 0
    /// The place of the bytes in the pool.
    var offset: UInt32 = 0
    var length: UInt32 = 0
    var id: Int32 = 0
  }

  /// The folding under which every byte stands for itself; `(256)`.
  static let identity = [UInt16](0...255)

  private var slots: [Slot]
  /// How far to shift a mixed hash to get an index of `slots`.
  private let shift: UInt64
  /// The length of the longest entry, in bytes.
  private(set) var longest = 0

  /// An empty table with room for a number of entries.
  init(capacity: Int) {
    var bits: UInt64 = 4
    while 1 << bits < 2 * capacity { bits += 1 }
    shift = 64 - bits
    slots = [Slot](repeating: Slot(), count: 1 << bits)
  }

  /// Adds a part of the pool; of equal byte strings the one with the largest id stays, and an empty one is not kept.
  ///
  /// - Returns: Whether there was no equal one.
  @discardableResult
  mutating func insert(_ range: Range<Int>, of pool: [UInt8], id: Int32) -> Bool {
    let identity = Self.identity
    var hash = PieceHash()
    for byte in pool[range] { hash.append(byte) }
    let index = slotIndex(
      of: pool.span, from: range.lowerBound, length: range.count, hash: hash,
      folding: identity.span, pool: pool.span)
    let isNew = slots[index].length == 0
    guard isNew || slots[index].id < id else { return false }
    slots[index] = Slot(
      tag: UInt32(truncatingIfNeeded: hash.mixed), offset: UInt32(range.lowerBound),
      length: UInt32(range.count), id: id)
    longest = max(longest, range.count)
    return isNew
  }

  /// The id of a byte string, or nil.
  ///
  /// - Parameters:
  ///   - text: The bytes of which the part of `length` bytes from `start` is looked for.
  ///   - hash: The hash of that part after folding.
  ///   - folding: What stands for each byte of the text, in the low 8 bits.
  ///   - pool: The bytes of the entries.
  /// - Complexity: O(`length`) on average.
  @inline(__always)
  func find(
    _ text: Span<UInt8>, from start: Int, length: Int, hash: PieceHash, folding: Span<UInt16>,
    pool: Span<UInt8>
  ) -> Int32? {
    let index = slotIndex(
      of: text, from: start, length: length, hash: hash, folding: folding, pool: pool)
    return slots[index].length == 0 ? nil : slots[index].id
  }

  /// The slot that holds a byte string, or the empty one where it would go.
  @inline(__always)
  private func slotIndex(
    of text: Span<UInt8>, from start: Int, length: Int, hash: PieceHash, folding: Span<UInt16>,
    pool: Span<UInt8>
  ) -> Int {
    let slots = slots.span
    let mixed = hash.mixed
    let tag = UInt32(truncatingIfNeeded: mixed)
    var index = Int(mixed >> shift)
    while slots[index].length != 0 {
      let slot = slots[index]
      if slot.tag == tag && slot.length == length {
        let offset = Int(slot.offset)
        var matched = 0
        while matched < length
          && pool[offset + matched]
            == UInt8(truncatingIfNeeded: folding[Int(text[start + matched])])
        {
          matched += 1
        }
        if matched == length { break }
      }
      index = (index + 1) & (slots.count - 1)
    }
    return index
  }
}

extension PieceTable {
  /// The id of a whole string, or nil.
  func find(_ string: String, pool: [UInt8]) -> Int32? {
    let bytes = Array(string.utf8)
    let identity = Self.identity
    var hash = PieceHash()
    for byte in bytes { hash.append(byte) }
    return find(
      bytes.span, from: 0, length: bytes.count, hash: hash,
      folding: identity.span, pool: pool.span)
  }
}

/// A polynomial hash of bytes, of which the hash of any part follows in constant time.
///
/// `hash(b₀ … bₙ) = b₀·mⁿ + … + bₙ` modulo 2⁶⁴ (Karp and Rabin, 1987), so that a scanner computes it byte by byte and
/// the search for the longest piece gets every prefix from two prefix hashes.
struct PieceHash: Sendable, Equatable {
  private static let multiplier: UInt64 = 0x9E37_79B9_7F4A_7C15

  private(set) var value: UInt64 = 0

  @inline(__always)
  mutating func append(_ byte: UInt8) {
    value = value &* Self.multiplier &+ UInt64(byte)
  }

  /// The hash with all bits depending on all bytes: upper bits choose a slot, lower ones are compared.
  var mixed: UInt64 {
    @inline(__always) get { (value ^ value >> 32) &* 0xD6E8_FEB8_6659_FD93 }
  }

  /// The hash of the bytes that lead from the prefix `start` to the longer prefix `self`.
  ///
  /// - Parameter power: `powers(upTo:)[n]`, with `n` the number of those bytes.
  @inline(__always)
  func dropping(_ start: PieceHash, power: UInt64) -> PieceHash {
    var part = PieceHash()
    part.value = value &- start.value &* power
    return part
  }

  /// The powers of the multiplier from 0 to `count`.
  static func powers(upTo count: Int) -> [UInt64] {
    var powers: [UInt64] = [1]
    powers.reserveCapacity(count + 1)
    for index in 0..<count {
      powers.append(powers[index] &* multiplier)
    }
    return powers
  }
}
