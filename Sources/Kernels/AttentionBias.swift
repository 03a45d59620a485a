/// Something added to every score of attention, by head and by how far the key stands behind the query.
@usableFromInline
package struct AttentionBias: Sendable {
  /// The longest sequence.
  @usableFromInline package let maximumLength: Int
  package let heads: Int
  /// `(heads, stride)`: of a head the values for the offsets `1 - maximumLength` to `maximumLength - 1`, then room for
  /// a register that goes on behind them.
  @usableFromInline let values: FloatStorage
  @usableFromInline let stride: Int

  /// Makes a bias of a function of the head and the offset, key minus query.
  ///
  /// - Complexity: O(`heads * maximumLength`).
  package init(heads: Int, maximumLength: Int, _ value: (_ head: Int, _ offset: Int) -> Float) {
    precondition(heads > 0 && maximumLength > 0, "a bias has heads and offsets")
    self.heads = heads
    self.maximumLength = maximumLength
    let stride = 2 * maximumLength - 1 + 64
    self.stride = stride
    values = FloatStorage(count: heads * stride) { target in
      for head in 0..<heads {
        for offset in 1 - maximumLength..<maximumLength {
          target[head * stride + offset + maximumLength - 1] = value(head, offset)
        }
      }
    }
  }

  /// The value of offset 0 of a head; those of the other offsets stand around it.
  @inlinable
  func center(_ head: Int) -> UnsafePointer<Float> {
    values.pointer + (head * stride + maximumLength - 1)
  }
}
