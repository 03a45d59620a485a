import CIntrinsics
package import Kernels

#if arch(x86_64)
  /// Registers of 512 bits with fused multiply-add: x86-64-v4.
  enum AVX512Unit: VectorUnit {
    typealias Floats = SIMD16<Float>

    @inline(__always)
    static var productRows: Int { 14 }

    @inline(__always)
    static func prefetch(_ address: UnsafePointer<Float>) { prefetch_for_read(address) }

    @inline(__always)
    static func multiplyAdd(
      _ a: SIMD16<Float>, _ b: SIMD16<Float>, _ c: SIMD16<Float>
    ) -> SIMD16<Float> {
      c.addingProduct(a, b)
    }

    @inline(__always)
    static func maximum(_ a: SIMD16<Float>, _ b: SIMD16<Float>) -> SIMD16<Float> {
      // `pointwiseMax` is an out-of-line call.
      a.replacing(with: b, where: b .> a)
    }

    @inline(__always)
    static func minimum(_ a: SIMD16<Float>, _ b: SIMD16<Float>) -> SIMD16<Float> {
      a.replacing(with: b, where: b .< a)
    }

    @inline(__always)
    static func scale(_ a: SIMD16<Float>, byPowerOfTwo bits: SIMD16<Float>) -> SIMD16<Float> {
      let exponent = unsafeBitCast(bits, to: SIMD16<Int32>.self) &<< 23
      return unsafeBitCast(
        unsafeBitCast(a, to: SIMD16<Int32>.self) &+ exponent, to: SIMD16<Float>.self)
    }
  }

  extension KernelSet {
    /// The kernels for CPUs with AVX-512 F, BW, CD, DQ and VL.
    package static let avx512 = KernelSet("AVX-512", AVX512Unit.self)
  }
#endif
