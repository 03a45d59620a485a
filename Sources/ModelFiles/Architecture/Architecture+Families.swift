import Transformer

extension Architecture {
  /// The families that this runtime runs.
  package static let all: [Architecture] = [.bert, .distilBERT, .roberta, .modernBERT, .mpnet]

  /// Devlin et al., arXiv:1810.04805; `BertModel` of transformers 5.23 (`models/bert/modeling_bert.py`).
  static let bert = Architecture(
    name: "BERT", modelTypes: ["bert"], prefixes: ["bert"],
    requirements: [("position_embedding_type", ["absolute"])])

  /// Sanh et al., arXiv:1910.01108; `DistilBertModel` of transformers 5.23
  /// (`models/distilbert/modeling_distilbert.py`).
  static let distilBERT = Architecture(
    name: "DistilBERT", modelTypes: ["distilbert"], prefixes: ["distilbert"],
    keys: ConfigurationKeys(
      hiddenSize: Key("dim", 768), layerCount: Key("n_layers", 6), headCount: Key("n_heads", 12),
      intermediateSize: Key("hidden_dim", 3_072), tokenTypeCount: nil,
      layerNormEpsilon: Key(nil, 1e-12), activation: Key("activation", "gelu")),
    tensors: TensorNames(
      layers: "transformer.layer.",
      projections: .separate(
        query: "attention.q_lin", key: "attention.k_lin", value: "attention.v_lin"),
      attentionOutput: "attention.out_lin", attentionNorm: "sa_layer_norm",
      intermediate: "ffn.lin1", output: "ffn.lin2", outputNorm: "output_layer_norm"),
    tokenizerClass: "DistilBertTokenizer")

  /// Liu et al., arXiv:1907.11692, and the models that share its code: XLM-RoBERTa and CamemBERT; `RobertaModel` of
  /// transformers 5.23 (`models/roberta/modeling_roberta.py`).
  static let roberta = Architecture(
    name: "RoBERTa", modelTypes: ["roberta", "xlm-roberta", "camembert"],
    prefixes: ["roberta", "xlm-roberta", "camembert"],
    keys: ConfigurationKeys(vocabularySize: Key("vocab_size", 50_265)),
    requirements: [("position_embedding_type", ["absolute"])],
    positionTable: .countedFromPadding(Key("pad_token_id", 1)),
    tokenizerClass: "RobertaTokenizer")

  /// Warner et al., arXiv:2412.13663; `ModernBertModel` of transformers 5.23
  /// (`models/modernbert/modeling_modernbert.py`).
  static let modernBERT = Architecture(
    name: "ModernBERT", modelTypes: ["modernbert"], prefixes: [],
    keys: ConfigurationKeys(
      vocabularySize: Key("vocab_size", 50_368), layerCount: Key("num_hidden_layers", 22),
      intermediateSize: Key("intermediate_size", 1_152),
      maximumPositions: Key("max_position_embeddings", 8_192), tokenTypeCount: nil,
      layerNormEpsilon: Key("norm_eps", 1e-5), activation: Key("hidden_activation", "gelu"),
      attentionBias: Key("attention_bias", false), feedForwardBias: Key("mlp_bias", false),
      normBias: Key("norm_bias", false)),
    tensors: TensorNames(
      wordEmbeddings: "embeddings.tok_embeddings.weight", embeddingNorm: "embeddings.norm",
      layers: "layers.", projections: .fused("attn.Wqkv"), attentionOutput: "attn.Wo",
      attentionNorm: "attn_norm", intermediate: "mlp.Wi", output: "mlp.Wo",
      outputNorm: "mlp_norm", finalNorm: "final_norm"),
    positionTable: nil,
    rotary: RotaryKeys(
      base: Key("global_rope_theta", 160_000), localBase: Key("local_rope_theta", 10_000)),
    localAttention: LocalAttentionKeys(
      window: Key("local_attention", 128), fullInterval: Key("global_attn_every_n_layers", 3)),
    normOrder: .before, skipsFirstAttentionNorm: true, isGated: true,
    tokenizerClass: "PreTrainedTokenizer")

  /// Song et al., arXiv:2004.09297; `MPNetModel` of transformers 5.23 (`models/mpnet/modeling_mpnet.py`).
  static let mpnet = Architecture(
    name: "MPNet", modelTypes: ["mpnet"], prefixes: ["mpnet"],
    keys: ConfigurationKeys(vocabularySize: Key("vocab_size", 30_527), tokenTypeCount: nil),
    tensors: TensorNames(
      projections: .separate(
        query: "attention.attn.q", key: "attention.attn.k", value: "attention.attn.v"),
      attentionOutput: "attention.attn.o", attentionNorm: "attention.LayerNorm",
      outputNorm: "output.LayerNorm"),
    positionTable: .countedFromPadding(Key(nil, 1)),
    relativeBuckets: (count: Key("relative_attention_num_buckets", 32), maximumDistance: 128),
    tokenizerClass: "MPNetTokenizer")
}
