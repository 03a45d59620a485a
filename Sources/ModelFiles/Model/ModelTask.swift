import EmbedCore
import JSON

/// What a model makes of texts.
public enum ModelTask: String, Sendable, Hashable, CaseIterable {
  /// A vector of a text.
  case embedding
  /// A score of a query and a document.
  case reranking
  /// A weight of every token of the vocabulary, most of them 0.
  case sparseEmbedding = "sparse-embedding"
}

extension ModelFolder {
  /// What the model was made for.
  public var task: ModelTask { tasks[0] }
}

extension ModelTask {
  /// The class of sentence-transformers, which its folders name.
  var className: String {
    switch self {
    case .embedding: "SentenceTransformer"
    case .reranking: "CrossEncoder"
    case .sparseEmbedding: "SparseEncoder"
    }
  }

  /// What sentence-transformers says of its module Transformer, by the keys of `sentence_bert_config.json`.
  ///
  /// Source: `TRANSFORMER_TASK_DEFAULTS` of sentence-transformers 6.2 (`base/modules/transformer.py`).
  var encoderSettings: (task: String, moduleOutput: String, methodOutput: String) {
    switch self {
    case .embedding: ("feature-extraction", "token_embeddings", "last_hidden_state")
    case .reranking: ("sequence-classification", "scores", "logits")
    case .sparseEmbedding: ("fill-mask", "token_embeddings", "logits")
    }
  }

  /// What an encoder without a `modules.json` can do, by its class in transformers, which `config.json` names; first what
  /// it was made for.
  ///
  /// A classifier's vectors are of no use by themselves, whereas a masked language model is what encoders begin as.
  static func tasks(ofBare config: JSONDocument) throws(EmbedError) -> [ModelTask] {
    let name = try config.optionalArray("architectures")?.first?.stringValue ?? ""
    if name.hasSuffix("ForSequenceClassification") { return [.reranking] }
    if name.hasSuffix("ForMaskedLM") { return [.embedding, .sparseEmbedding] }
    return [.embedding]
  }
}
