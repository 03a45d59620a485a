package import Kernels

/// Makes one vector of the token vectors of each sequence.
///
/// Source: `Pooling` of sentence-transformers 6.2 (`sentence_transformer/modules/pooling.py`).
package struct Pooling: Sendable {
  package let configuration: PoolingConfiguration
  private let kernels: KernelSet

  package init(_ configuration: PoolingConfiguration, kernels: KernelSet) {
    self.configuration = configuration
    self.kernels = kernels
  }

  /// Pools rows of `hidden`, `(tokens, hidden)`, to a vector of `modes * hidden` components.
  ///
  /// - Parameter promptLength: leading rows that take no part when the configuration leaves the prompt out; at least
  ///   one row is always pooled.
  /// - Complexity: O(rows · modes · hidden).
  package func pool(
    _ hidden: borrowing Activations, _ rows: Range<Int>, promptLength: Int
  ) -> [Float] {
    let excluded = configuration.includesPrompt ? 0 : min(promptLength, rows.count - 1)
    let pooled = rows.dropFirst(excluded)
    if configuration.modes.count == 1 {
      return pool(hidden, pooled, configuration.modes[0], excluded: excluded)
    }
    var result: [Float] = []
    result.reserveCapacity(configuration.modes.count * hidden.columns)
    for mode in configuration.modes {
      result += pool(hidden, pooled, mode, excluded: excluded)
    }
    return result
  }

  private func pool(
    _ hidden: borrowing Activations, _ rows: Range<Int>, _ mode: PoolingMode, excluded: Int
  ) -> [Float] {
    let count = Float(rows.count)
    switch mode {
    case .cls:
      return hidden.row(rows.lowerBound)
    case .lastToken:
      return hidden.row(rows.upperBound - 1)
    case .max:
      var largest = hidden.row(rows.lowerBound)
      kernels.takeMaximum(of: hidden, rows, into: &largest)
      return largest
    case .mean:
      return sum(hidden, rows) { _ in 1 / count }
    case .meanSquareRootLength:
      return sum(hidden, rows) { _ in 1 / count.squareRoot() }
    case .weightedMean:
      // Tokens keep their place in the whole sequence as their weight.
      let first = excluded + 1
      let total = Float((first + excluded + rows.count) * rows.count / 2)
      return sum(hidden, rows) { Float(first + $0) / total }
    }
  }

  private func sum(
    _ hidden: borrowing Activations, _ rows: Range<Int>, factor: (Int) -> Float
  ) -> [Float] {
    var sum = [Float](repeating: 0, count: hidden.columns)
    kernels.addRows(of: hidden, rows, into: &sum, factor: factor)
    return sum
  }
}

/// A Pooling module's settings.
package struct PoolingConfiguration: Sendable, Hashable {
  /// One or more modes, in the order of their concatenation.
  package var modes: [PoolingMode]
  /// Whether the prompt's tokens take part.
  package var includesPrompt: Bool

  package init(modes: [PoolingMode], includesPrompt: Bool = true) {
    precondition(!modes.isEmpty, "pooling needs a mode")
    self.modes = modes
    self.includesPrompt = includesPrompt
  }
}

/// How the token vectors of a sequence become one vector; several modes are concatenated in the order of the list.
///
/// Source: `Pooling` of sentence-transformers 6.2 (`sentence_transformer/modules/pooling.py`).
package enum PoolingMode: Int, Sendable, Hashable, CaseIterable {
  /// The first token.
  case cls
  /// The largest value of each component.
  case max
  /// The arithmetic mean.
  case mean
  /// The sum divided by the square root of the number of tokens.
  case meanSquareRootLength
  /// The mean with weights 1, 2, … by position.
  case weightedMean
  /// The last token.
  case lastToken
}
