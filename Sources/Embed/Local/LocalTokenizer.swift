public import EmbedCore
public import ModelFiles
import Transformer

/// The tokenizer of a local model, without its weights.
///
/// ```swift
/// let tokenizer = try await LocalTokenizer.load("all-MiniLM-L6-v2")
/// if tokenizer.countTokens(text) > tokenizer.maximumTokens { … }
/// ```
public struct LocalTokenizer: TextTokenizer {
  /// The most tokens of a sequence, special tokens included; 2³¹ - 1 for a model without a limit.
  public let maximumTokens: Int
  let tokenizer: Tokenizer
  let template: TokenizerConfiguration.Template
  /// The number of tokens that the encoder has vectors for.
  private let encoderVocabularySize: Int
  /// How texts are read, if that is not how sentence-transformers reads them.
  private let model2Vec: Model2VecText?
  /// Whether a text may have no token at all.
  private let takesEmptySequences: Bool
  private let prompts: [String: String]
  private let defaultPrompt: String?

  /// Loads the tokenizer of a model by name or folder.
  ///
  /// - Throws: `EmbedError` when there is no such model, or its files are damaged or unsupported.
  @concurrent
  public static func load(
    _ model: String, library: ModelLibrary = ModelLibrary()
  ) async throws(EmbedError) -> LocalTokenizer {
    try LocalTokenizer(library.locate(model).open())
  }

  /// Loads the tokenizer of an opened model folder.
  ///
  /// - Throws: `EmbedError` when its files are damaged or unsupported.
  @concurrent
  public static func load(_ folder: ModelFolder) async throws(EmbedError) -> LocalTokenizer {
    try LocalTokenizer(folder)
  }

  init(_ folder: ModelFolder) throws(EmbedError) {
    let configuration = try folder.tokenizerConfiguration()
    do {
      tokenizer = try Tokenizer(configuration)
    } catch {
      throw EmbedError(
        .fileDamaged, "invalid tokenizer", at: folder.path, underlying: error)
    }
    maximumTokens = folder.maximumSequenceLength ?? Int(Int32.max)
    template = configuration.template
    encoderVocabularySize = folder.configuration.vocabularySize
    model2Vec =
      folder.isModel2Vec
      ? Model2VecText(configuration, maximumTokens: maximumTokens) : nil
    takesEmptySequences = folder.isTable
    prompts = folder.prompts
    defaultPrompt = folder.defaultPrompt
  }

  /// The tokens of a text as the model would see them, with the prompt of the role and special tokens.
  ///
  /// - Throws: `EmbedError` with code `inputTooLong` when the options ask for it.
  /// - Complexity: O(length of the text) up to the limit.
  public func tokenize(
    _ text: String, options: EmbedOptions = EmbedOptions()
  ) throws(EmbedError) -> Tokenization {
    var scratch = TokenizerScratch()
    let prompt = prompt(options) ?? ""
    let (sequence, offsets) = encodeWithOffsets(prompt + text, options, &scratch)
    try check(sequence, options, at: 0)
    return Tokenization(
      ids: sequence.ids, tokens: sequence.ids.map { tokenizer.token(for: $0) ?? "" },
      offsets: Self.offsets(offsets, behind: prompt.utf8.count),
      isTruncated: sequence.isTruncated)
  }

  /// The number of a text's tokens, with the prompt of the role and special tokens.
  ///
  /// Tokens beyond `maximumTokens`, which the model would not see, count too. Of the options, the role, the prompt and
  /// what becomes of special tokens matter.
  ///
  /// - Complexity: O(length of the text).
  public func countTokens(_ text: String, options: EmbedOptions = EmbedOptions()) -> Int {
    var scratch = TokenizerScratch()
    let whole = (prompt(options) ?? "") + text
    let parsesSpecialTokens = options.specialTokens == .parse
    guard let model2Vec else {
      return tokenizer.count(whole, parsesSpecialTokens: parsesSpecialTokens, scratch: &scratch)
    }
    let sequence = tokenizer.encode(
      whole, maximumLength: .max, parsesSpecialTokens: parsesSpecialTokens, scratch: &scratch)
    return model2Vec.knownPlaces(sequence.ids).count
  }

  /// Where all of a text's own tokens stand in it, in bytes of UTF-8, also those that the model would not see.
  ///
  /// - Complexity: O(length of the text).
  public func tokenRanges(
    in text: String, options: EmbedOptions = EmbedOptions()
  ) -> [Range<Int>] {
    var scratch = TokenizerScratch()
    let (sequence, offsets) = tokenizer.encodeWithOffsets(
      text, maximumLength: .max, parsesSpecialTokens: options.specialTokens == .parse,
      scratch: &scratch)
    let places = model2Vec?.knownPlaces(sequence.ids) ?? Array(offsets.indices)
    return places.compactMap { offsets[$0] }
  }

  /// The tokens of a text, cut to the limit.
  private func encode(
    _ text: String, _ options: EmbedOptions, _ scratch: inout TokenizerScratch
  ) -> TokenSequence {
    let part = model2Vec?.part(of: text) ?? text
    let sequence = tokenizer.encode(
      part, maximumLength: maximumTokens,
      parsesSpecialTokens: options.specialTokens == .parse, scratch: &scratch)
    guard let model2Vec else { return sequence }
    return TokenSequence(
      ids: model2Vec.knownPlaces(sequence.ids).map { sequence.ids[$0] },
      isTruncated: sequence.isTruncated || part.utf8.count < text.utf8.count)
  }

  /// The tokens of a text, cut to the limit, with their places in it.
  private func encodeWithOffsets(
    _ text: String, _ options: EmbedOptions, _ scratch: inout TokenizerScratch
  ) -> (sequence: TokenSequence, offsets: [Range<Int>?]) {
    let part = model2Vec?.part(of: text) ?? text
    var (sequence, offsets) = tokenizer.encodeWithOffsets(
      part, maximumLength: maximumTokens,
      parsesSpecialTokens: options.specialTokens == .parse, scratch: &scratch)
    if let model2Vec {
      let known = model2Vec.knownPlaces(sequence.ids)
      sequence = TokenSequence(
        ids: known.map { sequence.ids[$0] },
        isTruncated: sequence.isTruncated || part.utf8.count < text.utf8.count)
      offsets = known.map { offsets[$0] }
    }
    return (sequence, offsets)
  }

  /// Offsets in a text of those in the prompt and the text; nil for tokens of the prompt alone.
  private static func offsets(
    _ offsets: [Range<Int>?], behind promptLength: Int
  ) -> [Range<Int>?] {
    if promptLength == 0 { return offsets }
    return offsets.map { range in
      guard let range, range.upperBound > promptLength else { return nil }
      return max(0, range.lowerBound - promptLength)..<range.upperBound - promptLength
    }
  }

  /// The roles that have a prompt.
  var roles: Set<EmbedOptions.Role> {
    Set([.query, .document].filter { rolePrompt($0) != nil })
  }

  /// The number of tokens at the start of a sequence that are special or the prompt's.
  ///
  /// Source: `_get_prompt_length` of sentence-transformers 6.2 (`base/modules/transformer.py`).
  func promptLength(_ options: EmbedOptions, scratch: inout TokenizerScratch) -> Int {
    guard let prompt = prompt(options) else { return 0 }
    let sequence = tokenizer.encode(
      prompt, maximumLength: maximumTokens, parsesSpecialTokens: true, scratch: &scratch)
    return sequence.ids.count - template.suffix.count
  }

  /// The token ids of an input, cut to the limit.
  ///
  /// - Throws: `EmbedError` naming the input's index.
  func sequence(
    for input: EmbeddingInput, at index: Int, options: EmbedOptions,
    scratch: inout TokenizerScratch
  ) throws(EmbedError) -> TokenSequence {
    let sequence: TokenSequence
    switch input {
    case .text(let text):
      sequence = encode((prompt(options) ?? "") + text, options, &scratch)
    case .tokens(let ids):
      sequence = try checked(ids, at: index)
    case .image:
      throw EmbedError(
        .invalidInput, "unsupported kind of input", expected: "text or token ids", got: "an image",
        input: index)
    }
    try check(sequence, options, at: index)
    guard takesEmptySequences || !sequence.ids.isEmpty else { throw Self.noTokens(at: index) }
    return sequence
  }

  /// The refusal of an input that a model without special tokens sees nothing of.
  static func noTokens(at index: Int) -> EmbedError {
    EmbedError(
      .invalidInput, "input without tokens", expected: "at least one", got: "none", input: index)
  }

  /// Refuses a truncated sequence when the options ask for it.
  private func check(
    _ sequence: TokenSequence, _ options: EmbedOptions, at index: Int
  ) throws(EmbedError) {
    if sequence.isTruncated, options.truncation == .error {
      throw EmbedError(
        .inputTooLong, "text too long", expected: "at most \(maximumTokens) tokens", got: "more",
        input: index)
    }
  }

  /// Token ids that a caller gives, cut to the limit.
  ///
  /// Any id that the encoder has a vector for will do: ids may have gaps, and models have vectors for tokens that no text
  /// gets.
  private func checked(_ ids: [Int32], at index: Int) throws(EmbedError) -> TokenSequence {
    guard !ids.isEmpty else {
      throw EmbedError(
        .invalidInput, "no token ids", expected: "at least one", got: "none", input: index)
    }
    if let wrong = ids.first(where: { $0 < 0 || $0 >= encoderVocabularySize }) {
      throw EmbedError(
        .invalidInput, "token id out of range", expected: "0 to \(encoderVocabularySize - 1)",
        got: "\(wrong)", input: index)
    }
    return TokenSequence(
      ids: Array(ids.prefix(maximumTokens)), isTruncated: ids.count > maximumTokens)
  }

  /// What is put in front of a text.
  func prompt(_ options: EmbedOptions) -> String? {
    if let prompt = options.prompt { return prompts[prompt] ?? prompt }
    return rolePrompt(options.role) ?? defaultPrompt
  }

  /// Source: `encode_query` and `encode_document` of sentence-transformers 6.2.
  private func rolePrompt(_ role: EmbedOptions.Role) -> String? {
    switch role {
    case .query: prompts["query"]
    case .document: prompts["document"] ?? prompts["passage"] ?? prompts["corpus"]
    case .none: nil
    }
  }
}

/// A text as a model's tokens.
public struct Tokenization: Sendable, Hashable {
  /// The ids, special tokens included.
  public let ids: [Int32]
  /// The tokens as the vocabulary spells them, one an id.
  public let tokens: [String]
  /// Where each token stands in the text, in bytes of UTF-8, one an id; nil for special tokens around the text and tokens
  /// of the prompt.
  ///
  /// `text.utf8` has them as distances from its start. A token's bytes reach from the first to the last scalar that the
  /// tokenizer made it of, so that what is dropped before or behind, such as white space, control characters or accents
  /// written as marks, is in no token. Tokens that are parts of one scalar, such as letters of a Hangul syllable, have the
  /// same bytes; otherwise they do not overlap, and they never go backwards. A token of both prompt and text has the
  /// bytes in the text.
  public let offsets: [Range<Int>?]
  /// Whether the end of the text was cut off.
  public let isTruncated: Bool
}
