package import Kernels

/// The angles that queries and keys of each sequence are turned by.
package struct SequenceRotations: Sendable {
  /// For sequences up to its length.
  private let rotation: Rotation
  /// Makes the angles of a longer sequence, of that many tokens; nil when there is none.
  private let longRotation: (@Sendable (_ length: Int) -> Rotation)?

  /// - Parameter longRotation: makes the angles of sequences that are longer than `rotation` allows, where those depend
  ///   on the length.
  package init(
    _ rotation: Rotation, longRotation: (@Sendable (_ length: Int) -> Rotation)? = nil
  ) {
    self.rotation = rotation
    self.longRotation = longRotation
  }

  /// The angles for each sequence of a batch, which depend on its own length and never on that of others.
  ///
  /// - Complexity: O(sequences), and O(length · pairs) for each sequence that needs angles of its own.
  func rotations(of batch: TokenBatch) -> [Rotation] {
    (0..<batch.count).map { sequence in
      let length = batch.range(of: sequence).count
      guard length > rotation.maximumLength, let longRotation else { return rotation }
      return longRotation(length)
    }
  }
}
