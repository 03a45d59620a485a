/// What makes a unit vector of whole numbers that stand for a vector.
struct Quantization {
  /// What the codes are multiplied by; 0 for a vector of zeros, NaN for one that is not finite.
  let factor: Float
  /// The length of the codes as a vector; 0 when there is no direction.
  let length: Double

  /// Rounds a vector to whole numbers from -`limit` to `limit`, one of which its largest component becomes.
  ///
  /// - Parameters:
  ///   - limit: at most 32,767.
  ///   - codes: `(vector.count)`; zeros when there is no direction.
  /// - Complexity: O(n). The loops are plain, without traps, so that they become vector instructions.
  init<Code: FixedWidthInteger & SignedInteger>(
    _ vector: [Float], limit: Float, into codes: UnsafeMutablePointer<Code>
  ) {
    var largestBits: UInt32 = 0
    // Magnitudes are in the order of their bits, and what is not finite is above them.
    for component in vector { largestBits = max(largestBits, component.bitPattern & 0x7FFF_FFFF) }
    let largest = Float(bitPattern: largestBits)
    guard largest > 0, largest.isFinite else {
      for index in vector.indices { codes[index] = 0 }
      self.factor = largest == 0 ? 0 : .nan
      self.length = 0
      return
    }
    for index in vector.indices {
      // In two steps: a scale by itself may leave the range of floats. The sum's last bits are the nearest whole number.
      let shifted = vector[index] / largest * limit + Self.roundingShift
      codes[index] = Code(truncatingIfNeeded: shifted.bitPattern &- Self.roundingShift.bitPattern)
    }
    var squares: UInt64 = 0
    for index in vector.indices {
      let code = Int32(truncatingIfNeeded: codes[index])
      squares &+= UInt64(UInt32(bitPattern: code &* code))
    }
    length = Double(squares).squareRoot()
    factor = Float(1 / length)
  }

  /// 1.5 * 2^23: the last bit of a float near it is a one.
  private static var roundingShift: Float { 12_582_912 }
}
