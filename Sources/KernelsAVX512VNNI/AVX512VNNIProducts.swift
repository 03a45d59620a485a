#if AVX512VNNI && arch(x86_64)
  import CIntrinsics
  package import Kernels
  import KernelsAVX512

  /// Products of bytes in groups in registers of 512 bits: AVX512_VNNI.
  enum AVX512VNNIProducts: ByteProductUnit {
    typealias Unit = AVX512Unit
    typealias Lane = UInt32
    typealias Lanes = SIMD16<UInt32>
    typealias Sums = SIMD16<Int32>

    @inline(__always)
    static func multiplyAdd(
      _ a: SIMD16<UInt32>, _ b: SIMD16<UInt32>, _ sum: SIMD16<Int32>
    ) -> SIMD16<Int32> {
      avx512_add_byte_products(sum, a, b)
    }

    @inline(__always)
    static func floats(_ sums: SIMD16<Int32>) -> SIMD16<Float> { avx512_floats_of_ints(sums) }

    @inline(__always)
    static func storeBytes(_ values: SIMD16<Float>, _ target: UnsafeMutablePointer<UInt8>) {
      avx512_store_bytes(target, values)
    }
  }

  extension MatrixProducts {
    /// Products for CPUs with AVX-512 and AVX512_VNNI; nil when the program is for another architecture.
    package static let avx512VNNI: MatrixProducts? = KernelSet.avx512.map {
      MatrixProducts(.avx512VNNI, byteGroups: AVX512VNNIProducts.self, kernels: $0)
    }
  }
#else
  package import Kernels

  extension MatrixProducts {
    package static var avx512VNNI: MatrixProducts? { nil }
  }
#endif
