public import EmbedCore
public import ModelFiles
import Transformer

/// The tokenizer of a local model, without its weights.
public struct LocalTokenizer: Sendable {
  /// The most tokens of a sequence, special tokens included.
  public let maximumTokens: Int
  private let tokenizer: Tokenizer
  private let suffixLength: Int
  private let prompts: [String: String]
  private let defaultPrompt: String?

  /// Loads the tokenizer of a model by name or folder.
  ///
  /// - Throws: `EmbedError` when there is no such model, or its files are damaged or unsupported.
  public static func load(
    _ model: String, library: ModelLibrary = ModelLibrary()
  ) throws(EmbedError) -> LocalTokenizer {
    try LocalTokenizer(library.locate(model).open())
  }

  init(_ folder: ModelFolder) throws(EmbedError) {
    let configuration = try folder.tokenizerConfiguration()
    do {
      tokenizer = try Tokenizer(configuration)
    } catch {
      throw EmbedError(
        .fileDamaged, "the model's tokenizer", at: folder.path, underlying: error)
    }
    maximumTokens = folder.maximumSequenceLength
    suffixLength = configuration.template.suffix.count
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
    let sequence = try sequence(for: .text(text), at: 0, options: options, scratch: &scratch)
    return Tokenization(
      ids: sequence.ids, tokens: sequence.ids.map { tokenizer.token(for: $0) ?? "" },
      isTruncated: sequence.isTruncated)
  }

  /// The roles that have a prompt.
  var roles: Set<EmbedOptions.Role> {
    Set([.query, .document].filter { rolePrompt($0) != nil })
  }

  /// The number of tokens at the start of a sequence that are special or the prompt's.
  ///
  /// Source: `_get_prompt_length` of sentence-transformers 6.2 (`base/modules/transformer.py`).
  func promptLength(_ role: EmbedOptions.Role, scratch: inout TokenizerScratch) -> Int {
    guard let prompt = prompt(role) else { return 0 }
    let sequence = tokenizer.encode(
      prompt, maximumLength: maximumTokens, parsesSpecialTokens: true, scratch: &scratch)
    return sequence.ids.count - suffixLength
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
      sequence = tokenizer.encode(
        (prompt(options.role) ?? "") + text, maximumLength: maximumTokens,
        parsesSpecialTokens: options.specialTokens == .parse, scratch: &scratch)
    case .tokens(let ids):
      sequence = try checked(ids, at: index)
    case .image:
      throw EmbedError(
        .invalidInput, "an input of this model", expected: "text or token ids", got: "an image",
        at: "input \(index)")
    }
    if sequence.isTruncated, options.truncation == .error {
      throw EmbedError(
        .inputTooLong, "a text", expected: "at most \(maximumTokens) tokens", got: "more",
        at: "input \(index)")
    }
    return sequence
  }

  private func checked(_ ids: [Int32], at index: Int) throws(EmbedError) -> TokenSequence {
    guard !ids.isEmpty else {
      throw EmbedError(
        .invalidInput, "token ids", expected: "at least one", got: "none", at: "input \(index)")
    }
    if let wrong = ids.first(where: { $0 < 0 || $0 >= tokenizer.vocabularySize }) {
      throw EmbedError(
        .invalidInput, "a token id", expected: "0 to \(tokenizer.vocabularySize - 1)",
        got: "\(wrong)", at: "input \(index)")
    }
    return TokenSequence(
      ids: Array(ids.prefix(maximumTokens)), isTruncated: ids.count > maximumTokens)
  }

  private func prompt(_ role: EmbedOptions.Role) -> String? {
    rolePrompt(role) ?? defaultPrompt
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
  /// Whether the end of the text was cut off.
  public let isTruncated: Bool
}
