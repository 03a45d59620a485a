/// The angles of rotary positions (Su et al., arXiv:2104.09864), as cosines and sines.
package struct Rotation: Sendable {
  /// The longest sequence.
  package let maximumLength: Int
  /// Half the width of a head: component `i` and component `i + pairs` are turned together.
  package let pairs: Int
  /// `(maximumLength, 2, pairs)`: of each position the cosines, then the sines.
  let angles: FloatStorage

  /// Makes a rotation of a function of the position and the pair.
  ///
  /// - Complexity: O(`maximumLength * pairs`).
  package init(
    pairs: Int, maximumLength: Int,
    _ angle: (_ position: Int, _ pair: Int) -> (cosine: Float, sine: Float)
  ) {
    precondition(pairs > 0 && maximumLength > 0, "a rotation has pairs and positions")
    self.pairs = pairs
    self.maximumLength = maximumLength
    angles = FloatStorage(count: maximumLength * 2 * pairs) { target in
      for position in 0..<maximumLength {
        for pair in 0..<pairs {
          let (cosine, sine) = angle(position, pair)
          target[position * 2 * pairs + pair] = cosine
          target[(position * 2 + 1) * pairs + pair] = sine
        }
      }
    }
  }
}
