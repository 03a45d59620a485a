/// The registers that every CPU of the architecture has: SSE2, NEON, or WebAssembly's 128 bits.
@usableFromInline
package enum BaselineUnit: VectorUnit {
  @usableFromInline package typealias Floats = SIMD4<Float>
  @usableFromInline package typealias Integers = SIMD4<Int32>

  @inlinable @inline(__always)
  package static func multiplyAdd(
    _ a: SIMD4<Float>, _ b: SIMD4<Float>, _ c: SIMD4<Float>
  ) -> SIMD4<Float> {
    #if arch(arm64)
      c.addingProduct(a, b)
    #else
      // Without the instruction, addingProduct is a library call for each lane.
      a * b + c
    #endif
  }
}
