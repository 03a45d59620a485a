import EmbedTestSupport

/// Damages files at random, the same way for the same seed: flipped bits, cut ends, bytes put in, taken out and changed.
struct RandomDamage {
  private var random: TinyModelRandom

  init(seed: UInt64) { random = TinyModelRandom(seed: seed) }

  /// A copy with one to four injuries in its first `reach` bytes.
  mutating func damaged(_ bytes: [UInt8], reach: Int = .max) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      guard !bytes.isEmpty else { break }
      let index = Int.random(in: 0..<min(reach, bytes.count), using: &random)
      switch Int.random(in: 0..<6, using: &random) {
      case 0: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case 1: bytes[index] = .random(in: 0...255, using: &random)
      case 2: bytes.insert(interesting(), at: index)
      case 3: bytes.remove(at: index)
      case 4: bytes[index] = interesting()
      default: bytes.removeLast(bytes.count - index)
      }
    }
    return bytes
  }

  /// A byte that means something to a parser.
  private mutating func interesting() -> UInt8 {
    Array("\"\\{}[],:-0129eE.u \n\0\u{1F}".utf8).randomElement(using: &random) ?? 0
  }
}
