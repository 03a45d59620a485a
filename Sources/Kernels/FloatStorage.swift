/// A run of floats that does not change: memory of its own, or part of a mapped file that it keeps alive.
///
/// Immutable once made, so it may be read from any thread.
@usableFromInline
package final class FloatStorage: @unchecked Sendable {
  /// `count` floats, valid as long as this object lives.
  @usableFromInline package let pointer: UnsafePointer<Float>
  /// The number of floats.
  package let count: Int
  private let release: () -> Void

  /// Wraps memory that `release` frees; it runs once, when the last reference is gone.
  package init(_ pointer: UnsafePointer<Float>, count: Int, release: @escaping () -> Void) {
    self.pointer = pointer
    self.count = count
    self.release = release
  }

  /// Allocates memory, aligned to a cache line of 64 bytes, and lets `initialize` fill it.
  package convenience init(
    count: Int, initialize: (UnsafeMutablePointer<Float>) -> Void
  ) {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: max(1, count) * 4, alignment: 64)
    let floats = memory.initializeMemory(as: Float.self, repeating: 0, count: count)
    initialize(floats)
    self.init(floats, count: count) { memory.deallocate() }
  }

  deinit { release() }
}

extension FloatStorage {
  /// Whether all floats are numbers, none infinite.
  ///
  /// - Complexity: O(`count`).
  package var isFinite: Bool {
    // Adding one to an exponent of ones carries into the sign bit; without a branch, this is a loop over registers.
    var carries: UInt32 = 0
    for index in 0..<count { carries |= (pointer[index].bitPattern & 0x7F80_0000) &+ 0x0080_0000 }
    return carries & 0x8000_0000 == 0
  }
}
