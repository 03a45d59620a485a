/// The 64-bit xxHash of bytes with the seed 0: as quick as memory, and no protection against forgery.
///
/// Source: https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md, "XXH64 algorithm description".
package enum XXHash64 {
  private static let prime1: UInt64 = 0x9E37_79B1_85EB_CA87
  private static let prime2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
  private static let prime3: UInt64 = 0x1656_67B1_9E37_79F9
  private static let prime4: UInt64 = 0x85EB_CA77_C2B2_AE63
  private static let prime5: UInt64 = 0x27D4_EB2F_1656_67C5

  /// The hash of some bytes.
  ///
  /// - Complexity: O(n) in their number.
  package static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var position = 0
    func take<Word: FixedWidthInteger>(_ type: Word.Type) -> Word {
      defer { position &+= MemoryLayout<Word>.size }
      return Word(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: type))
    }
    var hash = prime5
    if bytes.count >= 32 {
      var (a, b, c, d) = (prime1 &+ prime2, prime2, 0 as UInt64, 0 &- prime1)
      while position &+ 32 <= bytes.count {
        a = round(a, take(UInt64.self))
        b = round(b, take(UInt64.self))
        c = round(c, take(UInt64.self))
        d = round(d, take(UInt64.self))
      }
      hash = rotate(a, 1) &+ rotate(b, 7) &+ rotate(c, 12) &+ rotate(d, 18)
      for lane in [a, b, c, d] { hash = (hash ^ round(0, lane)) &* prime1 &+ prime4 }
    }
    hash &+= UInt64(bytes.count)
    while position &+ 8 <= bytes.count {
      hash = rotate(hash ^ round(0, take(UInt64.self)), 27) &* prime1 &+ prime4
    }
    if position &+ 4 <= bytes.count {
      hash = rotate(hash ^ UInt64(take(UInt32.self)) &* prime1, 23) &* prime2 &+ prime3
    }
    while position < bytes.count {
      hash = rotate(hash ^ UInt64(take(UInt8.self)) &* prime5, 11) &* prime1
    }
    hash = (hash ^ hash >> 33) &* prime2
    hash = (hash ^ hash >> 29) &* prime3
    return hash ^ hash >> 32
  }

  private static func round(_ lane: UInt64, _ word: UInt64) -> UInt64 {
    rotate(lane &+ word &* prime2, 31) &* prime1
  }

  private static func rotate(_ word: UInt64, _ count: UInt64) -> UInt64 {
    word &<< count | word &>> (64 - count)
  }
}
