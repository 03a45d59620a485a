package import Transformer

// Stages as properties, for tests that change one thing of a BERT tokenizer.
extension TokenizerConfiguration {
  /// A BERT tokenizer without added tokens or template, whose ids are the places of the tokens.
  package init(_ tokens: [String]) {
    self.init(vocabulary: tokens.enumerated().map { ($1, Int32($0)) })
  }

  /// A BERT tokenizer without added tokens or template.
  package init(vocabulary: [(token: String, id: Int32)]) {
    self.init(
      normalizer: .bert(BertNormalizer()), preTokenizer: .bert,
      model: .wordPiece(WordPiece(vocabulary: vocabulary)))
  }

  /// The switches of the normalizer.
  package var bert: BertNormalizer {
    get {
      switch normalizer {
      case .bert(let bert): bert
      }
    }
    set { normalizer = .bert(newValue) }
  }

  /// The model.
  package var wordPiece: WordPiece {
    get {
      switch model {
      case .wordPiece(let wordPiece): wordPiece
      }
    }
    set { model = .wordPiece(newValue) }
  }
}
