/// Rows of floats that a pass reads and the next one writes: `(rows, columns)`, row-major, aligned to 64 bytes.
///
/// The memory is reused: `resize` keeps it unless more is needed.
// Embedded Swift only lets other modules see the deinit of a type that is usable from inline.
@usableFromInline
package struct Activations: ~Copyable, @unchecked Sendable {
  package let columns: Int
  package private(set) var rows = 0
  private var capacity = 0
  private var memory: UnsafeMutablePointer<Float>

  /// Makes an empty matrix of that many columns.
  package init(columns: Int) {
    precondition(columns > 0, "a matrix has columns")
    self.columns = columns
    memory = Self.allocate(0)
  }

  deinit { memory.deallocate() }

  /// Sets the number of rows; the content is undefined afterwards.
  ///
  /// - Complexity: O(1), or O(`rows * columns`) when more memory is needed.
  package mutating func resize(rows: Int) {
    precondition(rows >= 0, "a matrix has rows")
    if rows * columns > capacity {
      memory.deallocate()
      capacity = rows * columns
      memory = Self.allocate(capacity)
    }
    self.rows = rows
  }

  /// The floats, `(rows, columns)`, for reading.
  package var pointer: UnsafePointer<Float> { UnsafePointer(memory) }

  /// The floats, `(rows, columns)`, for writing.
  package var mutablePointer: UnsafeMutablePointer<Float> { mutating get { memory } }

  private static func allocate(_ count: Int) -> UnsafeMutablePointer<Float> {
    UnsafeMutableRawPointer.allocate(byteCount: max(64, count * 4), alignment: 64)
      .initializeMemory(as: Float.self, repeating: 0, count: count)
  }
}
