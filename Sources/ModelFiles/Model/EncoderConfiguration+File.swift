package import EmbedCore
import Kernels
package import Transformer

extension EncoderConfiguration {
  /// Reads a `config.json`; keys that are absent have the values of `BertConfig`, as in transformers.
  ///
  /// Throws `modelUnsupported` for another architecture and for variants of BERT that compute something else, and
  /// `fileDamaged` for sizes that cannot be.
  ///
  /// Source: `BertConfig` of transformers 5.23 (`models/bert/configuration_bert.py`).
  package init(file: JSONDocument) throws(EmbedError) {
    guard try file.string("model_type").hasSameBytes(as: "bert") else {
      throw file.unsupported(
        "model_type", expected: #"the architecture "bert""#,
        got: try file.string("model_type").quotedForMessage)
    }
    try file.require("position_embedding_type", toBe: "absolute")
    for key in [
      "is_decoder", "add_cross_attention", "is_encoder_decoder", "pruned_heads",
      "quantization_config",
    ] {
      try file.requireAbsent(key)
    }

    func size(_ key: String, _ limit: Int, or standard: Int) throws(EmbedError) -> Int {
      try file.optionalInteger(key, in: 1...limit) ?? standard
    }
    let hiddenSize = try size("hidden_size", 65_536, or: 768)
    let headCount = try size("num_attention_heads", 4_096, or: 12)
    guard hiddenSize.isMultiple(of: headCount) else {
      throw EmbedError(
        .fileDamaged, "heads of unequal size", expected: "a divisor of hidden_size \(hiddenSize)",
        got: "\(headCount)", at: file.location("num_attention_heads"))
    }
    let epsilon = try file.optionalDouble("layer_norm_eps") ?? 1e-12
    guard epsilon >= 0, epsilon < 1 else {
      throw EmbedError(
        .fileDamaged, "value out of range", expected: "a number from 0 to 1", got: "\(epsilon)",
        at: file.location("layer_norm_eps"))
    }
    self.init(
      vocabularySize: try size("vocab_size", 10_000_000, or: 30_522),
      hiddenSize: hiddenSize,
      layerCount: try size("num_hidden_layers", 1_000, or: 12),
      headCount: headCount,
      intermediateSize: try size("intermediate_size", 1_000_000, or: 3_072),
      maximumPositions: try size("max_position_embeddings", 1_000_000, or: 512),
      tokenTypeCount: try size("type_vocab_size", 1_000, or: 2),
      layerNormEpsilon: Float(epsilon),
      activation: try Self.activation(file))
  }

  /// The function between the two layers of a feed-forward block, by its name in transformers (`activations.py`).
  private static func activation(_ file: JSONDocument) throws(EmbedError) -> Activation {
    let name = try file.optionalString("hidden_act") ?? "gelu"
    switch name {
    case "gelu", "gelu_python": return .gelu
    case "gelu_new", "gelu_pytorch_tanh", "gelu_python_tanh", "gelu_fast", "gelu_accurate":
      return .geluTanh
    case "relu": return .relu
    case "silu", "swish": return .silu
    default:
      throw file.unsupported(
        "hidden_act",
        expected: "one of gelu, gelu_python, gelu_new, gelu_pytorch_tanh, gelu_python_tanh, "
          + "gelu_fast, gelu_accurate, relu, silu, swish",
        got: name.quotedForMessage)
    }
  }
}
