/// How inputs are embedded; the defaults suit most uses.
public struct EmbedOptions: Sendable, Hashable {
  /// What a text is used for; models trained with prompts put another one in front of each.
  public enum Role: String, Sendable, Hashable, CaseIterable {
    /// A text that is searched for.
    case document
    /// A text that searches.
    case query
    /// Neither; the model's default prompt, if it has one.
    case none
  }

  /// The length of the vectors that come back.
  public enum Normalization: String, Sendable, Hashable, CaseIterable {
    /// Unit length, whatever the model says, so that the dot product is the cosine.
    case unit
    /// What the model's author chose: unit length if the model has a Normalize module.
    case asModel
    /// The raw output, without the model's Normalize module.
    case none
  }

  /// What happens to an input of more tokens than the model takes.
  public enum Truncation: String, Sendable, Hashable, CaseIterable {
    /// The end is cut off and `Embedding.isTruncated` set.
    case truncate
    /// The call throws `EmbedError.Code.inputTooLong`.
    case error
  }

  /// What becomes of a special token's spelling, such as `[SEP]`, inside a text.
  public enum SpecialTokens: String, Sendable, Hashable, CaseIterable {
    /// It becomes that token, as in the reference tokenizer.
    case parse
    /// It is text like any other.
    case text
  }

  /// What the texts are used for.
  public var role: Role
  /// What is put in front of each text, in place of what the role or the model would: the name of one of the model's
  /// prompts, or else the text itself; nil leaves it to those.
  public var prompt: String?
  /// Cuts vectors to this many dimensions, then normalizes again; nil keeps all.
  public var dimensions: Int?
  /// The length of the vectors.
  public var normalization: Normalization
  /// What happens to inputs that are too long.
  public var truncation: Truncation
  /// What happens to special tokens spelled out in a text.
  public var specialTokens: SpecialTokens

  /// Makes options.
  public init(
    role: Role = .none, prompt: String? = nil, dimensions: Int? = nil,
    normalization: Normalization = .unit, truncation: Truncation = .truncate,
    specialTokens: SpecialTokens = .parse
  ) {
    self.role = role
    self.prompt = prompt
    self.dimensions = dimensions
    self.normalization = normalization
    self.truncation = truncation
    self.specialTokens = specialTokens
  }
}

extension EmbedOptions {
  /// The number of dimensions to return from a model that has `available`.
  ///
  /// - Throws: `EmbedError` with code `invalidOption` when `dimensions` is not from 1 to `available`.
  package func resolvedDimensions(of available: Int) throws(EmbedError) -> Int {
    guard let dimensions else { return available }
    guard (1...max(1, available)).contains(dimensions) else {
      throw EmbedError(
        .invalidOption, "dimensions out of range", expected: "1 to \(available)",
        got: "\(dimensions)")
    }
    return dimensions
  }
}
