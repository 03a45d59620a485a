import EmbedCore
import Transformer

/// Reads a model folder's tokenizer, from `tokenizer.json` or, when there is none, from `vocab.txt`.
///
/// Truncation and padding in `tokenizer.json` are ignored, as sentence-transformers sets its own. Where
/// `tokenizer_config.json` contradicts the normalizer in `tokenizer.json`, it is followed, as the BERT classes of
/// transformers do.
struct TokenizerFile {
  /// The classes that build their normalizer from `tokenizer_config.json`.
  static let bertClasses = ["BertTokenizer", "DistilBertTokenizer", "ElectraTokenizer"]

  let folder: String
  /// Ids must be smaller.
  let vocabularySize: Int
  let settings: TokenizerSettings
  /// The Python class that transformers would take.
  let className: String

  /// Reads the settings of a folder.
  init(folder: String, vocabularySize: Int) throws(EmbedError) {
    self.folder = folder
    self.vocabularySize = vocabularySize
    settings = try TokenizerSettings(folder: folder)
    var className = settings.className
    if className == nil,
      let config = try JSONDocument.ifPresent(path: Folder.join(folder, "config.json"))
    {
      className = try config.optionalString("tokenizer_class").map(TokenizerSettings.withoutFast)
    }
    self.className = className ?? "BertTokenizer"
  }

  /// The vocabulary and the rules.
  ///
  /// Throws `modelUnsupported` for any other kind of tokenizer, by its name.
  ///
  /// - Complexity: O(n) in the size of the vocabulary.
  func definition() throws(EmbedError) -> TokenizerDefinition {
    let jsonPath = Folder.join(folder, "tokenizer.json")
    let vocabularyPath = Folder.join(folder, "vocab.txt")
    if let file = try JSONDocument.ifPresent(path: jsonPath) { return try definition(json: file) }
    if Folder.exists(vocabularyPath) { return try definition(vocabularyPath: vocabularyPath) }
    throw EmbedError(
      .fileInaccessible, "missing tokenizer", expected: "tokenizer.json or vocab.txt",
      got: "neither", at: folder)
  }

  /// The tokens that are found in a text before anything else happens to it: those of the file, then those of the
  /// settings that it lacks.
  ///
  /// - Parameter ids: The vocabulary.
  func addedTokens(
    _ tokens: [TokenizerSettings.SpecialToken], ids: [ExactString: Int32]
  ) throws(EmbedError) -> [TokenizerDefinition.AddedToken] {
    var known = Set<ExactString>()
    var result: [TokenizerDefinition.AddedToken] = []
    let roles = TokenizerSettings.roles.map { role in
      settings.named[role.key]
        ?? TokenizerSettings.SpecialToken(content: role.content, location: folder)
    }
    for (index, token) in (tokens + settings.others + roles).enumerated() {
      guard known.insert(ExactString(token.content)).inserted else { continue }
      guard let id = token.id.flatMap(Int32.init(exactly:)) ?? ids[ExactString(token.content)]
      else {
        // A role without a place in the vocabulary is never used.
        if index >= tokens.count + settings.others.count { continue }
        throw EmbedError(
          .modelUnsupported, "unsupported token", expected: "a token of the vocabulary",
          got: token.content.quotedForMessage, at: token.location)
      }
      try check(id, location: token.location)
      if settings.splitsSpecialTokens, token.isSpecial { continue }
      guard !token.isNormalized else {
        throw EmbedError(
          .modelUnsupported, "unsupported token",
          expected: "added tokens that are found before normalization (normalized: false)",
          got: token.content.quotedForMessage, at: token.location)
      }
      guard !token.content.isEmpty else { continue }
      result.append(
        TokenizerDefinition.AddedToken(
          content: token.content, id: id, singleWord: token.singleWord,
          stripsLeft: token.stripsLeft, stripsRight: token.stripsRight))
    }
    return result
  }

  /// The id of a token with a role, which must be in the vocabulary.
  func id(
    role: String, in ids: [ExactString: Int32], location: String
  ) throws(EmbedError) -> Int32 {
    let standard = TokenizerSettings.roles.first { $0.key == role }?.content ?? role
    let content = settings.named[role]?.content ?? standard
    guard let id = ids[ExactString(content)] else {
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
