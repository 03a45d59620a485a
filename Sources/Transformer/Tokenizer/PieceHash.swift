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
