/// A vector unit that also multiplies in bfloat16: a lane of 32 bits holds a pair of them, the first in the low half.
@usableFromInline
package protocol BFloat16Unit: VectorUnit {
  /// `c + first(a) * first(b) + second(a) * second(b)`, summed in single precision.
  static func addPairProducts(_ a: Floats, _ b: Floats, _ c: Floats) -> Floats

  /// Rounds two registers of floats to one of pairs, in their order, ties to even.
  static func pairs(_ first: Floats, _ second: Floats) -> Floats
}

/// A unit whose products are those of pairs, so that the loops of the matrix product serve both.
@usableFromInline
enum PairProducts<Unit: BFloat16Unit>: VectorUnit {
  @usableFromInline typealias Floats = Unit.Floats

  @inlinable @inline(__always)
  static var productRows: Int { Unit.productRows }

  @inlinable @inline(__always)
  static func multiplyAdd(_ a: Floats, _ b: Floats, _ c: Floats) -> Floats {
    Unit.addPairProducts(a, b, c)
  }

  @inlinable @inline(__always)
  static func prefetch(_ address: UnsafePointer<Float>) { Unit.prefetch(address) }

  @inlinable @inline(__always)
  static func maximum(_ a: Floats, _ b: Floats) -> Floats { Unit.maximum(a, b) }

  @inlinable @inline(__always)
  static func minimum(_ a: Floats, _ b: Floats) -> Floats { Unit.minimum(a, b) }

  @inlinable @inline(__always)
  static func largest(_ a: Floats) -> Float { Unit.largest(a) }

  @inlinable @inline(__always)
  static func scale(_ a: Floats, byPowerOfTwo bits: Floats) -> Floats {
    Unit.scale(a, byPowerOfTwo: bits)
  }
}

extension BFloat16Unit {
  /// Rounds `(count)` floats to `(ceil(count / 2))` pairs; the half of a pair that is missing is zero.
  @inlinable @inline(__always)
  static func roundToPairs(
    _ source: UnsafePointer<Float>, count: Int, into target: UnsafeMutablePointer<Float>
  ) {
    var offset = 0
    while offset &+ panelWidth <= count {
      store(pairs(load(source + offset), load(source + (offset &+ width))), target + offset / 2)
      offset &+= panelWidth
    }
    guard offset < count else { return }
    let left = count &- offset
    let first = load(source + offset, count: left < width ? left : width, filler: 0)
    let second =
      left > width
      ? load(source + (offset &+ width), count: left &- width, filler: 0) : Floats(repeating: 0)
    store(pairs(first, second), target + offset / 2, count: (left &+ 1) / 2)
  }
}
