import EmbedCore
import JSON
import Transformer

/// Reads a model folder's tokenizer, from `tokenizer.json` or, when there is none, from `vocab.txt`.
///
/// Truncation and padding in `tokenizer.json` are ignored, as sentence-transformers sets its own; a table's truncation is
/// read by `EncoderFiles`. Where `tokenizer_config.json` contradicts the normalizer in `tokenizer.json`, it is followed,
/// as the WordPiece classes of transformers do.
struct TokenizerFile {
  let folder: String
  /// Ids must be smaller.
  let vocabularySize: Int
  let settings: TokenizerSettings
  /// The Python class that transformers would take.
  let className: String
  /// What is known of that class, if it builds its tokenizer itself.
  let wordPieceClass: WordPieceClass?

  /// Reads the settings of a folder.
  ///
  /// - Parameter standardClass: The class of the encoder's family, for a folder that names none.
  init(
    folder: String, vocabularySize: Int, standardClass: String
  ) throws(EmbedError) {
    self.folder = folder
    self.vocabularySize = vocabularySize
    settings = try TokenizerSettings(folder: folder)
    className =
      if let name = settings.className {
        name
      } else {
        try Self.className(folder: folder) ?? standardClass
      }
    wordPieceClass = WordPieceClass.known[self.className]
  }

  /// Reads `tokenizer.json` for itself, whatever other files say of it.
  init(alone folder: String, vocabularySize: Int) {
    self.folder = folder
    self.vocabularySize = vocabularySize
    settings = TokenizerSettings()
    className = "PreTrainedTokenizer"
    wordPieceClass = nil
  }

  /// The class that `config.json` names, as older versions of transformers wrote it.
  private static func className(folder: String) throws(EmbedError) -> String? {
    let config = try JSONDocument.ifPresent(path: Folder.join(folder, "config.json"))
    return try config?.optionalString("tokenizer_class").map(TokenizerSettings.withoutFast)
  }

  /// The tokenizer's stages.
  ///
  /// Throws `modelUnsupported` for a stage of another kind than those of `TokenizerConfiguration`, by its name.
  ///
  /// - Complexity: O(n) in the size of the vocabulary.
  func configuration() throws(EmbedError) -> TokenizerConfiguration {
    let jsonPath = Folder.join(folder, "tokenizer.json")
    let vocabularyPath = Folder.join(folder, "vocab.txt")
    if let file = try JSONDocument.ifPresent(path: jsonPath) {
      return try configuration(json: file)
    }
    if Folder.exists(vocabularyPath) { return try configuration(vocabularyPath: vocabularyPath) }
    throw EmbedError(
      .fileInaccessible, "missing tokenizer", expected: "tokenizer.json or vocab.txt",
      got: "neither", at: folder)
  }

  /// The tokens that are found in a text as a whole: those of the file, then those of the settings that it lacks.
  ///
  /// - Parameter vocabulary: The model's, in which the settings' tokens find their ids.
  func addedTokens(
    _ tokens: [TokenizerSettings.SpecialToken], in vocabulary: Vocabulary
  ) throws(EmbedError) -> [TokenizerConfiguration.AddedToken] {
    var known = Set<BytewiseString>()
    var result: [TokenizerConfiguration.AddedToken] = []
    for (index, token) in (tokens + settings.others + roleTokens).enumerated() {
      guard known.insert(BytewiseString(token.content)).inserted else { continue }
      guard let id = token.id.flatMap(Int32.init(exactly:)) ?? vocabulary.id(of: token.content)
      else {
        // A role without a place in the vocabulary is never used.
        if index >= tokens.count + settings.others.count { continue }
        throw EmbedError(
          .modelUnsupported, "unsupported token", expected: "a token of the vocabulary",
          got: token.content.quotedForMessage, at: token.location)
      }
      try check(id, location: token.location)
      if settings.splitsSpecialTokens, token.isSpecial { continue }
      guard !token.content.isEmpty else { continue }
      result.append(
        TokenizerConfiguration.AddedToken(
          content: token.content, id: id, singleWord: token.singleWord,
          stripsLeft: token.stripsLeft, stripsRight: token.stripsRight,
          isSpecial: token.isSpecial, isNormalized: token.isNormalized))
    }
    return result
  }

  /// The tokens with a role, as the settings name them or else the class.
  var roleTokens: [TokenizerSettings.SpecialToken] {
    TokenizerSettings.roles.compactMap { role in
      let standard = wordPieceClass?.roles[role]
      guard
        var token = settings.named[role]
          ?? standard.map({ TokenizerSettings.SpecialToken(content: $0.content, location: folder) })
      else { return nil }
      if !token.hasFlags { token.stripsLeft = standard?.stripsLeft ?? false }
      return token
    }
  }

  /// The id of a token with a role, which must be in the vocabulary.
  func id(
    role: String, in vocabulary: Vocabulary, location: String
  ) throws(EmbedError) -> Int32 {
    let content = settings.named[role]?.content ?? wordPieceClass?.roles[role]?.content ?? role
    guard let id = vocabulary.id(of: content) else {
      throw EmbedError(
        .fileDamaged, "missing token", expected: "\(content.printable) (\(role))",
        got: "no such token", at: location)
    }
    return id
  }

  /// Refuses an id that the encoder has no vector for.
  func check(
    _ id: some BinaryInteger, location: @autoclosure () -> String
  ) throws(EmbedError) {
    guard id >= 0, id < vocabularySize else {
      throw EmbedError(
        .fileDamaged, "token outside the encoder's vocabulary",
        expected: "an id below \(vocabularySize)", got: "\(id)", at: location())
    }
  }
}

/// A class of transformers that builds a WordPiece tokenizer from `tokenizer_config.json` and the vocabulary.
///
/// Source: transformers 5.23, `models/*/tokenization_*.py`.
struct WordPieceClass {
  /// A token for some role.
  struct Token {
    let content: String
    /// Whether it swallows white space to its left.
    var stripsLeft = false
  }

  /// The tokens that the class takes unless a file says otherwise, by their keys in `tokenizer_config.json`.
  let roles: [String: Token]
  /// Whether the offsets of tokens leave out white space.
  let trimsOffsets: Bool
  /// The separators between two texts; with one, the second text is of token type 1.
  let pairSeparators: Int

  private static let bert = WordPieceClass(
    roles: [
      "unk_token": Token(content: "[UNK]"), "sep_token": Token(content: "[SEP]"),
      "pad_token": Token(content: "[PAD]"), "cls_token": Token(content: "[CLS]"),
      "mask_token": Token(content: "[MASK]"),
    ],
    trimsOffsets: false, pairSeparators: 1)

  private static let mpnet = WordPieceClass(
    roles: [
      "bos_token": Token(content: "<s>"), "eos_token": Token(content: "</s>"),
      "unk_token": Token(content: "[UNK]"), "sep_token": Token(content: "</s>"),
      "pad_token": Token(content: "<pad>"), "cls_token": Token(content: "<s>"),
      "mask_token": Token(content: "<mask>", stripsLeft: true),
    ],
    trimsOffsets: true, pairSeparators: 2)

  /// The classes by name.
  static let known: [String: WordPieceClass] = [
    "BertTokenizer": bert, "DistilBertTokenizer": bert, "ElectraTokenizer": bert,
    "MPNetTokenizer": mpnet,
  ]
}
