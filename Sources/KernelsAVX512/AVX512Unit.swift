package import Kernels

#if arch(x86_64)
  /// Registers of 512 bits with fused multiply-add: x86-64-v4.
  enum AVX512Unit: VectorUnit {
    typealias Floats = SIMD16<Float>
    typealias Integers = SIMD16<Int32>

    @inline(__always)
    static func multiplyAdd(
      _ a: SIMD16<Float>, _ b: SIMD16<Float>, _ c: SIMD16<Float>
    ) -> SIMD16<Float> {
      c.addingProduct(a, b)
    }
  }

  extension KernelSet {
    /// The kernels for CPUs with AVX-512 F, BW, CD, DQ and VL.
    package static let avx512 = KernelSet("AVX-512", AVX512Unit.self)
  }
#endif
