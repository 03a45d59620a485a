import Foundation
import Kernels
import Transformer

extension PositionEncoding.Rotary {
  /// The angles of all sequences, in tables for as many places as the sequences have that share them.
  ///
  /// - Complexity: O(`maximumLength * headSize`).
  func rotations(headSize: Int, maximumLength: Int) -> SequenceRotations {
    switch scaling {
    case .none:
      return SequenceRotations(
        Self.rotation(Self.frequencies(base: Float(base), headSize), maximumLength))
    case .linear(let factor):
      let frequencies = Self.frequencies(base: Float(base), headSize).map { $0 / Float(factor) }
      return SequenceRotations(Self.rotation(frequencies, maximumLength))
    case .ntk(let factor):
      let divisor = Float(pow(factor, 2 / Double(headSize)))
      let frequencies = Self.frequencies(base: Float(base * factor), headSize)
      return SequenceRotations(Self.rotation(frequencies.map { $0 / divisor }, maximumLength))
    case .dynamic(let factor, let trainedLength):
      let short = Self.rotation(
        Self.frequencies(base: Float(base), headSize), min(trainedLength, maximumLength))
      return SequenceRotations(short) { [base] length in
        let growth = Float(factor) * Float(length) / Float(trainedLength) - Float(factor - 1)
        let power = Float(pow(Double(growth), Double(headSize) / Double(headSize - 2)))
        return Self.rotation(Self.frequencies(base: Float(base) * power, headSize), length)
      }
    }
  }

  /// `(headSize / 2)`: by how much the angle of each pair grows from place to place.
  ///
  /// Rounded to single precision step by step, here and in `rotation`, as transformers does: far from the start, the
  /// rounding shows.
  private static func frequencies(base: Float, _ headSize: Int) -> [Float] {
    (0..<headSize / 2).map { pair in
      1 / Float(pow(Double(base), Double(Float(2 * pair) / Float(headSize))))
    }
  }

  private static func rotation(_ frequencies: [Float], _ length: Int) -> Rotation {
    Rotation(pairs: frequencies.count, maximumLength: length) { position, pair in
      let angle = Double(Float(position) * frequencies[pair])
      return (cosine: Float(cos(angle)), sine: Float(sin(angle)))
    }
  }
}
