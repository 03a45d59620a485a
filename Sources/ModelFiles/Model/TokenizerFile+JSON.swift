import EmbedCore
import JSON
import Transformer

/// Reading of `tokenizer.json`, the format of the Rust library `tokenizers` 0.23.
extension TokenizerFile {
  func configuration(json file: JSONDocument) throws(EmbedError) -> TokenizerConfiguration {
    let model = try file.object("model")
    // Files older than the key have no other kind with a prefix for continuations.
    let type = try model.optionalString("type") ?? "WordPiece"
    var tokens: [TokenizerSettings.SpecialToken] = []
    for (index, element) in (try file.optionalArray("added_tokens") ?? []).enumerated() {
      tokens.append(try TokenizerSettings.token(element, file, "added_tokens[\(index)]"))
    }
    switch type {
    case "WordPiece":
      let vocabulary = try vocabulary(model.object("vocab"))
      return TokenizerConfiguration(
        addedTokens: try addedTokens(tokens, in: vocabulary),
        normalizers: try wordPieceNormalizers(file), preTokenizers: try preTokenizers(file),
        model: .wordPiece(try wordPiece(model, vocabulary)),
        template: try wordPieceTemplate(file, vocabulary))
    case "BPE":
      let vocabulary = try vocabulary(model.object("vocab"))
      return TokenizerConfiguration(
        addedTokens: try addedTokens(tokens, in: vocabulary), normalizers: try normalizers(file),
        preTokenizers: try preTokenizers(file),
        model: .bytePairs(try bytePairs(model, vocabulary)), template: try template(file))
    case "Unigram":
      let unigram = try unigram(model)
      return TokenizerConfiguration(
        addedTokens: try addedTokens(tokens, in: unigram.vocabulary),
        normalizers: try normalizers(file), preTokenizers: try preTokenizers(file),
        model: .unigram(unigram), template: try template(file))
    default:
      throw model.unsupported(
        "type", expected: "WordPiece, BPE or Unigram", got: type.quotedForMessage)
    }
  }

  // MARK: - Models

  private func wordPiece(
    _ model: JSONDocument, _ vocabulary: Vocabulary
  ) throws(EmbedError) -> TokenizerConfiguration.WordPiece {
    let wordPiece = TokenizerConfiguration.WordPiece(
      vocabulary: vocabulary,
      unknownToken: try model.optionalString("unk_token") ?? "[UNK]",
      continuationPrefix: try model.optionalString("continuing_subword_prefix") ?? "##",
      maximumWordLength: try model.optionalInteger("max_input_chars_per_word", in: 1...1_000_000)
        ?? 100)
    guard vocabulary.id(of: wordPiece.unknownToken) != nil else {
      throw EmbedError(
        .fileDamaged, "missing token", expected: "\(wordPiece.unknownToken.printable) (unk_token)",
        got: "no such token", at: model.location("vocab"))
    }
    return wordPiece
  }

  private func vocabulary(_ file: JSONDocument) throws(EmbedError) -> Vocabulary {
    var vocabulary = Vocabulary(capacity: file.members.count)
    var isTaken = [Bool](repeating: false, count: vocabularySize)
    var hasEmptyToken = false
    for (token, value) in file.members {
      guard case .number(let text) = value, let id = Int(text) else {
        throw EmbedError(
          .fileDamaged, "wrong type", expected: "a whole number", got: value.summary,
          at: file.location(token))
      }
      try check(id, location: file.location(token))
      guard !isTaken[id],
        token.isEmpty ? !hasEmptyToken : vocabulary.append(token, id: Int32(id))
      else {
        throw EmbedError(
          .fileDamaged, "duplicate token", expected: "each token and each id once",
          got: "\(token.quotedForMessage) with id \(id) again", at: file.location(token))
      }
      isTaken[id] = true
      // It takes an id, and no text has it.
      if token.isEmpty { hasEmptyToken = true }
    }
    return vocabulary
  }

  private func bytePairs(
    _ model: JSONDocument, _ vocabulary: Vocabulary
  ) throws(EmbedError) -> TokenizerConfiguration.BytePairs {
    try model.requireAbsent("dropout")
    for key in ["continuing_subword_prefix", "end_of_word_suffix"] {
      try model.require(key, toBe: "")
    }
    var merges: [(first: String, second: String)] = []
    for (index, element) in try model.array("merges").enumerated() {
      let pair: (String, String)? =
        switch element {
        case .array(let parts) where parts.count == 2:
          if case .string(let first) = parts[0], case .string(let second) = parts[1] {
            (first, second)
          } else {
            nil
          }
        case .string(let line): Self.pair(line)
        default: nil
        }
      guard let pair else {
        throw EmbedError(
          .fileDamaged, "wrong type", expected: "two tokens", got: element.summary,
          at: model.location("merges[\(index)]"))
      }
      merges.append(pair)
    }
    return TokenizerConfiguration.BytePairs(
      vocabulary: vocabulary, merges: merges,
      unknownToken: try model.optionalString("unk_token"),
      fusesUnknown: try model.optionalBool("fuse_unk") ?? false,
      fallsBackToBytes: try model.optionalBool("byte_fallback") ?? false,
      ignoresMergesOfTokens: try model.optionalBool("ignore_merges") ?? false)
  }

  /// The tokens on both sides of the only space in a line.
  private static func pair(_ line: String) -> (String, String)? {
    let parts = line.unicodeScalars.split(separator: " ", omittingEmptySubsequences: false)
    return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
  }

  private func unigram(
    _ model: JSONDocument
  ) throws(EmbedError) -> TokenizerConfiguration.Unigram {
    let entries = try model.array("vocab")
    var vocabulary = Vocabulary(capacity: entries.count)
    var scores: [Double] = []
    scores.reserveCapacity(entries.count)
    for (id, entry) in entries.enumerated() {
      guard case .array(let parts) = entry, parts.count == 2, case .string(let token) = parts[0],
        case .number(let text) = parts[1], let score = UnigramScore(text)?.value
      else {
        throw EmbedError(
          .fileDamaged, "wrong type", expected: "a token and its score", got: entry.summary,
          at: model.location("vocab[\(id)]"))
      }
      try check(id, location: model.location("vocab[\(id)]"))
      vocabulary.append(token, id: Int32(id))
      scores.append(score)
    }
    guard let unknownID = try model.optionalInteger("unk_id", in: 0...Int(Int32.max)) else {
      throw model.unsupported("unk_id", expected: "an unknown token", got: "none")
    }
    guard unknownID < vocabulary.count else {
      throw EmbedError(
        .fileDamaged, "missing token", expected: "an id below \(vocabulary.count)",
        got: "\(unknownID)", at: model.location("unk_id"))
    }
    return TokenizerConfiguration.Unigram(
      vocabulary: vocabulary, scores: scores, unknownID: Int32(unknownID),
      fallsBackToBytes: try model.optionalBool("byte_fallback") ?? false)
  }

  // MARK: - WordPiece by the settings

  /// The normalizers of a WordPiece tokenizer, where the settings may contradict the file.
  private func wordPieceNormalizers(
    _ file: JSONDocument
  ) throws(EmbedError) -> [TokenizerConfiguration.Normalizer] {
    guard wordPieceClass != nil else { return try normalizers(file) }
    guard let normalizer = try file.optionalObject("normalizer") else {
      throw file.unsupported("normalizer", expected: "BertNormalizer", got: "none")
    }
    try file.requireType("normalizer", ["BertNormalizer"])
    var lowercases = try normalizer.optionalBool("lowercase") ?? true
    var stripsAccents = try normalizer.optionalBool("strip_accents")
    var separates = try normalizer.optionalBool("handle_chinese_chars") ?? true

    func refuse(_ key: String, _ value: String) -> EmbedError {
      normalizer.unsupported(
        key, expected: "\(value), which \(className) takes when tokenizer_config.json is silent",
        got: "something else")
    }
    if lowercases != settings.lowercases ?? true {
      guard let explicit = settings.lowercases else { throw refuse("lowercase", "true") }
      lowercases = explicit
    }
    if stripsAccents != settings.stripsAccents {
      guard settings.mentionsAccents else { throw refuse("strip_accents", "null") }
      stripsAccents = settings.stripsAccents
    }
    if separates != settings.separatesChineseCharacters ?? true {
      guard let explicit = settings.separatesChineseCharacters else {
        throw refuse("handle_chinese_chars", "true")
      }
      separates = explicit
    }
    return [
      .bert(
        TokenizerConfiguration.BertNormalizer(
          cleansText: try normalizer.optionalBool("clean_text") ?? true,
          separatesChineseCharacters: separates, stripsAccents: stripsAccents ?? lowercases,
          lowercases: lowercases))
    ]
  }

  /// The template of a WordPiece tokenizer, which the class knows if the file does not.
  private func wordPieceTemplate(
    _ file: JSONDocument, _ vocabulary: Vocabulary
  ) throws(EmbedError) -> TokenizerConfiguration.Template {
    guard let wordPieceClass else { return try template(file) }
    guard try file.optionalObject("post_processor") != nil else {
      return try template(vocabulary, location: file.file)
    }
    var template = try template(file)
    template.trimming = wordPieceClass.trimsOffsets ? .swallowed : .none
    return template
  }

  // MARK: - Template

  private func template(
    _ file: JSONDocument
  ) throws(EmbedError) -> TokenizerConfiguration.Template {
    var template = TokenizerConfiguration.Template()
    guard let processor = try file.optionalObject("post_processor") else { return template }
    try add(processor, in: file, "post_processor", to: &template)
    return template
  }

  /// Adds what a post-processor does.
  private func add(
    _ processor: JSONDocument, in file: JSONDocument, _ key: String,
    to template: inout TokenizerConfiguration.Template
  ) throws(EmbedError) {
    let trimming: TokenizerConfiguration.Template.OffsetTrimming =
      try processor.optionalBool("trim_offsets") ?? true
      ? .byteLevel(addsPrefixSpace: try processor.optionalBool("add_prefix_space") ?? true)
      : .none
    switch try processor.optionalString("type") {
    case "BertProcessing":
      template = try self.template(around: processor, separators: 1, secondType: 1)
    case "RobertaProcessing":
      template = try self.template(around: processor, separators: 2, secondType: 0)
      template.trimming = trimming
    case "ByteLevel":
      template.trimming = trimming
    case "TemplateProcessing":
      (template.prefix, template.suffix) = try specialTokens(processor)
      template.pair = try pairTemplate(processor)
    case "Sequence":
      for (index, part) in try processor.objects("processors").enumerated() {
        try add(part, in: processor, "processors[\(index)]", to: &template)
      }
    default:
      try file.requireType(
        key,
        ["TemplateProcessing", "BertProcessing", "RobertaProcessing", "ByteLevel", "Sequence"],
        of: processor)
    }
  }

  /// `[CLS] text [SEP]`, and for two texts as many separators between them.
  private func template(
    around processor: JSONDocument, separators: Int, secondType: Int32
  ) throws(EmbedError) -> TokenizerConfiguration.Template {
    let start = try pairedID(processor, "cls")
    let separator = try pairedID(processor, "sep")
    return TokenizerConfiguration.Template(
      prefix: [start], suffix: [separator],
      pair: TokenizerConfiguration.Template.Pair(
        prefix: [start], middle: Array(repeating: separator, count: separators),
        suffix: [separator], secondType: secondType))
  }

  /// The id in `["[CLS]", 101]`.
  private func pairedID(_ file: JSONDocument, _ key: String) throws(EmbedError) -> Int32 {
    let pair = try file.array(key)
    guard pair.count == 2, case .number(let text) = pair[1], let id = Int32(text) else {
      throw EmbedError(
        .fileDamaged, "wrong type", expected: "a token and its id",
        got: JSONValue.array(pair).summary, at: file.location(key))
    }
    try check(id, location: file.location(key))
    return id
  }

  /// The most pieces of a template, and ids of a piece.
  private static let mostTemplateParts = 64

  /// The special tokens in front of the sequence `A` and behind it.
  private func specialTokens(
    _ processor: JSONDocument
  ) throws(EmbedError) -> (prefix: [Int32], suffix: [Int32]) {
    var prefix: [Int32] = []
    var suffix: [Int32] = []
    var isBehind = false
    for piece in try templatePieces(processor, "single") {
      let isSequence = try piece.value("Sequence") != nil
      let part = try piece.object(isSequence ? "Sequence" : "SpecialToken")
      let name = try part.string("id")
      let typeID = try part.optionalInteger("type_id", in: 0...Int(Int32.max)) ?? 0
      guard typeID == 0 else {
        throw part.unsupported("type_id", expected: "token type 0", got: "\(typeID)")
      }
      if isSequence {
        guard name == "A", !isBehind else {
          throw part.unsupported("id", expected: "the sequence A once", got: name.quotedForMessage)
        }
        isBehind = true
      } else if isBehind {
        suffix += try templateIDs(processor, name)
      } else {
        prefix += try templateIDs(processor, name)
      }
    }
    guard isBehind else {
      throw processor.unsupported("single", expected: "the sequence A", got: "no sequence")
    }
    return (prefix, suffix)
  }

  /// The special tokens around two texts; nil for a form that only other models have.
  private func pairTemplate(
    _ processor: JSONDocument
  ) throws(EmbedError) -> TokenizerConfiguration.Template.Pair? {
    guard try processor.optionalArray("pair") != nil else { return nil }
    var pair = TokenizerConfiguration.Template.Pair()
    var texts = 0
    for piece in try templatePieces(processor, "pair") {
      let isSequence = try piece.value("Sequence") != nil
      let part = try piece.object(isSequence ? "Sequence" : "SpecialToken")
      let type = Int32(try part.optionalInteger("type_id", in: 0...1) ?? 0)
      if isSequence {
        guard try part.string("id") == (texts == 0 ? "A" : "B"), texts < 2 else { return nil }
        texts += 1
        if texts == 2 { pair.secondType = type }
      }
      guard type == (texts == 2 ? pair.secondType : 0) else { return nil }
      if isSequence { continue }
      let ids = try templateIDs(processor, part.string("id"))
      switch texts {
      case 0: pair.prefix += ids
      case 1: pair.middle += ids
      default: pair.suffix += ids
      }
    }
    return texts == 2 ? pair : nil
  }

  /// What a template puts together, which is little.
  private func templatePieces(
    _ processor: JSONDocument, _ key: String
  ) throws(EmbedError) -> [JSONDocument] {
    let pieces = try processor.objects(key)
    guard pieces.count <= Self.mostTemplateParts else {
      throw processor.unsupported(
        key, expected: "at most \(Self.mostTemplateParts) parts", got: "\(pieces.count)")
    }
    return pieces
  }

  private func templateIDs(
    _ processor: JSONDocument, _ name: String
  ) throws(EmbedError) -> [Int32] {
    let token = try processor.object("special_tokens").object(name)
    var ids: [Int32] = []
    let values = try token.array("ids")
    guard values.count <= Self.mostTemplateParts else {
      throw token.unsupported(
        "ids", expected: "at most \(Self.mostTemplateParts)", got: "\(values.count)")
    }
    for value in values {
      guard case .number(let text) = value, let id = Int32(text) else {
        throw EmbedError(
          .fileDamaged, "wrong type", expected: "a whole number", got: value.summary,
          at: token.location("ids"))
      }
      try check(id, location: token.location("ids"))
      ids.append(id)
    }
    return ids
  }
}
