import JSON
import Kernels
import Transformer

extension Architecture {
  /// The families that this runtime runs.
  package static let all: [Architecture] = [
    .bert, .distilBERT, .roberta, .modernBERT, .mpnet, .nomicBERT, .publishedNomicBERT, .gte,
    .publishedGTE, .unpackedGTE, .jinaBERT,
  ]

  /// Devlin et al., arXiv:1810.04805; `BertModel` of transformers 5.23 (`models/bert/modeling_bert.py`).
  static let bert = Architecture(
    name: "BERT", modelTypes: ["bert"], prefixes: ["bert"],
    requirements: [("position_embedding_type", ["absolute"])],
    classifier: .bertClassifier, vocabularyHead: .bertVocabulary)

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
      projections: ["attention.q_lin", "attention.k_lin", "attention.v_lin"],
      attentionOutput: "attention.out_lin", attentionNorm: "sa_layer_norm",
      intermediate: ["ffn.lin1"], output: "ffn.lin2", outputNorm: "output_layer_norm"),
    tokenizerClass: "DistilBertTokenizer",
    classifier: .distilBERTClassifier, vocabularyHead: .distilBERTVocabulary)

  /// Liu et al., arXiv:1907.11692, and the models that share its code: XLM-RoBERTa and CamemBERT; `RobertaModel` of
  /// transformers 5.23 (`models/roberta/modeling_roberta.py`).
  static let roberta = Architecture(
    name: "RoBERTa", modelTypes: ["roberta", "xlm-roberta", "camembert"],
    prefixes: ["roberta", "xlm-roberta", "camembert"],
    keys: ConfigurationKeys(vocabularySize: Key("vocab_size", 50_265)),
    requirements: [("position_embedding_type", ["absolute"])],
    positionTable: .countedFromPadding(Key("pad_token_id", 1)),
    tokenizerClass: "RobertaTokenizer",
    classifier: .robertaClassifier, vocabularyHead: .robertaVocabulary)

  /// Warner et al., arXiv:2412.13663; `ModernBertModel` of transformers 5.23
  /// (`models/modernbert/modeling_modernbert.py`).
  static let modernBERT = Architecture(
    name: "ModernBERT", modelTypes: ["modernbert"], prefixes: [],
    keys: ConfigurationKeys(
      vocabularySize: Key("vocab_size", 50_368), layerCount: Key("num_hidden_layers", 22),
      intermediateSize: Key("intermediate_size", 1_152),
      maximumPositions: Key("max_position_embeddings", 8_192), tokenTypeCount: nil,
      layerNormEpsilon: Key("norm_eps", 1e-5), activation: Key("hidden_activation", "gelu"),
      attentionBias: Key("attention_bias", false), intermediateBias: Key("mlp_bias", false),
      outputBias: Key("mlp_bias", false), normBias: Key("norm_bias", false)),
    tensors: TensorNames(
      wordEmbeddings: "embeddings.tok_embeddings.weight", embeddingNorm: "embeddings.norm",
      layers: "layers.", projections: ["attn.Wqkv"], attentionOutput: "attn.Wo",
      attentionNorm: "attn_norm", intermediate: ["mlp.Wi"], output: "mlp.Wo",
      outputNorm: "mlp_norm", finalNorm: "final_norm"),
    positionTable: nil,
    rotary: RotaryKeys(
      base: Key("global_rope_theta", 160_000), localBase: Key("local_rope_theta", 10_000)),
    localAttention: LocalAttentionKeys(
      window: Key("local_attention", 128), fullInterval: Key("global_attn_every_n_layers", 3)),
    normOrder: .before, skipsFirstAttentionNorm: true, activatedHalf: .first,
    tokenizerClass: "PreTrainedTokenizer",
    classifier: .modernBERTClassifier, vocabularyHead: .modernBERTVocabulary)

  /// Song et al., arXiv:2004.09297; `MPNetModel` of transformers 5.23 (`models/mpnet/modeling_mpnet.py`).
  static let mpnet = Architecture(
    name: "MPNet", modelTypes: ["mpnet"], prefixes: ["mpnet"],
    keys: ConfigurationKeys(vocabularySize: Key("vocab_size", 30_527), tokenTypeCount: nil),
    tensors: TensorNames(
      projections: ["attention.attn.q", "attention.attn.k", "attention.attn.v"],
      attentionOutput: "attention.attn.o", attentionNorm: "attention.LayerNorm",
      outputNorm: "output.LayerNorm"),
    positionTable: .countedFromPadding(Key(nil, 1)),
    relativeBuckets: (count: Key("relative_attention_num_buckets", 32), maximumDistance: 128),
    tokenizerClass: "MPNetTokenizer",
    classifier: .robertaClassifier, vocabularyHead: .robertaVocabulary)
}

// MARK: - Rotary positions and gated units in BERT's place

extension Architecture {
  /// Nussbaum et al., arXiv:2402.01613; `NomicBertModel` of transformers 5.23
  /// (`models/nomic_bert/modeling_nomic_bert.py`).
  static let nomicBERT = Architecture(
    name: "NomicBERT", modelTypes: ["nomic_bert"], prefixes: ["bert", "nomic_bert"],
    keys: ConfigurationKeys(
      vocabularySize: Key("vocab_size", 30_528),
      maximumPositions: Key("max_position_embeddings", 2_048),
      activation: Key("hidden_act", "silu"), attentionBias: Key(nil, false),
      intermediateBias: Key(nil, false), outputBias: Key(nil, false)),
    tensors: TensorNames(
      embeddingNorm: "emb_ln", layers: "encoder.layers.", projections: ["attn.Wqkv"],
      attentionOutput: "attn.out_proj", attentionNorm: "norm1",
      intermediate: ["mlp.fc11", "mlp.fc12"], output: "mlp.fc2", outputNorm: "norm2"),
    otherTensors: [.adopted], positionTable: nil,
    rotary: RotaryKeys(base: Key("rope_theta", 1_000)), activatedHalf: .second,
    classifier: .bertClassifier)

  /// The same as its authors publish it, with the keys of GPT-2: `modeling_hf_nomic_bert.py` and
  /// `configuration_hf_nomic_bert.py` of nomic-ai/contrastors (`src/contrastors/models/huggingface`).
  static let publishedNomicBERT = Architecture(
    name: "NomicBERT", modelTypes: ["nomic_bert"], mark: .key("n_embd"),
    prefixes: nomicBERT.prefixes,
    keys: ConfigurationKeys(
      vocabularySize: Key("vocab_size", 50_257), hiddenSize: Key("n_embd", 768),
      layerCount: Key("n_layer", 12), headCount: Key("n_head", 12),
      intermediateSize: Key("n_inner", 3_072), maximumPositions: Key("n_positions", 1_024),
      layerNormEpsilon: Key("layer_norm_epsilon", 1e-5),
      activation: Key("activation_function", "gelu_new"),
      attentionBias: Key("qkv_proj_bias", true), intermediateBias: Key("mlp_fc1_bias", true),
      outputBias: Key("mlp_fc2_bias", true)),
    unsupportedKeys: [
      "num_experts", "moe_every_n_layers", "prenorm", "parallel_block", "causal", "use_rms_norm",
      "rotary_emb_interleaved", "rotary_emb_scale_base", "scale_attn_by_inverse_layer_idx",
    ],
    tensors: nomicBERT.tensors, otherTensors: [.adopted], positionTable: nil,
    rotary: RotaryKeys(
      base: Key("rotary_emb_base", 10_000), fraction: Key("rotary_emb_fraction", 0),
      dynamicScaling: (factor: "rotary_scaling_factor", Key("max_trained_positions", 2_048))),
    activatedHalf: .second, activationNames: .gatedUnits)

  /// Zhang et al., arXiv:2407.19669; `GteModel` of transformers 5.23 (`models/gte/modeling_gte.py`).
  static let gte = Architecture(
    name: "GTE", modelTypes: ["gte"], prefixes: ["new", "gte"],
    keys: ConfigurationKeys(
      vocabularySize: Key("vocab_size", 250_048),
      maximumPositions: Key("max_position_embeddings", 8_192),
      tokenTypeCount: Key("type_vocab_size", 1), intermediateBias: Key(nil, false)),
    tensors: TensorNames(
      projections: ["attention.qkv_proj"], attentionOutput: "attention.o_proj",
      attentionNorm: "attn_ln", intermediate: ["mlp.up_gate_proj"], output: "mlp.down_proj",
      outputNorm: "mlp_ln"),
    otherTensors: [.adopted], positionTable: nil,
    rotary: RotaryKeys(base: Key("rope_theta", 160_000)), activatedHalf: .second,
    tokenizerClass: "XLMRobertaTokenizer",
    classifier: .bertClassifier, vocabularyHead: .robertaVocabulary)

  /// The same as its authors publish it: `NewModel` (`modeling.py` and `configuration.py` of Alibaba-NLP/new-impl).
  static let publishedGTE = Architecture(
    name: "GTE", modelTypes: ["new"], prefixes: gte.prefixes,
    keys: ConfigurationKeys(
      vocabularySize: Key("vocab_size", 30_528),
      maximumPositions: Key("max_position_embeddings", 2_048),
      tokenTypeCount: Key("type_vocab_size", 1), intermediateBias: Key(nil, false)),
    requirements: [("position_embedding_type", ["rope"]), ("layer_norm_type", ["layer_norm"])],
    tensors: gte.tensors, otherTensors: [.adopted], positionTable: nil,
    rotary: RotaryKeys(base: Key("rope_theta", 10_000)),
    attentionScale: AttentionScaleKeys(
      isScaled: Key("logn_attention_scale", false),
      isAtLeastOne: Key("logn_attention_clip1", false)),
    activatedHalf: .second, classifier: .bertClassifier)

  /// The same with queries, keys and values apart.
  static let unpackedGTE: Architecture = {
    var architecture = publishedGTE
    architecture.mark = .value(key: "pack_qkv", .bool(false))
    architecture.tensors.projections = ["attention.q_proj", "attention.k_proj", "attention.v_proj"]
    return architecture
  }()

  /// Günther et al., arXiv:2310.19923; `JinaBertModel` (`modeling_bert.py` of jinaai/jina-bert-implementation).
  static let jinaBERT = Architecture(
    name: "JinaBERT", modelTypes: ["bert"],
    mark: .value(key: "position_embedding_type", .string("alibi")),
    prefixes: ["bert"],
    keys: ConfigurationKeys(
      activation: Key("feed_forward_type", "original"), intermediateBias: Key(nil, false)),
    tensors: TensorNames(
      intermediate: ["mlp.gated_layers"], output: "mlp.wo", outputNorm: "mlp.layernorm"),
    positionTable: nil, hasLinearBias: true, activatedHalf: .first, activationNames: .gatedUnits,
    classifier: .bertClassifier)
}

extension TensorNames {
  /// The names of NomicBERT and GTE in transformers 5.23 (`models/nomic_bert/modeling_nomic_bert.py`,
  /// `models/gte/modeling_gte.py`), which writes the authors' where it has read them (`conversion_mapping.py`).
  fileprivate static let adopted = TensorNames(
    layers: "layers.",
    projections: ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"],
    attentionOutput: "self_attn.o_proj", attentionNorm: "post_attention_layernorm",
    intermediate: ["mlp.up_proj", "mlp.gate_proj"], output: "mlp.down_proj",
    outputNorm: "post_mlp_layernorm")
}
