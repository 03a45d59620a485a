#if arch(x86_64)
  import CIntrinsics
  package import Kernels
  import KernelsAVX512

  /// Registers of 512 bits that also multiply pairs of bfloat16: AVX512_BF16.
  ///
  /// A type of its own, so that code made for it is not taken for code that every CPU with AVX-512 can run.
  enum AVX512BF16Unit: BFloat16Unit {
    typealias Floats = SIMD16<Float>

    @inline(__always)
    static var productRows: Int { AVX512Unit.productRows }

    @inline(__always)
    static func addPairProducts(
      _ a: SIMD16<Float>, _ b: SIMD16<Float>, _ c: SIMD16<Float>
    ) -> SIMD16<Float> {
      avx512_dot_bf16_pairs(c, a, b)
    }

    @inline(__always)
    static func pairs(_ first: SIMD16<Float>, _ second: SIMD16<Float>) -> SIMD16<Float> {
      avx512_round_to_bf16_pairs(first, second)
    }

    @inline(__always)
    static func multiplyAdd(
      _ a: SIMD16<Float>, _ b: SIMD16<Float>, _ c: SIMD16<Float>
    ) -> SIMD16<Float> {
      AVX512Unit.multiplyAdd(a, b, c)
    }

    @inline(__always)
    static func prefetch(_ address: UnsafePointer<Float>) { AVX512Unit.prefetch(address) }

    @inline(__always)
    static func maximum(_ a: SIMD16<Float>, _ b: SIMD16<Float>) -> SIMD16<Float> {
      AVX512Unit.maximum(a, b)
    }

    @inline(__always)
    static func minimum(_ a: SIMD16<Float>, _ b: SIMD16<Float>) -> SIMD16<Float> {
      AVX512Unit.minimum(a, b)
    }

    @inline(__always)
    static func largest(_ a: SIMD16<Float>) -> Float { AVX512Unit.largest(a) }

    @inline(__always)
    static func scale(_ a: SIMD16<Float>, byPowerOfTwo bits: SIMD16<Float>) -> SIMD16<Float> {
      AVX512Unit.scale(a, byPowerOfTwo: bits)
    }
  }

  extension BFloat16Kernels {
    /// The products for CPUs with AVX-512 and AVX512_BF16.
    package static let avx512 = BFloat16Kernels("AVX512_BF16", AVX512BF16Unit.self)
  }
#endif
