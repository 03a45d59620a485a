package import Kernels

/// The registers that every CPU of the architecture has: SSE2, NEON, or WebAssembly's 128 bits.
enum BaselineUnit: VectorUnit {
  typealias Floats = SIMD4<Float>
  typealias Integers = SIMD4<Int32>

  @inline(__always)
  static var productRows: Int { 6 }

  @inline(__always)
  static func prefetch(_ address: UnsafeRawPointer) {}

  @inline(__always)
  static func multiplyAdd(
    _ a: SIMD4<Float>, _ b: SIMD4<Float>, _ c: SIMD4<Float>
  ) -> SIMD4<Float> {
    #if arch(arm64)
      c.addingProduct(a, b)
    #else
      // Without the instruction, addingProduct is a library call for each lane.
      a * b + c
    #endif
  }

  @inline(__always)
  static func maximum(_ a: SIMD4<Float>, _ b: SIMD4<Float>) -> SIMD4<Float> {
    // `pointwiseMax` is an out-of-line call.
    a.replacing(with: b, where: b .> a)
  }

  @inline(__always)
  static func minimum(_ a: SIMD4<Float>, _ b: SIMD4<Float>) -> SIMD4<Float> {
    a.replacing(with: b, where: b .< a)
  }

  @inline(__always)
  static func maximumOrNaN(_ a: SIMD4<Float>, _ b: SIMD4<Float>) -> SIMD4<Float> {
    a.replacing(with: b, where: (b .> a) .| (b .!= b))
  }

  @inline(__always)
  static func largest(_ a: SIMD4<Float>) -> Float {
    let two = a.lowHalf.replacing(with: a.highHalf, where: a.highHalf .> a.lowHalf)
    return two.x > two.y ? two.x : two.y
  }

  @inline(__always)
  static func sum(_ a: SIMD4<Float>) -> Float {
    let two = a.lowHalf + a.highHalf
    return two.x + two.y
  }

  @inline(__always)
  static func joined(_ quad: (_ place: Int) -> SIMD4<Float>) -> SIMD4<Float> { quad(0) }

  @inline(__always)
  static func transposeQuads(
    _ a: inout SIMD4<Float>, _ b: inout SIMD4<Float>, _ c: inout SIMD4<Float>,
    _ d: inout SIMD4<Float>
  ) {
    let low = SIMD4(a.x, b.x, a.y, b.y)
    let high = SIMD4(a.z, b.z, a.w, b.w)
    let low2 = SIMD4(c.x, d.x, c.y, d.y)
    let high2 = SIMD4(c.z, d.z, c.w, d.w)
    a = SIMD4(lowHalf: low.lowHalf, highHalf: low2.lowHalf)
    b = SIMD4(lowHalf: low.highHalf, highHalf: low2.highHalf)
    c = SIMD4(lowHalf: high.lowHalf, highHalf: high2.lowHalf)
    d = SIMD4(lowHalf: high.highHalf, highHalf: high2.highHalf)
  }

  @inline(__always)
  static func addCodeProducts(
    _ codes: UnsafePointer<Int8>, _ query: UnsafePointer<Int16>, _ sum: SIMD4<Int32>
  ) -> SIMD4<Int32> {
    let x = SIMD8<Int32>(
      truncatingIfNeeded: UnsafeRawPointer(codes).loadUnaligned(as: SIMD8<Int8>.self))
    let y = SIMD8<Int32>(
      truncatingIfNeeded: UnsafeRawPointer(query).loadUnaligned(as: SIMD8<Int16>.self))
    let products = x &* y
    return sum &+ products.lowHalf &+ products.highHalf
  }

  @inline(__always)
  static func floats(_ codes: UnsafePointer<Int16>) -> SIMD4<Float> {
    SIMD4(
      SIMD4<Int32>(
        truncatingIfNeeded: UnsafeRawPointer(codes).loadUnaligned(as: SIMD4<Int16>.self)))
  }

  @inline(__always)
  static func powerOfTwo(biased bits: SIMD4<Float>) -> SIMD4<Float> {
    unsafeBitCast(unsafeBitCast(bits, to: SIMD4<Int32>.self) &<< 23, to: SIMD4<Float>.self)
  }
}

extension KernelSet {
  /// The kernels for every CPU of the architecture.
  package static let baseline = KernelSet(.baseline, BaselineUnit.self)
}
