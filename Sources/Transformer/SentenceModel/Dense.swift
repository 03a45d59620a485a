package import Kernels

/// A Dense module: a linear layer, a function, and optionally the input added to its result.
///
/// Source: `Dense` of sentence-transformers 6.2 (`base/modules/dense.py`).
package struct Dense<Engine: MatrixEngine>: Sendable {
  private let linear: Linear<Engine.PreparedWeight>
  private let function: ActivationFunction
  private let residual: Residual

  /// What is added to the result.
  package enum Residual: Sendable {
    case none
    /// The input itself, of the same dimensions.
    case input
    /// The input through a linear layer without a bias.
    case projection(Linear<Engine.PreparedWeight>)
  }

  package init(
    _ linear: Linear<Engine.PreparedWeight>, _ function: ActivationFunction, residual: Residual
  ) {
    self.linear = linear
    self.function = function
    self.residual = residual
  }

  /// Applies the module to `(rows, inputs)`, giving `(rows, outputs)`.
  ///
  /// - Complexity: O(rows · inputs · outputs).
  package func forward(_ input: borrowing Activations, engine: Engine) -> Activations {
    var output = Activations(columns: linear.outputs)
    output.resize(rows: input.rows)
    var scratch = ScratchMemory()
    engine.multiply(
      input, by: linear, epilogue: .bias(function), into: &output, scratch: &scratch,
      loop: .serial)
    switch residual {
    case .none:
      break
    case .input:
      output.add(input)
    case .projection(let projection):
      var added = Activations(columns: projection.outputs)
      added.resize(rows: input.rows)
      engine.multiply(
        input, by: projection, epilogue: .none, into: &added, scratch: &scratch, loop: .serial)
      output.add(added)
    }
    return output
  }
}

/// A Dense module's settings: `activation(x * weightᵀ + bias)`, plus `x` or a projection of it when it is residual.
///
/// Source: `Dense` of sentence-transformers 6.2 (`base/modules/dense.py`).
package struct DenseConfiguration: Sendable, Hashable {
  /// The length of an incoming vector.
  package var inputs: Int
  /// The length of an outgoing vector.
  package var outputs: Int
  package var hasBias: Bool
  package var activation: ActivationFunction
  /// Whether the incoming vector is added behind the activation; through a matrix without bias,
  /// `(outputs, inputs)`, when the lengths differ.
  package var usesResidual: Bool

  package init(
    inputs: Int, outputs: Int, hasBias: Bool = true, activation: ActivationFunction = .tanh,
    usesResidual: Bool = false
  ) {
    self.inputs = inputs
    self.outputs = outputs
    self.hasBias = hasBias
    self.activation = activation
    self.usesResidual = usesResidual
  }
}
