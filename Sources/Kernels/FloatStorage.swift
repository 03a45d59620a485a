/// A run of numbers that does not change: memory of its own, or part of a mapped file that it keeps alive.
///
/// Immutable once made, so it may be read from any thread.
@usableFromInline
package final class NumberStorage<Number: BitwiseCopyable>: @unchecked Sendable {
  /// `count` numbers, valid as long as this object lives.
  @usableFromInline package let pointer: UnsafePointer<Number>
  /// How many there are.
  package let count: Int
  /// Gives the memory back that part of a file takes until it is read again; nil of memory of its own.
  package let releasePages: (() -> Void)?
  private let release: () -> Void

  /// Wraps memory that `release` frees; it runs once, when the last reference is gone.
  package init(
    _ pointer: UnsafePointer<Number>, count: Int, releasePages: (() -> Void)? = nil,
    release: @escaping () -> Void
  ) {
    self.pointer = pointer
    self.count = count
    self.releasePages = releasePages
    self.release = release
  }

  deinit { release() }
}

/// Floats: of weights, or lanes that are laid out in their place.
@usableFromInline
package typealias FloatStorage = NumberStorage<Float>

extension FloatStorage {
  /// Allocates memory, aligned to a cache line of 64 bytes, and lets `initialize` fill it.
  package convenience init(
    count: Int, initialize: (UnsafeMutablePointer<Float>) -> Void
  ) {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: max(1, count) * 4, alignment: 64)
    let floats = memory.initializeMemory(as: Float.self, repeating: 0, count: count)
    initialize(floats)
    self.init(floats, count: count) { memory.deallocate() }
  }

  /// A copy of all floats.
  ///
  /// - Complexity: O(`count`).
  package var values: [Float] {
    withExtendedLifetime(self) { Array(UnsafeBufferPointer(start: pointer, count: count)) }
  }

  /// Copies an array.
  ///
  /// - Complexity: O(`values.count`).
  package convenience init(_ values: [Float]) {
    self.init(count: values.count) { target in
      for index in values.indices { target[index] = values[index] }
    }
  }

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

/// Weights in row-major order, as a model file has them: `(rows, columns)` = (outputs, inputs) for a linear layer.
package struct WeightMatrix: Sendable {
  package let rows: Int
  package let columns: Int
  /// `(rows, columns)`, row-major, starting at the storage's first float.
  package let storage: FloatStorage

  /// - Precondition: `storage` holds `rows * columns` floats.
  package init(rows: Int, columns: Int, storage: FloatStorage) {
    precondition(rows * columns == storage.count, "a matrix has rows * columns weights")
    self.rows = rows
    self.columns = columns
    self.storage = storage
  }

  /// The first float of a row.
  func row(_ index: Int) -> UnsafePointer<Float> {
    precondition(index >= 0 && index < rows, "a row of the matrix")
    return storage.pointer + index * columns
  }
}
