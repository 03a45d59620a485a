import JSON
import ModelFiles

extension TinyModel {
  /// A family of encoders, spelled out as transformers writes its files and apart from what the library knows.
  package enum Family: Sendable, Hashable {
    case bert
    case distilBERT
    case roberta
    case modernBERT
    case mpnet

    var modelType: String {
      switch self {
      case .bert: "bert"
      case .distilBERT: "distilbert"
      case .roberta: "roberta"
      case .modernBERT: "modernbert"
      case .mpnet: "mpnet"
      }
    }

    var className: String {
      switch self {
      case .bert: "BertModel"
      case .distilBERT: "DistilBertModel"
      case .roberta: "RobertaModel"
      case .modernBERT: "ModernBertModel"
      case .mpnet: "MPNetModel"
      }
    }
  }

  /// The names of a family's tensors; those of a layer without its prefix.
  package struct TensorNames {
    package var words = "embeddings.word_embeddings.weight"
    package var positions: String? = "embeddings.position_embeddings.weight"
    package var types: String? = "embeddings.token_type_embeddings.weight"
    package var embeddingNorm = "embeddings.LayerNorm"
    package var layers = "encoder.layer"
    package var projections = [
      "attention.self.query", "attention.self.key", "attention.self.value",
    ]
    package var attentionOutput = "attention.output.dense"
    package var attentionNorm = "attention.output.LayerNorm"
    package var intermediate = "intermediate.dense"
    package var output = "output.dense"
    package var outputNorm = "output.LayerNorm"
    package var relativeBias: String?
    package var finalNorm: String?
    package var hasBiases = true
    package var isGated = false
    package var skipsFirstNorm = false
  }

  /// What `config.json` says of the sizes.
  var familyConfig: [(key: String, value: JSONValue)] {
    switch family {
    case .bert:
      commonConfig + [
        ("pad_token_id", .integer(0)), ("position_embedding_type", .string("absolute")),
        ("type_vocab_size", .integer(2)),
      ]
    case .roberta:
      // Not the tokenizer's padding: places are counted from this id, wherever it stands.
      commonConfig + [("pad_token_id", .integer(1)), ("type_vocab_size", .integer(2))]
    case .mpnet:
      commonConfig + [
        ("pad_token_id", .integer(1)), ("relative_attention_num_buckets", .integer(32)),
      ]
    case .distilBERT:
      [
        ("activation", .string(activation)), ("dim", .integer(hiddenSize)),
        ("hidden_dim", .integer(intermediateSize)),
        ("max_position_embeddings", .integer(maximumPositions)),
        ("n_heads", .integer(headCount)), ("n_layers", .integer(layerCount)),
        ("pad_token_id", .integer(0)), ("sinusoidal_pos_embds", .bool(false)),
      ]
    case .modernBERT:
      [
        ("global_attn_every_n_layers", .integer(2)), ("global_rope_theta", .number("1000.0")),
        ("hidden_activation", .string(activation)), ("hidden_size", .integer(hiddenSize)),
        ("intermediate_size", .integer(intermediateSize)), ("local_attention", .integer(8)),
        ("local_rope_theta", .number("50.0")),
        ("max_position_embeddings", .integer(maximumPositions)),
        ("norm_eps", .number(layerNormEpsilon)), ("num_attention_heads", .integer(headCount)),
        ("num_hidden_layers", .integer(layerCount)), ("pad_token_id", .integer(0)),
      ]
    }
  }

  private var commonConfig: [(key: String, value: JSONValue)] {
    [
      ("hidden_act", .string(activation)), ("hidden_size", .integer(hiddenSize)),
      ("intermediate_size", .integer(intermediateSize)),
      ("layer_norm_eps", .number(layerNormEpsilon)),
      ("max_position_embeddings", .integer(maximumPositions)),
      ("num_attention_heads", .integer(headCount)), ("num_hidden_layers", .integer(layerCount)),
    ]
  }
}

extension TinyModel.Family {
  package var names: TinyModel.TensorNames {
    switch self {
    case .bert, .roberta: TinyModel.TensorNames()
    case .distilBERT:
      TinyModel.TensorNames(
        types: nil, layers: "transformer.layer",
        projections: ["attention.q_lin", "attention.k_lin", "attention.v_lin"],
        attentionOutput: "attention.out_lin", attentionNorm: "sa_layer_norm",
        intermediate: "ffn.lin1", output: "ffn.lin2", outputNorm: "output_layer_norm")
    case .mpnet:
      TinyModel.TensorNames(
        types: nil, projections: ["attention.attn.q", "attention.attn.k", "attention.attn.v"],
        attentionOutput: "attention.attn.o", attentionNorm: "attention.LayerNorm",
        relativeBias: "encoder.relative_attention_bias.weight")
    case .modernBERT:
      TinyModel.TensorNames(
        words: "embeddings.tok_embeddings.weight", positions: nil, types: nil,
        embeddingNorm: "embeddings.norm", layers: "layers", projections: ["attn.Wqkv"],
        attentionOutput: "attn.Wo", attentionNorm: "attn_norm", intermediate: "mlp.Wi",
        output: "mlp.Wo", outputNorm: "mlp_norm", finalNorm: "final_norm", hasBiases: false,
        isGated: true, skipsFirstNorm: true)
    }
  }
}
