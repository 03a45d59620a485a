package import Kernels

#if arch(x86_64)
  /// Registers of 256 bits with fused multiply-add: x86-64-v3.
  enum AVX2Unit: VectorUnit {
    typealias Floats = SIMD8<Float>
    typealias Integers = SIMD8<Int32>

    @inline(__always)
    static func multiplyAdd(
      _ a: SIMD8<Float>, _ b: SIMD8<Float>, _ c: SIMD8<Float>
    ) -> SIMD8<Float> {
      c.addingProduct(a, b)
    }
  }

  extension KernelSet {
    /// The kernels for CPUs with AVX2 and FMA.
    package static let avx2 = KernelSet("AVX2", AVX2Unit.self)
  }
#endif
