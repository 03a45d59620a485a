#if AVXVNNI && arch(x86_64)
  import CIntrinsics
  package import Kernels
  import KernelsAVX2

  /// Products of bytes in groups in registers of 256 bits: AVX-VNNI.
  enum AVXVNNIProducts: ByteProductUnit {
    typealias Unit = AVX2Unit
    typealias Lane = UInt32
    typealias Lanes = SIMD8<UInt32>
    typealias Sums = SIMD8<Int32>

    @inline(__always)
    static func multiplyAdd(
      _ a: SIMD8<UInt32>, _ b: SIMD8<UInt32>, _ sum: SIMD8<Int32>
    ) -> SIMD8<Int32> {
      avx2_add_byte_products(sum, a, b)
    }

    @inline(__always)
    static func floats(_ sums: SIMD8<Int32>) -> SIMD8<Float> { avx2_floats_of_ints(sums) }

    @inline(__always)
    static func storeBytes(_ values: SIMD8<Float>, _ target: UnsafeMutablePointer<UInt8>) {
      avx2_store_bytes(target, values)
    }
  }

  extension MatrixProducts {
    /// Products for CPUs with AVX2 and AVX-VNNI; nil when the program is for another architecture.
    package static let avxVNNI: MatrixProducts? = KernelSet.avx2.map {
      MatrixProducts(.avxVNNI, byteGroups: AVXVNNIProducts.self, kernels: $0)
    }
  }
#else
  package import Kernels

  extension MatrixProducts {
    package static var avxVNNI: MatrixProducts? { nil }
  }
#endif
