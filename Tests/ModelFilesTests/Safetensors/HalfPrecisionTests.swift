import Kernels
import Testing

/// Every pattern, against the definition of the format in double precision.
@Suite struct HalfPrecisionTests {
  /// The value that IEEE 754 defines for a pattern of so many exponent and fraction bits.
  private func defined(_ bits: UInt16, exponentBits: Int, fractionBits: Int) -> Double {
    let fraction = Double(bits & (1 << UInt16(fractionBits) - 1))
    let exponent = Int(bits >> UInt16(fractionBits)) & (1 << exponentBits - 1)
    let bias = 1 << (exponentBits - 1) - 1
    let sign = bits >> 15 == 0 ? 1.0 : -1.0
    func power(_ exponent: Int) -> Double {
      Double(sign: .plus, exponent: exponent, significand: 1)
    }
    if exponent == 1 << exponentBits - 1 { return fraction == 0 ? sign * .infinity : .nan }
    if exponent == 0 { return sign * fraction * power(1 - bias - fractionBits) }
    return sign * (1 + fraction * power(-fractionBits)) * power(exponent - bias)
  }

  /// The first pattern that a conversion gets wrong.
  private func firstMistake(
    exponentBits: Int, fractionBits: Int, _ convert: (UInt16) -> Float
  ) -> UInt16? {
    (UInt16.min...UInt16.max).first { bits in
      let value = convert(bits)
      let expected = defined(bits, exponentBits: exponentBits, fractionBits: fractionBits)
      guard (value.sign == .minus) == (bits >> 15 == 1) else { return true }
      return expected.isNaN ? !value.isNaN : Double(value) != expected
    }
  }

  @Test func `converts all binary16 patterns exactly`() {
    #expect(
      firstMistake(exponentBits: 5, fractionBits: 10) { HalfPrecision.float(binary16: $0) } == nil)
  }

  @Test func `converts all bfloat16 patterns exactly`() {
    #expect(
      firstMistake(exponentBits: 8, fractionBits: 7) { HalfPrecision.float(bfloat16: $0) } == nil)
  }

  @Test(arguments: [0, 1]) func `converts arrays at any alignment`(_ offset: Int) {
    // 1.0, the smallest subnormal, -2 in binary16; the same bytes are other numbers in bfloat16.
    let bytes = [UInt8](repeating: 0xFF, count: offset) + [0x00, 0x3C, 0x01, 0x00, 0x00, 0xC0]
    bytes.withUnsafeBytes { source in
      guard let start = source.baseAddress else { return }
      let halves = [Float](unsafeUninitializedCapacity: 3) { buffer, count in
        if let target = buffer.baseAddress {
          HalfPrecision.convertBinary16(start + offset, count: 3, to: target)
        }
        count = 3
      }
      #expect(halves == [1, 0x1p-24, -2])
      let brains = [Float](unsafeUninitializedCapacity: 3) { buffer, count in
        if let target = buffer.baseAddress {
          HalfPrecision.convertBFloat16(start + offset, count: 3, to: target)
        }
        count = 3
      }
      #expect(brains == [0.0078125, Float(bitPattern: 0x0001_0000), -2])
    }
  }
}
