extension TinyModel {
  /// What stands out among a model's numbers, as it does in large trained ones; by default nothing.
  package struct Outliers: Sendable {
    /// How many times as large layer norms make two of the components.
    package var gain: Float = 1
    /// What weights of a layer are multiplied by that read these components; with 1, little else decides.
    package var readingWeight: Float = 1
    /// Whether the last layer norm makes them as small as the others again; else vectors consist of little else.
    package var areLevelled = false
    /// How many times as large as others the weights of two columns of each matrix are.
    package var columnGain: Float = 1
    /// What one unit between the two layers of each feed-forward block is near.
    ///
    /// It is added to all components alike, so that the layer norm takes it away again; but meanwhile sums in single
    /// precision have lost digits, the longer ones more. Source: Sun, Chen, Kolter and Liu, "Massive Activations in
    /// Large Language Models", arXiv:2402.17762.
    package var massiveActivation: Float = 0

    private static let components = [3, 11]
    private static let columns = [6, 20]
    private static let unit = 5

    /// Changes the gains of a layer norm.
    func change(scale: inout Tensor, isLast: Bool) {
      for component in Self.components {
        scale.values[component] *= isLast && areLevelled ? 1 / gain : gain
      }
    }

    /// Changes the weights of a layer's matrix, which reads the components themselves or what was made of them.
    func change(matrix: inout Tensor, readsComponents: Bool) {
      if columnGain != 1 {
        for column in Self.columns { matrix.changeColumn(column) { $0 *= columnGain } }
      }
      if readsComponents {
        for component in Self.components { matrix.changeColumn(component) { $0 *= readingWeight } }
      }
    }

    /// Changes the two layers of a feed-forward block, a matrix and a bias each.
    func change(expansion: inout [Tensor], contraction: inout [Tensor]) {
      guard massiveActivation > 0 else { return }
      expansion[1].values[Self.unit] = massiveActivation
      contraction[0].changeColumn(Self.unit) { $0 = 1 }
    }
  }
}

extension TinyModel.Tensor {
  /// Changes each weight of a matrix's column.
  fileprivate mutating func changeColumn(_ column: Int, _ change: (inout Float) -> Void) {
    for row in 0..<shape[0] { change(&values[row * shape[1] + column]) }
  }
}
