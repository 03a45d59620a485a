public import EmbedCore

/// A model that a server may load: its name, and how it is loaded.
public struct ServedModel: Sendable {
  /// What requests call it.
  public let id: String
  /// Loads the model, when a request first asks for it and again after it had to make room.
  public let load: @Sendable () async throws -> LoadedModel

  /// Makes a model that is loaded by a function.
  public init(_ id: String, load: @escaping @Sendable () async throws -> LoadedModel) {
    self.id = id
    self.load = load
  }
}

/// A model in memory, with what a server tells of it.
public struct LoadedModel: Sendable {
  /// A token of a text.
  public struct Token: Sendable, Hashable {
    /// The id in the vocabulary.
    public let id: Int32
    /// The token as the vocabulary spells it.
    public let text: String
    /// Where it stands in the text, in bytes of UTF-8; nil for special tokens.
    public let range: Range<Int>?

    /// Makes a token.
    public init(id: Int32, text: String, range: Range<Int>?) {
      self.id = id
      self.text = text
      self.range = range
    }
  }

  /// What computes the answers.
  public enum Work: Sendable {
    /// Vectors of texts.
    case embedding(any Embedder)
    /// Scores of documents for a query.
    case reranking(any Reranker)
  }

  /// What computes the answers.
  public var work: Work
  /// The tokens of a text as the model sees them; nil when the model is elsewhere and its tokenizer is not known.
  public var tokenize: (@Sendable (_ text: String, _ options: EmbedOptions) throws -> [Token])?
  /// About how many bytes of memory it takes.
  public var memory: Int
  /// How exactly it is computed, such as `f32`; nil when that is not known.
  public var precision: String?
  /// How its calls are batched.
  public var batching: BatchingEmbedder.Limits

  /// Makes a description of an embedder in memory.
  public init(
    _ embedder: any Embedder,
    tokenize: (@Sendable (_ text: String, _ options: EmbedOptions) throws -> [Token])? = nil,
    memory: Int = 0, precision: String? = nil,
    batching: BatchingEmbedder.Limits = BatchingEmbedder.Limits()
  ) {
    work = .embedding(embedder)
    self.tokenize = tokenize
    self.memory = memory
    self.precision = precision
    self.batching = batching
  }

  /// Makes a description of a re-ranker in memory, which batches its calls itself.
  public init(
    _ reranker: any Reranker,
    tokenize: (@Sendable (_ text: String, _ options: EmbedOptions) throws -> [Token])? = nil,
    memory: Int = 0, precision: String? = nil
  ) {
    work = .reranking(reranker)
    self.tokenize = tokenize
    self.memory = memory
    self.precision = precision
    batching = BatchingEmbedder.Limits()
  }
}
