/// A width of SIMD registers with its multiply-add: what the kernels are generic over.
///
/// Every kernel is written once, as an always-inlined extension of this protocol, and instantiated in one module per
/// instruction set, so that a plain build holds all of them and one is chosen at run time.
@usableFromInline
package protocol VectorUnit: SendableMetatype {
  associatedtype Floats: SIMD where Floats.Scalar == Float
  /// As many lanes of sums of integers.
  associatedtype Integers: SIMD where Integers.Scalar == Int32

  /// The rows whose sums a matrix product's inner loop holds in registers, two registers a row: 1 to 14.
  static var productRows: Int { get }

  /// `a * b + c`; one rounding where the instruction set has it, two otherwise.
  static func multiplyAdd(_ a: Floats, _ b: Floats, _ c: Floats) -> Floats

  /// Asks for the cache line at an address, which need not be valid.
  static func prefetch(_ address: UnsafeRawPointer)

  // The operations below are requirements, not generic code, because the standard library has instructions for them on
  // its concrete vectors alone and goes lane by lane otherwise.

  /// The larger of each pair of lanes; `a` where either is NaN.
  static func maximum(_ a: Floats, _ b: Floats) -> Floats

  /// The smaller of each pair of lanes; `a` where either is NaN.
  static func minimum(_ a: Floats, _ b: Floats) -> Floats

  /// The larger of each pair of lanes; NaN where either is.
  static func maximumOrNaN(_ a: Floats, _ b: Floats) -> Floats

  /// The largest lane; any lane when one is NaN.
  static func largest(_ a: Floats) -> Float

  /// The sum of all lanes, of halves first.
  static func sum(_ a: Floats) -> Float

  /// Four floats for each four lanes: `quad(0)` for the first ones.
  static func joined(_ quad: (_ place: Int) -> SIMD4<Float>) -> Floats

  /// Transposes the four by four floats that four registers hold in the same four lanes.
  static func transposeQuads(
    _ a: inout Floats, _ b: inout Floats, _ c: inout Floats, _ d: inout Floats)

  /// `sum` and the products of `2 * width` codes with a query's components, two of them in each lane.
  static func addCodeProducts(
    _ codes: UnsafePointer<Int8>, _ query: UnsafePointer<Int16>, _ sum: Integers
  ) -> Integers

  /// The codes of a register as floats.
  static func floats(_ codes: UnsafePointer<Int16>) -> Floats

  /// `2^n`, where `n + 127`, from 1 to 254, stands in the lowest nine bits of each lane.
  static func powerOfTwo(biased bits: Floats) -> Floats
}

extension VectorUnit {
  /// The number of floats in a register.
  @inlinable @inline(__always)
  static var width: Int { Floats.scalarCount }

  /// The columns that a matrix product's inner loop holds in registers: two of them.
  @inlinable @inline(__always)
  static var panelWidth: Int { 2 &* width }

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

  /// As many floats as there are, `count` or all of a register, then zeros; never reads past them.
  @inlinable @inline(__always)
  static func load(_ source: UnsafePointer<Float>, upTo count: Int) -> Floats {
    count >= width ? load(source) : load(source, count: count, filler: 0)
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

  /// Lays rows out column by column, a register of at most `width` rows each, filled up with zeros.
  ///
  /// - `source`: `(rows, columns)` with `stride` floats from row to row.
  /// - `target`: `(columns, width)` with `targetStride` floats from column to column.
  @inlinable @inline(__always)
  static func transpose(
    _ source: UnsafePointer<Float>, rows: Int, columns: Int, stride: Int,
    into target: UnsafeMutablePointer<Float>, targetStride: Int
  ) {
    @inline(__always)
    func transposeQuads(_ column: Int, hasAllRows: Bool) {
      @inline(__always)
      func register(_ first: Int) -> Floats {
        joined { place in
          let row = 4 &* place &+ first
          guard hasAllRows || row < rows else { return SIMD4(repeating: 0) }
          return UnsafeRawPointer(source + (row &* stride &+ column))
            .loadUnaligned(as: SIMD4<Float>.self)
        }
      }
      var (a, b, c, d) = (register(0), register(1), register(2), register(3))
      Self.transposeQuads(&a, &b, &c, &d)
      let target = target + column &* targetStride
      store(a, target)
      store(b, target + targetStride)
      store(c, target + 2 &* targetStride)
      store(d, target + 3 &* targetStride)
    }
    var column = 0
    if rows >= width {
      while column &+ 4 <= columns {
        transposeQuads(column, hasAllRows: true)
        column &+= 4
      }
    } else {
      while column &+ 4 <= columns {
        transposeQuads(column, hasAllRows: false)
        column &+= 4
      }
    }
    while column < columns {
      for lane in 0..<width {
        target[column &* targetStride &+ lane] = lane < rows ? source[lane &* stride &+ column] : 0
      }
      column &+= 1
    }
  }

  /// Twelve multiply-adds in registers, `rounds` times: as many as hide the latency of one.
  @inlinable @inline(__always)
  static func multiplyRegisters(rounds: Int) -> Float {
    let one = Floats(repeating: 1)
    var c00 = one, c01 = one, c10 = one, c11 = one, c20 = one, c21 = one
    var c30 = one, c31 = one, c40 = one, c41 = one, c50 = one, c51 = one
    let x = Floats(repeating: 0.5)
    for _ in 0..<rounds {
      c00 = multiplyAdd(x, c00, x)
      c01 = multiplyAdd(x, c01, x)
      c10 = multiplyAdd(x, c10, x)
      c11 = multiplyAdd(x, c11, x)
      c20 = multiplyAdd(x, c20, x)
      c21 = multiplyAdd(x, c21, x)
      c30 = multiplyAdd(x, c30, x)
      c31 = multiplyAdd(x, c31, x)
      c40 = multiplyAdd(x, c40, x)
      c41 = multiplyAdd(x, c41, x)
      c50 = multiplyAdd(x, c50, x)
      c51 = multiplyAdd(x, c51, x)
    }
    let sum = c00 + c01 + c10 + c11 + c20 + c21 + c30 + c31 + c40 + c41 + c50 + c51
    return Self.sum(sum)
  }
}
