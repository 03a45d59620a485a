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
      normalizers: [.bert(BertNormalizer())], preTokenizers: [.bert],
      model: .wordPiece(WordPiece(vocabulary: Vocabulary(vocabulary))))
  }

  /// The switches of the normalizer.
  package var bert: BertNormalizer {
    get {
      guard case .bert(let bert) = normalizers.first else { preconditionFailure("BERT's") }
      return bert
    }
    set { normalizers = [.bert(newValue)] }
  }

  /// The model.
  package var wordPiece: WordPiece {
    get {
      guard case .wordPiece(let wordPiece) = model else { preconditionFailure("WordPiece") }
      return wordPiece
    }
    set { model = .wordPiece(newValue) }
  }
}
