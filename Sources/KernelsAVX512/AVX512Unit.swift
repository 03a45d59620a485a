#if AVX512 && arch(x86_64)
  public import CIntrinsics
  public import Kernels

  /// Registers of 512 bits with fused multiply-add: x86-64-v4.
  @usableFromInline
  package enum AVX512Unit: VectorUnit {
    @usableFromInline package typealias Floats = SIMD16<Float>
    @usableFromInline package typealias Integers = SIMD16<Int32>

    @inlinable @inline(__always)
    package static var productRows: Int { 14 }

    @inlinable @inline(__always)
    package static func prefetch(_ address: UnsafeRawPointer) { prefetch_for_read(address) }

    @inlinable @inline(__always)
    package static func multiplyAdd(
      _ a: SIMD16<Float>, _ b: SIMD16<Float>, _ c: SIMD16<Float>
    ) -> SIMD16<Float> {
      c.addingProduct(a, b)
    }

    @inlinable @inline(__always)
    package static func maximum(_ a: SIMD16<Float>, _ b: SIMD16<Float>) -> SIMD16<Float> {
      // `pointwiseMax` is an out-of-line call, and `replacing(with:where:)` takes registers of this size to pieces.
      avx512_maximum(a, b)
    }

    @inlinable @inline(__always)
    package static func minimum(_ a: SIMD16<Float>, _ b: SIMD16<Float>) -> SIMD16<Float> {
      avx512_minimum(a, b)
    }

    @inlinable @inline(__always)
    package static func maximumOrNaN(_ a: SIMD16<Float>, _ b: SIMD16<Float>) -> SIMD16<Float> {
      avx512_maximum_or_nan(a, b)
    }

    @inlinable @inline(__always)
    package static func largest(_ a: SIMD16<Float>) -> Float {
      avx512_largest(a)
    }

    @inlinable @inline(__always)
    package static func sum(_ a: SIMD16<Float>) -> Float {
      avx512_sum(a)
    }

    @inlinable @inline(__always)
    package static func joined(_ quad: (_ place: Int) -> SIMD4<Float>) -> SIMD16<Float> {
      avx512_join(quad(0), quad(1), quad(2), quad(3))
    }

    @inlinable @inline(__always)
    package static func transposeQuads(
      _ a: inout SIMD16<Float>, _ b: inout SIMD16<Float>, _ c: inout SIMD16<Float>,
      _ d: inout SIMD16<Float>
    ) {
      let (low, high) = (avx512_interleave_low(a, b), avx512_interleave_high(a, b))
      let (low2, high2) = (avx512_interleave_low(c, d), avx512_interleave_high(c, d))
      a = avx512_interleave_low_pairs(low, low2)
      b = avx512_interleave_high_pairs(low, low2)
      c = avx512_interleave_low_pairs(high, high2)
      d = avx512_interleave_high_pairs(high, high2)
    }

    @inlinable @inline(__always)
    package static func addCodeProducts(
      _ codes: UnsafePointer<Int8>, _ query: UnsafePointer<Int16>, _ sum: SIMD16<Int32>
    ) -> SIMD16<Int32> {
      avx512_add_code_products(sum, codes, query)
    }

    @inlinable @inline(__always)
    package static func floats(_ codes: UnsafePointer<Int16>) -> SIMD16<Float> {
      avx512_floats_of_words(codes)
    }

    @inlinable @inline(__always)
    package static func powerOfTwo(biased bits: SIMD16<Float>) -> SIMD16<Float> {
      unsafeBitCast(unsafeBitCast(bits, to: SIMD16<Int32>.self) &<< 23, to: SIMD16<Float>.self)
    }
  }

  extension KernelSet {
    /// The kernels for CPUs with AVX-512 F, BW, CD, DQ and VL; nil when the program is for another architecture.
    package static let avx512: KernelSet? = KernelSet(.avx512, AVX512Unit.self)
  }
#else
  package import Kernels

  extension KernelSet {
    package static var avx512: KernelSet? { nil }
  }
#endif
