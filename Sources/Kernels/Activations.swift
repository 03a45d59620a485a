/// Rows of floats that a pass reads and the next one writes: `(rows, columns)`, row-major, aligned to 64 bytes.
///
/// The memory is reused: `resize` keeps it unless more is needed.
// Embedded Swift only lets other modules see the deinit of a type that is usable from inline.
@usableFromInline
package struct Activations: ~Copyable, @unchecked Sendable {
  package let columns: Int
  package private(set) var rows = 0
  private var memory = ScratchMemory()

  /// Makes an empty matrix of that many columns.
  package init(columns: Int) {
    precondition(columns > 0, "a matrix has columns")
    self.columns = columns
  }

  /// Sets the number of rows; the content is undefined afterwards.
  ///
  /// - Complexity: O(1), or O(`rows * columns`) when more memory is needed.
  package mutating func resize(rows: Int) {
    precondition(rows >= 0, "a matrix has rows")
    _ = memory.reserve(byteCount: 4 * rows * columns)
    self.rows = rows
  }

  /// Gives the memory back; the matrix is empty then.
  package mutating func release() { self = Activations(columns: columns) }

  /// The floats, `(rows, columns)`, for reading.
  package var pointer: UnsafePointer<Float> { UnsafePointer(floats) }

  /// The floats, `(rows, columns)`, for writing.
  package var mutablePointer: UnsafeMutablePointer<Float> { mutating get { floats } }

  private var floats: UnsafeMutablePointer<Float> {
    memory.start.assumingMemoryBound(to: Float.self)
  }
}

extension Activations {
  /// A copy of one row, `(columns)`.
  ///
  /// - Complexity: O(`columns`).
  package borrowing func row(_ index: Int) -> [Float] {
    precondition(index >= 0 && index < rows, "a row of the matrix")
    return Array(UnsafeBufferPointer(start: pointer + index * columns, count: columns))
  }

  /// Replaces one row.
  ///
  /// - Complexity: O(`columns`).
  package mutating func setRow(_ index: Int, _ values: [Float]) {
    precondition(index >= 0 && index < rows && values.count == columns, "a row of the matrix")
    let target = mutablePointer + index * columns
    for column in 0..<columns { target[column] = values[column] }
  }

  /// Becomes a copy of a matrix with as many columns.
  ///
  /// - Complexity: O(`rows * columns`).
  package mutating func copy(_ other: borrowing Activations) {
    precondition(other.columns == columns, "a copy has the same columns")
    resize(rows: other.rows)
    mutablePointer.update(from: other.pointer, count: rows * columns)
  }

  /// Adds a matrix of the same shape.
  ///
  /// - Complexity: O(`rows * columns`).
  package mutating func add(_ other: borrowing Activations) {
    precondition(
      other.rows == rows && other.columns == columns, "operands of a sum have the same shape")
    let target = mutablePointer
    let source = other.pointer
    for index in 0..<rows * columns { target[index] += source[index] }
  }
}

/// Memory that a kernel works in, without a shape, kept for its next call.
@usableFromInline
package struct ScratchMemory: ~Copyable, @unchecked Sendable {
  fileprivate private(set) var start: UnsafeMutableRawPointer
  private var capacity = 0

  package init() { start = Self.allocate(0) }

  deinit { start.deallocate() }

  /// Memory of at least so many bytes, aligned to 64.
  ///
  /// Its content is undefined; it is valid until the next call.
  /// - Complexity: O(1), or O(`byteCount`) when more memory is needed.
  package mutating func reserve(byteCount: Int) -> UnsafeMutableRawPointer {
    if byteCount > capacity {
      start.deallocate()
      capacity = byteCount
      start = Self.allocate(byteCount)
    }
    return start
  }

  private static func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: max(64, byteCount), alignment: 64)
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
    return memory
  }
}
