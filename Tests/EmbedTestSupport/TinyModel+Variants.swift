extension TinyModel {
  /// Models that differ in everything that a model folder can say; their names are stable.
  package static let all: [TinyModel] = [
    plain, narrow, sixModes, sixFlags, denseTanh, denseResidual, half, brain, sharded,
    vocabularyFile, cased, prompted, bare, nested, distilBERT, roberta,
    modernBERT, mpnet,
  ]

  /// Models of 24 layers with outliers, which show how exactly a model is computed: too large for every test.
  package static let deepModels = [deep, massive, large]

  /// Mean and Normalize in the older dialect, with unused tensors and unaligned weights.
  package static let plain = make("plain") {
    $0.hasUnusedTensors = true
    $0.misalignment = 5
  }

  /// Heads of 4 components in rows of 20, three layers, CLS, no Normalize, a large epsilon.
  package static let narrow = make("narrow") {
    $0.hiddenSize = 20
    $0.headCount = 5
    $0.layerCount = 3
    $0.intermediateSize = 50
    $0.layerNormEpsilon = "0.05"
    $0.dialect = .new
    $0.poolingModes = ["cls"]
    $0.normalizes = false
  }

  /// Six modes in an order of their own, which only the newer dialect can say.
  package static let sixModes = make("six-modes") {
    $0.hiddenSize = 36
    $0.headCount = 3
    $0.layerCount = 1
    $0.intermediateSize = 100
    $0.activation = "gelu_new"
    $0.dialect = .new
    $0.poolingModes = [
      "lasttoken", "mean", "cls", "weightedmean", "max", "mean_sqrt_len_tokens",
    ]
  }

  /// The same modes as flags, in the order that flags have.
  package static let sixFlags = make("six-flags") {
    $0.poolingModes = [
      "cls", "max", "mean", "mean_sqrt_len_tokens", "weightedmean", "lasttoken",
    ]
    $0.normalizes = false
  }

  /// Two Dense modules, Tanh and Identity, the second without bias.
  package static let denseTanh = make("dense-tanh") {
    $0.dense = [
      Dense(outputs: 24, activation: "Tanh"),
      Dense(outputs: 40, activation: "Identity", hasBias: false),
    ]
  }

  /// Residual Dense modules, with a projection and without.
  package static let denseResidual = make("dense-residual") {
    $0.dialect = .new
    $0.poolingModes = ["max"]
    $0.dense = [
      Dense(outputs: 20, activation: "GELU", usesResidual: true),
      Dense(outputs: 20, activation: "ReLU", usesResidual: true),
      Dense(outputs: 20, activation: "SiLU"),
    ]
    $0.normalizes = false
  }

  /// Binary16 weights.
  package static let half = make("half") {
    $0.hiddenSize = 48
    $0.intermediateSize = 80
    $0.numberType = .float16
    $0.misalignment = 1
  }

  /// Bfloat16 weights and ReLU.
  package static let brain = make("brain") {
    $0.hiddenSize = 24
    $0.headCount = 2
    $0.activation = "relu"
    $0.dialect = .new
    $0.numberType = .bfloat16
  }

  /// Three shards with a prefix and the older names of layer norms.
  package static let sharded = make("sharded") {
    $0.prefix = "bert."
    $0.shardCount = 3
    $0.hasOldLayerNormNames = true
  }

  /// `vocab.txt` alone, with an empty line; no limit but the positions.
  package static let vocabularyFile = make("vocabulary-file") {
    $0.hasVocabularyFile = true
    $0.maximumSequenceLength = nil
    $0.maximumPositions = 40
  }

  /// Upper case and accents kept, SiLU, one token's vector.
  package static let cased = make("cased") {
    $0.isCased = true
    $0.activation = "silu"
    $0.dialect = .new
    $0.poolingModes = ["lasttoken"]
  }

  /// Prompts, one of them by default, whose tokens do not take part in the pooling.
  package static let prompted = make("prompted") {
    $0.poolingModes = ["mean", "weightedmean"]
    $0.includesPrompt = false
    $0.prompts = [("query", "search query: "), ("document", "passage: "), ("plain", "")]
    $0.defaultPromptName = "document"
  }

  /// An encoder without `modules.json`, which means the mean without Normalize.
  package static let bare = make("bare") {
    $0.dialect = .bare
    $0.maximumSequenceLength = 30
    $0.normalizes = false
    $0.activation = "gelu_pytorch_tanh"
  }

  /// The encoder in a folder of its own, as the first versions of sentence-transformers wrote it.
  package static let nested = make("nested") {
    $0.encoderFolder = "0_Transformer"
    $0.poolingModes = ["cls", "mean"]
  }

  /// DistilBERT: other names, no token types.
  package static let distilBERT = make("distilbert") {
    $0.family = .distilBERT
    $0.prefix = "distilbert."
    $0.layerNormEpsilon = "1e-12"
    $0.activation = "gelu"
  }

  /// RoBERTa with BERT's tokenizer: places counted from 2 on, and not at all where the padding's id stands.
  package static let roberta = make("roberta") {
    $0.family = .roberta
    $0.layerNormEpsilon = "1e-5"
    $0.poolingModes = ["cls", "mean"]
  }

  /// ModernBERT with BERT's tokenizer: rotary positions, local attention in every second layer, gated units, norms
  /// before the blocks, no biases.
  package static let modernBERT = make("modernbert") {
    $0.family = .modernBERT
    $0.prefix = "model."
    $0.hiddenSize = 24
    $0.layerCount = 4
    $0.headCount = 2
    $0.intermediateSize = 36
    $0.layerNormEpsilon = "1e-5"
  }

  /// MPNet with BERT's tokenizer: a learned bias by distance beside learned positions.
  package static let mpnet = make("mpnet") {
    $0.family = .mpnet
    $0.prefix = "mpnet."
    $0.layerNormEpsilon = "1e-5"
    $0.poolingModes = ["mean"]
  }

  /// Many layers, and two components that layer norms make ten times as large as the others,
  /// as those of large models are.
  package static let deep = make("deep") {
    $0.hiddenSize = 48
    $0.layerCount = 24
    $0.intermediateSize = 512
    $0.outliers.gain = 10
    $0.weightDeviation = 0.4
  }

  /// Sums over 8192 factors beside a massive activation, components that layer norms make thirty times as large, and
  /// columns of large weights.
  ///
  /// With one accumulator over all factors, vectors are more than 1e-5 off.
  package static let massive = make("massive") {
    $0.hiddenSize = 64
    $0.layerCount = 24
    $0.intermediateSize = 8192
    $0.weightDeviation = 1
    $0.outliers = Outliers(
      gain: 30, readingWeight: 0.2, areLevelled: true, columnGain: 3, massiveActivation: 100)
  }

  /// The sizes of all-MiniLM-L6-v2 with four times the layers, and outliers that take part in what attention looks at.
  package static let large = make("large") {
    $0.hiddenSize = 384
    $0.headCount = 12
    $0.layerCount = 24
    $0.intermediateSize = 1536
    $0.outliers = Outliers(gain: 10, readingWeight: 0.5, areLevelled: true)
    $0.numberType = .float16
  }

  private static func make(_ name: String, _ change: (inout TinyModel) -> Void) -> TinyModel {
    var model = TinyModel(name: name)
    change(&model)
    return model
  }
}
