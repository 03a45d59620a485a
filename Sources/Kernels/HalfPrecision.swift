/// Conversion of 16-bit floats to 32-bit ones, exact for every pattern.
///
/// By integer arithmetic, because `Float16` does not exist on every platform and is a library call per number on
/// others. Signalling NaN stay signalling, with their payload in the upper bits.
package enum HalfPrecision {
  /// The value of an IEEE 754 binary16 pattern: 1 sign, 5 exponent and 10 fraction bits.
  @inline(__always)
  package static func float(binary16 bits: UInt16) -> Float {
    let sign = UInt32(bits & 0x8000) << 16
    let exponent = UInt32(bits & 0x7C00) >> 10
    let fraction = UInt32(bits & 0x03FF)
    switch exponent {
    case 0:
      // Subnormal or zero: fraction * 2^-24. The leading one becomes the implicit bit.
      guard fraction != 0 else { return Float(bitPattern: sign) }
      let shift = UInt32(fraction.leadingZeroBitCount) - 21
      let normalized = (fraction << shift) & 0x03FF
      return Float(bitPattern: sign | (113 - shift) << 23 | normalized << 13)
    case 0x1F:
      return Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
    default:
      // The exponent's bias grows from 15 to 127.
      return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
  }

  /// The value of a bfloat16 pattern: the upper half of a binary32 one.
  @inline(__always)
  package static func float(bfloat16 bits: UInt16) -> Float {
    Float(bitPattern: UInt32(bits) << 16)
  }

  /// Converts `count` little-endian binary16 numbers at any alignment.
  ///
  /// - Complexity: O(`count`).
  package static func convertBinary16(
    _ source: UnsafeRawPointer, count: Int, to target: UnsafeMutablePointer<Float>
  ) {
    for index in 0..<count {
      let bits = source.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)
      target[index] = float(binary16: UInt16(littleEndian: bits))
    }
  }

  /// Converts `count` little-endian bfloat16 numbers at any alignment.
  ///
  /// - Complexity: O(`count`).
  package static func convertBFloat16(
    _ source: UnsafeRawPointer, count: Int, to target: UnsafeMutablePointer<Float>
  ) {
    for index in 0..<count {
      let bits = source.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)
      target[index] = float(bfloat16: UInt16(littleEndian: bits))
    }
  }
}
