/// A width of SIMD registers with its multiply-add: what the kernels are generic over.
///
/// Every kernel is written once, as an always-inlined extension of this protocol, and instantiated in one module per
/// instruction set, so that a plain build holds all of them and `KernelSet` chooses at run time.
@usableFromInline
package protocol VectorUnit: SendableMetatype {
  associatedtype Floats: SIMD where Floats.Scalar == Float

  /// The rows whose sums a matrix product's inner loop holds in registers, two registers a row: 1 to 14.
  static var productRows: Int { get }

  /// `a * b + c`; one rounding where the instruction set has it, two otherwise.
  static func multiplyAdd(_ a: Floats, _ b: Floats, _ c: Floats) -> Floats

  /// Asks for the cache line at an address, which need not be valid.
  static func prefetch(_ address: UnsafePointer<Float>)

  // The operations below are requirements, not generic code, because the standard library has instructions for them on
  // its concrete vectors alone and goes lane by lane otherwise.

  /// The larger of each pair of lanes.
  static func maximum(_ a: Floats, _ b: Floats) -> Floats

  /// The smaller of each pair of lanes.
  static func minimum(_ a: Floats, _ b: Floats) -> Floats

  /// The largest lane.
  static func largest(_ a: Floats) -> Float

  /// `a * 2^n`, where `n` is a whole number from -126 to 127 that stands in the low bits of each lane of `bits`.
  static func scale(_ a: Floats, byPowerOfTwo bits: Floats) -> Floats
}

extension VectorUnit {
  /// The number of floats in a register.
  @inlinable @inline(__always)
  static var width: Int { Floats.scalarCount }

  @inlinable @inline(__always)
  static func load(_ source: UnsafePointer<Float>) -> Floats {
    UnsafeRawPointer(source).loadUnaligned(as: Floats.self)
  }

  @inlinable @inline(__always)
  static func load(_ source: UnsafeMutablePointer<Float>) -> Floats {
    UnsafeRawPointer(source).loadUnaligned(as: Floats.self)
  }

  @inlinable @inline(__always)
  static func store(_ value: Floats, _ target: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(target).storeBytes(of: value, as: Floats.self)
  }

  /// The first `count` floats, then `filler`; never reads past them.
  @inlinable @inline(__always)
  static func load(_ source: UnsafePointer<Float>, count: Int, filler: Float) -> Floats {
    var value = Floats(repeating: filler)
    var lane = 0
    while lane < count {
      value[lane] = source[lane]
      lane &+= 1
    }
    return value
  }

  /// Stores the first `count` floats.
  @inlinable @inline(__always)
  static func store(_ value: Floats, _ target: UnsafeMutablePointer<Float>, count: Int) {
    var lane = 0
    while lane < count {
      target[lane] = value[lane]
      lane &+= 1
    }
  }
}
