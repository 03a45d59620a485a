#if AVX2 && arch(x86_64)
  public import CIntrinsics
  public import Kernels

  /// Registers of 256 bits with fused multiply-add: x86-64-v3.
  @usableFromInline
  package enum AVX2Unit: VectorUnit {
    @usableFromInline package typealias Floats = SIMD8<Float>
    @usableFromInline package typealias Integers = SIMD8<Int32>

    @inlinable @inline(__always)
    package static var productRows: Int { 6 }

    @inlinable @inline(__always)
    package static func prefetch(_ address: UnsafeRawPointer) { prefetch_for_read(address) }

    @inlinable @inline(__always)
    package static func multiplyAdd(
      _ a: SIMD8<Float>, _ b: SIMD8<Float>, _ c: SIMD8<Float>
    ) -> SIMD8<Float> {
      c.addingProduct(a, b)
    }

    @inlinable @inline(__always)
    package static func maximum(_ a: SIMD8<Float>, _ b: SIMD8<Float>) -> SIMD8<Float> {
      // `pointwiseMax` is an out-of-line call, and `replacing(with:where:)` takes registers to pieces.
      avx2_maximum(a, b)
    }

    @inlinable @inline(__always)
    package static func minimum(_ a: SIMD8<Float>, _ b: SIMD8<Float>) -> SIMD8<Float> {
      avx2_minimum(a, b)
    }

    @inlinable @inline(__always)
    package static func maximumOrNaN(_ a: SIMD8<Float>, _ b: SIMD8<Float>) -> SIMD8<Float> {
      avx2_maximum_or_nan(a, b)
    }

    @inlinable @inline(__always)
    package static func largest(_ a: SIMD8<Float>) -> Float {
      let four = a.lowHalf.replacing(with: a.highHalf, where: a.highHalf .> a.lowHalf)
      let two = four.lowHalf.replacing(with: four.highHalf, where: four.highHalf .> four.lowHalf)
      return two.x > two.y ? two.x : two.y
    }

    @inlinable @inline(__always)
    package static func sum(_ a: SIMD8<Float>) -> Float {
      let four = a.lowHalf + a.highHalf
      let two = four.lowHalf + four.highHalf
      return two.x + two.y
    }

    @inlinable @inline(__always)
    package static func joined(_ quad: (_ place: Int) -> SIMD4<Float>) -> SIMD8<Float> {
      avx2_join(quad(0), quad(1))
    }

    @inlinable @inline(__always)
    package static func transposeQuads(
      _ a: inout SIMD8<Float>, _ b: inout SIMD8<Float>, _ c: inout SIMD8<Float>,
      _ d: inout SIMD8<Float>
    ) {
      let (low, high) = (avx2_interleave_low(a, b), avx2_interleave_high(a, b))
      let (low2, high2) = (avx2_interleave_low(c, d), avx2_interleave_high(c, d))
      a = avx2_interleave_low_pairs(low, low2)
      b = avx2_interleave_high_pairs(low, low2)
      c = avx2_interleave_low_pairs(high, high2)
      d = avx2_interleave_high_pairs(high, high2)
    }

    @inlinable @inline(__always)
    package static func addCodeProducts(
      _ codes: UnsafePointer<Int8>, _ query: UnsafePointer<Int16>, _ sum: SIMD8<Int32>
    ) -> SIMD8<Int32> {
      avx2_add_code_products(sum, codes, query)
    }

    @inlinable @inline(__always)
    package static func floats(_ codes: UnsafePointer<Int16>) -> SIMD8<Float> {
      avx2_floats_of_words(codes)
    }

    @inlinable @inline(__always)
    package static func powerOfTwo(biased bits: SIMD8<Float>) -> SIMD8<Float> {
      unsafeBitCast(unsafeBitCast(bits, to: SIMD8<Int32>.self) &<< 23, to: SIMD8<Float>.self)
    }
  }

  extension KernelSet {
    /// The kernels for CPUs with AVX2 and FMA; nil when the program is for another architecture.
    package static let avx2: KernelSet? = KernelSet(.avx2, AVX2Unit.self)
  }
#else
  package import Kernels

  extension KernelSet {
    package static var avx2: KernelSet? { nil }
  }
#endif
