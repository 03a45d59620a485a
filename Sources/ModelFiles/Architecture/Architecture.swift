import JSON
import Kernels
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
  /// What tells it from another family of the same `model_type`; nil for the family that has no such mark.
  var mark: Mark?
  /// What stands in front of the tensors' names in files that were made of a larger model, such as `bert`.
  var prefixes: [String]
  /// What `config.json` calls the sizes.
  var keys = ConfigurationKeys()
  /// Keys of `config.json` that must have one of these values, if they are there.
  var requirements: [(key: String, values: [String])] = []
  /// Keys of `config.json` that must be absent, null, false, 0 or empty: with them, something else is computed.
  var unsupportedKeys: [String] = []
  /// What the checkpoint calls the tensors.
  var tensors = TensorNames()
  /// What it calls them in files that have other names, such as those that transformers gave a family it adopted.
  var otherTensors: [TensorNames] = []

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
  /// The keys of scores that are scaled by the length of the text.
  var attentionScale: AttentionScaleKeys?
  /// Where layer norms stand.
  var normOrder = EncoderConfiguration.NormOrder.after
  /// Whether the first layer's attention has no norm of its own, because the embeddings end with one.
  var skipsFirstAttentionNorm = false
  /// The half of the feed-forward block's first layer that is activated, if the block is a gated unit.
  var activatedHalf: ActivatedHalf?
  /// How `config.json` spells the function in the feed-forward block.
  var activationNames = ActivationNames.transformers

  /// The class of the tokenizer when no file names one.
  var tokenizerClass = "BertTokenizer"

  /// The head of a re-ranker; nil when this runtime knows none.
  var classifier: HeadNames?
  /// The head of a masked language model; nil when this runtime knows none.
  var vocabularyHead: HeadNames?

  /// What the `config.json` of a family has, and that of others of the same `model_type` has not.
  enum Mark: Sendable {
    case key(String)
    case value(key: String, JSONValue)
  }

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
  /// Whether the first layer of the feed-forward block has a bias.
  var intermediateBias = Key(nil, true)
  /// Whether its second layer has one.
  var outputBias = Key(nil, true)
  /// Whether layer norms have a shift.
  var normBias = Key(nil, true)
}

/// What a family's `config.json` calls the settings of rotary positions.
///
/// Newer files have an object `rope_parameters` with the base and how it is scaled; where layers are of several kinds,
/// with such an object for each kind.
struct RotaryKeys: Sendable {
  /// The base of the angles in layers that attend to the whole sequence.
  var base: Architecture.Key<Double>
  /// The base in layers of local attention, in a family that has them.
  var localBase: Architecture.Key<Double>?
  /// The share of a head's components that are turned; only all of them are supported.
  var fraction = Architecture.Key("partial_rotary_factor", 1.0)
  /// The factor by which the base grows with the length of long texts, 0 or absent for none, and the longest text that
  /// is not a long one.
  var dynamicScaling: (factor: String, trainedLength: Architecture.Key<Int>)?
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

/// What a family's `config.json` calls the settings of scores that are scaled by the length of the text.
struct AttentionScaleKeys: Sendable {
  /// Whether they are.
  var isScaled: Architecture.Key<Bool>
  /// Whether the scale is never less than 1.
  var isAtLeastOne: Architecture.Key<Bool>
}

/// What a family's checkpoint calls the tensors; layer norms and linear layers without `.weight` and `.bias`.
struct TensorNames: Sendable {
  var wordEmbeddings = "embeddings.word_embeddings.weight"
  var positionEmbeddings = "embeddings.position_embeddings.weight"
  var tokenTypeEmbeddings = "embeddings.token_type_embeddings.weight"
  var embeddingNorm = "embeddings.LayerNorm"
  /// `(buckets, heads)`.
  var relativeBias = "encoder.relative_attention_bias.weight"
  /// What the names of a layer begin with, its number and a dot behind it.
  var layers = "encoder.layer."
  /// Queries, keys and values: three layers, or one whose outputs are queries, then keys, then values.
  var projections = ["attention.self.query", "attention.self.key", "attention.self.value"]
  var attentionOutput = "attention.output.dense"
  var attentionNorm = "attention.output.LayerNorm"
  /// One layer, or the two halves of a gated unit.
  var intermediate = ["intermediate.dense"]
  var output = "output.dense"
  var outputNorm = "output.LayerNorm"
  /// The norm behind all layers, of a family whose norms stand before the blocks.
  var finalNorm: String?

  /// The matrices of an encoder that most of its weights are in: the word embeddings, and those of all linear layers.
  func largeMatrices(layerCount: Int) -> [String] {
    let linear = projections + [attentionOutput] + intermediate + [output]
    return [wordEmbeddings]
      + (0..<layerCount).flatMap { layer in linear.map { "\(layers)\(layer).\($0).weight" } }
  }
}
