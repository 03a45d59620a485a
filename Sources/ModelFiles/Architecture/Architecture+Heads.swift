import Kernels
import Transformer

/// What a family's files call a head behind the encoder; layers without `.weight` and `.bias`.
///
/// The names are those of the whole model, not of the encoder in it, but for a pooler's.
struct HeadNames: Sendable {
  /// The first linear layer.
  var transform: String
  /// Whether that is the pooler, a part of the encoder.
  var transformIsPooler = false
  /// Whether it has a bias.
  var hasTransformBias = Architecture.Key(nil, true)
  /// The function behind it; nil for the one of the encoder's feed-forward blocks.
  var activation: ActivationFunction?
  /// The norm behind that.
  var norm: String?
  /// The last linear layer.
  var output: String
  /// Whether it has a bias.
  var hasOutputBias = Architecture.Key(nil, true)
  /// Where the bias may be instead of beside it.
  var outputBias: String?
  /// Keys of `config.json` that must have one of these values, if they are there.
  var requirements: [(key: String, values: [String])] = []
  /// The key of how tokens are pooled for it, `cls` or `mean`; nil for the first token.
  var pooling: String?
}

// MARK: - Classifiers

extension HeadNames {
  /// `BertForSequenceClassification` of transformers 5.23 (`models/bert/modeling_bert.py`), which the families in BERT's
  /// place have too.
  static let bertClassifier = HeadNames(
    transform: "pooler.dense", transformIsPooler: true, activation: .tanh, output: "classifier")

  /// `RobertaClassificationHead` of transformers 5.23 (`models/roberta/modeling_roberta.py`), which XLM-RoBERTa and MPNet
  /// have too.
  static let robertaClassifier = HeadNames(
    transform: "classifier.dense", activation: .tanh, output: "classifier.out_proj")

  /// `DistilBertForSequenceClassification` of transformers 5.23 (`models/distilbert/modeling_distilbert.py`).
  static let distilBERTClassifier = HeadNames(
    transform: "pre_classifier", activation: .relu, output: "classifier")

  /// `ModernBertForSequenceClassification` of transformers 5.23 (`models/modernbert/modeling_modernbert.py`).
  static let modernBERTClassifier = HeadNames(
    transform: "head.dense", hasTransformBias: Architecture.Key("classifier_bias", false),
    activation: .gelu, norm: "head.norm", output: "classifier",
    requirements: [("classifier_activation", ["gelu"])], pooling: "classifier_pooling")
}

// MARK: - Masked language models

extension HeadNames {
  /// `BertLMPredictionHead` of transformers 5.23 (`models/bert/modeling_bert.py`).
  static let bertVocabulary = HeadNames(
    transform: "cls.predictions.transform.dense", norm: "cls.predictions.transform.LayerNorm",
    output: "cls.predictions.decoder", outputBias: "cls.predictions.bias")

  /// `RobertaLMHead` of transformers 5.23 (`models/roberta/modeling_roberta.py`), which XLM-RoBERTa, MPNet and GTE
  /// have too.
  static let robertaVocabulary = HeadNames(
    transform: "lm_head.dense", activation: .gelu, norm: "lm_head.layer_norm",
    output: "lm_head.decoder", outputBias: "lm_head.bias")

  /// `DistilBertForMaskedLM` of transformers 5.23 (`models/distilbert/modeling_distilbert.py`).
  static let distilBERTVocabulary = HeadNames(
    transform: "vocab_transform", norm: "vocab_layer_norm", output: "vocab_projector")

  /// `ModernBertForMaskedLM` of transformers 5.23 (`models/modernbert/modeling_modernbert.py`).
  static let modernBERTVocabulary = HeadNames(
    transform: "head.dense", hasTransformBias: Architecture.Key("classifier_bias", false),
    activation: .gelu, norm: "head.norm", output: "decoder",
    hasOutputBias: Architecture.Key("decoder_bias", true),
    requirements: [("classifier_activation", ["gelu"])])
}
