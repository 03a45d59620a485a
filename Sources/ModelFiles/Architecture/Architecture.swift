import Transformer

/// A family of encoders: what its files call things, and what it computes.
///
/// All that tells one family from another is said here and nowhere else: a new family is a new value, in
/// `Architecture+Families.swift`. The standard values are BERT's.
package struct Architecture: Sendable {
  /// A key of `config.json`, and what holds when the file is silent; without a name the value is fixed.
  struct Key<Value: Sendable>: Sendable {
    var name: String?
    var standard: Value

    init(_ name: String?, _ standard: Value) {
      self.name = name
      self.standard = standard
    }
  }

  /// The family's name, for people.
  package var name: String
  /// The values of `model_type` that name it.
  var modelTypes: [String]
  /// What stands in front of the tensors' names in files that were made of a larger model, such as `bert`.
  var prefixes: [String]
  /// What `config.json` calls the sizes.
  var keys = ConfigurationKeys()
  /// Keys of `config.json` that must have one of these values, if they are there.
  var requirements: [(key: String, values: [String])] = []
  /// What the checkpoint calls the tensors.
  var tensors = TensorNames()

  /// The learned table of positions.
  var positionTable: PositionTable? = .countedFromZero
  /// The keys of rotary positions.
  var rotary: RotaryKeys?
  /// The number of buckets of a learned bias by distance, and the distance that all farther ones share.
  var relativeBuckets: (count: Key<Int>, maximumDistance: Int)?
  /// Whether scores fall with the distance, with a slope a head (ALiBi).
  var hasLinearBias = false
  /// The keys of attention to near tokens alone.
  var localAttention: LocalAttentionKeys?
  /// Where layer norms stand.
  var normOrder = EncoderConfiguration.NormOrder.after
  /// Whether the first layer's attention has no norm of its own, because the embeddings end with one.
  var skipsFirstAttentionNorm = false
  /// Whether the feed-forward block is a gated unit, its first half activated.
  var isGated = false

  /// The class of the tokenizer when no file names one.
  var tokenizerClass = "BertTokenizer"

  /// The rows of a learned table of positions.
  enum PositionTable: Sendable {
    /// The first token has row 0.
    case countedFromZero
    /// The first token has the row behind that of the padding token's id.
    case countedFromPadding(Key<Int>)
  }
}

/// What a family's `config.json` calls the sizes and constants.
struct ConfigurationKeys: Sendable {
  typealias Key = Architecture.Key

  var vocabularySize = Key("vocab_size", 30_522)
  var hiddenSize = Key("hidden_size", 768)
  var layerCount = Key("num_hidden_layers", 12)
  var headCount = Key("num_attention_heads", 12)
  var intermediateSize = Key("intermediate_size", 3_072)
  var maximumPositions = Key("max_position_embeddings", 512)
  /// nil for a family without token types.
  var tokenTypeCount: Key<Int>? = Key("type_vocab_size", 2)
  var layerNormEpsilon = Key("layer_norm_eps", 1e-12)
  var activation = Key("hidden_act", "gelu")
  /// Whether queries, keys, values and attention's output have biases.
  var attentionBias = Key(nil, true)
  /// Whether the feed-forward block has biases.
  var feedForwardBias = Key(nil, true)
  /// Whether layer norms have a shift.
  var normBias = Key(nil, true)
}

/// What a family's `config.json` calls the settings of rotary positions.
struct RotaryKeys: Sendable {
  /// The base of the angles in layers that attend to the whole sequence.
  var base: Architecture.Key<Double>
  /// The base in layers of local attention.
  var localBase: Architecture.Key<Double>
  /// Newer files have an object of that name with both instead, by the kind of layer.
  var parameters = "rope_parameters"
}

/// What a family's `config.json` calls the settings of local attention.
struct LocalAttentionKeys: Sendable {
  /// The tokens that a token sees on both sides together.
  var window: Architecture.Key<Int>
  /// Every how many layers one attends to the whole sequence.
  var fullInterval: Architecture.Key<Int>
  /// Newer files list the kind of every layer instead.
  var layerKinds = "layer_types"
}

/// What a family's checkpoint calls the tensors; layer norms and linear layers without `.weight` and `.bias`.
struct TensorNames: Sendable {
  /// Queries, keys and values.
  enum Projections: Sendable {
    case separate(query: String, key: String, value: String)
    /// One matrix of queries, then keys, then values.
    case fused(String)
  }

  var wordEmbeddings = "embeddings.word_embeddings.weight"
  var positionEmbeddings = "embeddings.position_embeddings.weight"
  var tokenTypeEmbeddings = "embeddings.token_type_embeddings.weight"
  var embeddingNorm = "embeddings.LayerNorm"
  /// `(buckets, heads)`.
  var relativeBias = "encoder.relative_attention_bias.weight"
  /// What the names of a layer begin with, its number and a dot behind it.
  var layers = "encoder.layer."
  var projections = Projections.separate(
    query: "attention.self.query", key: "attention.self.key", value: "attention.self.value")
  var attentionOutput = "attention.output.dense"
  var attentionNorm = "attention.output.LayerNorm"
  var intermediate = "intermediate.dense"
  var output = "output.dense"
  var outputNorm = "output.LayerNorm"
  /// The norm behind all layers, of a family whose norms stand before the blocks.
  var finalNorm: String?
}
