package import EmbedCore
package import JSON
import Kernels
package import Transformer

extension DenseConfiguration {
  /// Reads a Dense module's `config.json`.
  ///
  /// - Parameter inputs: The length of the vector that the module before gives, which the file must agree with.
  ///
  /// Throws `modelUnsupported` for another activation or another place in the pipeline, `fileDamaged` for another
  /// length.
  ///
  /// Source: `Dense` of sentence-transformers 6.2 (`base/modules/dense.py`), where an absent activation is Tanh.
  package init(file: JSONDocument, inputs: Int) throws(EmbedError) {
    try file.requireSentenceEmbedding()
    let declared = try file.integer("in_features", in: 1...10_000_000)
    guard declared == inputs else {
      throw EmbedError(
        .fileDamaged, "dimensions differ", expected: "\(inputs), as the module before gives",
        got: "\(declared)", at: file.location("in_features"))
    }
    self.init(
      inputs: inputs,
      outputs: try file.integer("out_features", in: 1...10_000_000),
      hasBias: try file.optionalBool("bias") ?? true,
      activation: try Self.activation(file),
      usesResidual: try file.optionalBool("use_residual") ?? false)
  }

  /// The activation by its class in PyTorch, such as `torch.nn.modules.activation.Tanh`.
  private static func activation(_ file: JSONDocument) throws(EmbedError) -> ActivationFunction {
    guard let name = try file.optionalString("activation_function") else { return .tanh }
    let components = name.split(separator: ".")
    if components.first == "torch" {
      switch components.last {
      case "Tanh": return .tanh
      case "Identity": return .identity
      case "ReLU": return .relu
      case "SiLU": return .silu
      case "GELU": return .gelu
      default: break
      }
    }
    throw file.unsupported(
      "activation_function",
      expected: "Tanh, Identity, ReLU, SiLU or GELU of torch.nn", got: name.quotedForMessage)
  }
}

extension JSONDocument {
  /// Refuses a module that reads or writes anything but the sentence's vector.
  func requireSentenceEmbedding() throws(EmbedError) {
    try require("module_input_name", toBe: "sentence_embedding")
    try require("module_output_name", toBe: "sentence_embedding")
  }
}

extension Dense {
  /// Reads a Dense module's checkpoint, by the tensor names of sentence-transformers' `Dense`.
  ///
  /// - Throws: `EmbedError` naming the tensor that is missing, has another shape or holds what is no number.
  /// - Complexity: O(n) in the number of weights.
  package init(
    _ checkpoint: Checkpoint, _ configuration: DenseConfiguration, engine: Engine
  ) throws(EmbedError) {
    let (inputs, outputs) = (configuration.inputs, configuration.outputs)
    let linear = try checkpoint.linear(
      "linear", inputs: inputs, outputs: outputs, hasBias: configuration.hasBias, engine: engine)
    let residual: Residual
    if !configuration.usesResidual {
      residual = .none
    } else if inputs == outputs {
      residual = .input
    } else {
      residual = .projection(
        try checkpoint.linear(
          "residual", inputs: inputs, outputs: outputs, hasBias: false, engine: engine))
    }
    self.init(linear, configuration.activation, residual: residual)
  }
}
