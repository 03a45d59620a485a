#if AVX512BF16 && arch(x86_64)
  import CIntrinsics
  package import Kernels
  import KernelsAVX512

  /// Products of pairs of bfloat16 in registers of 512 bits: AVX512_BF16.
  enum AVX512BF16Products: BFloat16ProductUnit {
    typealias Unit = AVX512Unit
    typealias Lane = UInt32
    typealias Lanes = SIMD16<UInt32>

    @inline(__always)
    static func multiplyAdd(
      _ a: SIMD16<UInt32>, _ b: SIMD16<UInt32>, _ sum: SIMD16<Float>
    ) -> SIMD16<Float> {
      avx512_add_bf16_products(sum, a, b)
    }

    @inline(__always)
    static func pairs(_ first: SIMD16<Float>, _ second: SIMD16<Float>) -> SIMD16<UInt32> {
      avx512_round_to_bf16_pairs(first, second)
    }

    @inline(__always)
    static func pairsOfLanes(
      _ first: SIMD16<Float>, _ second: SIMD16<Float>
    ) -> SIMD16<UInt32> {
      avx512_round_to_bf16_pairs_of_lanes(first, second)
    }
  }

  extension MatrixProducts {
    /// Products for CPUs with AVX-512 and AVX512_BF16; nil when the program is for another architecture.
    package static let avx512BF16: MatrixProducts? = KernelSet.avx512.map {
      MatrixProducts(.avx512BF16, bfloat16: AVX512BF16Products.self, kernels: $0)
    }
  }

  extension AttentionKernel {
    /// Attention for CPUs with AVX-512 and AVX512_BF16; nil when the program is for another architecture.
    package static let avx512BF16: AttentionKernel? = AttentionKernel(AVX512BF16Products.self)
  }
#else
  package import Kernels

  extension MatrixProducts {
    package static var avx512BF16: MatrixProducts? { nil }
  }

  extension AttentionKernel {
    package static var avx512BF16: AttentionKernel? { nil }
  }
#endif
