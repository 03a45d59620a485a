import EmbedCore
import Foundation
import JSON
import Transformer

/// Reading of the normalizers and pre-tokenizers of a `tokenizer.json`.
extension TokenizerFile {
  /// The most stages of a kind, nested ones included: more than any file has, so that a hostile one does not nest deep.
  private static let maximumStages = 128

  /// What is done to the text, in order.
  func normalizers(
    _ file: JSONDocument
  ) throws(EmbedError) -> [TokenizerConfiguration.Normalizer] {
    var normalizers: [TokenizerConfiguration.Normalizer] = []
    for stage in try file.stages("normalizer", inside: "normalizers", limit: Self.maximumStages) {
      normalizers.append(try normalizer(stage))
    }
    return normalizers
  }

  private func normalizer(
    _ stage: JSONDocument.Stage
  ) throws(EmbedError) -> TokenizerConfiguration.Normalizer {
    let settings = stage.settings
    let type = try settings.string("type")
    if let form = TokenizerConfiguration.UnicodeForm(rawValue: type) { return .unicode(form) }
    switch type {
    case "BertNormalizer":
      let lowercases = try settings.optionalBool("lowercase") ?? true
      return .bert(
        TokenizerConfiguration.BertNormalizer(
          cleansText: try settings.optionalBool("clean_text") ?? true,
          separatesChineseCharacters: try settings.optionalBool("handle_chinese_chars") ?? true,
          stripsAccents: try settings.optionalBool("strip_accents") ?? lowercases,
          lowercases: lowercases))
    case "Lowercase": return .lowercase
    case "StripAccents": return .stripAccents
    case "Nmt": return .nmt
    case "Strip":
      return .strip(
        left: try settings.optionalBool("strip_left") ?? true,
        right: try settings.optionalBool("strip_right") ?? true)
    case "Prepend": return .prepend(try settings.string("prepend"))
    case "Replace":
      return .replace(try pattern(settings), with: try settings.string("content"))
    case "Precompiled":
      let text = try settings.string("precompiled_charsmap")
      guard let bytes = Data(base64Encoded: text), let map = CharacterMap(Array(bytes)) else {
        throw EmbedError(
          .fileDamaged, "invalid character map", expected: "one of SentencePiece in base64",
          got: "\(text.utf8.count) bytes of something else",
          at: settings.location("precompiled_charsmap"))
      }
      return .characterMap(map)
    default:
      let forms = TokenizerConfiguration.UnicodeForm.allCases.map(\.rawValue)
      throw stage.unsupported(
        forms + [
          "BertNormalizer", "Lowercase", "StripAccents", "Nmt", "Strip", "Prepend", "Replace",
          "Precompiled", "Sequence",
        ])
    }
  }

  /// What a `Replace` looks for: a string, or one of the regular expressions that models have.
  private func pattern(
    _ settings: JSONDocument
  ) throws(EmbedError) -> TokenizerConfiguration.Pattern {
    let pattern = try settings.object("pattern")
    if let text = try pattern.optionalString("String") { return .text(text) }
    switch try pattern.string("Regex") {
    case " {2,}": return .spaces(atLeast: 2)
    case " +": return .spaces(atLeast: 1)
    case #"\s+"#: return .whitespace
    case let other:
      throw pattern.unsupported(
        "Regex", expected: #"one of " {2,}", " +", "\s+""#, got: other.quotedForMessage)
    }
  }

  /// How the text is split, in order.
  func preTokenizers(
    _ file: JSONDocument
  ) throws(EmbedError) -> [TokenizerConfiguration.PreTokenizer] {
    var preTokenizers: [TokenizerConfiguration.PreTokenizer] = []
    let stages = try file.stages(
      "pre_tokenizer", inside: "pretokenizers", limit: Self.maximumStages)
    for (index, stage) in stages.enumerated() {
      let preTokenizer = try preTokenizer(stage)
      if case .byteLevel = preTokenizer, index < stages.count - 1 {
        throw file.unsupported(
          "pre_tokenizer", expected: "nothing behind ByteLevel", got: "another stage")
      }
      preTokenizers.append(preTokenizer)
    }
    if wordPieceClass != nil, preTokenizers != [.bert],
      try file.object("model").optionalString("type") ?? "WordPiece" == "WordPiece"
    {
      try file.requireType("pre_tokenizer", ["BertPreTokenizer"])
    }
    return preTokenizers
  }

  private func preTokenizer(
    _ stage: JSONDocument.Stage
  ) throws(EmbedError) -> TokenizerConfiguration.PreTokenizer {
    let settings = stage.settings
    switch try settings.string("type") {
    case "BertPreTokenizer": return .bert
    case "WhitespaceSplit": return .whitespaceSplit
    case "Whitespace": return .whitespace
    case "Punctuation":
      try settings.require("behavior", toBe: "Isolated")
      return .punctuation
    case "Digits":
      return .digits(individually: try settings.optionalBool("individual_digits") ?? false)
    case "ByteLevel":
      return .byteLevel(
        addsPrefixSpace: try settings.optionalBool("add_prefix_space") ?? true,
        splits: try settings.optionalBool("use_regex") ?? true ? .gpt2 : nil)
    case "Metaspace": return try metaspace(settings)
    case "Split": return .pattern(try wordPattern(settings))
    default:
      throw stage.unsupported([
        "BertPreTokenizer", "WhitespaceSplit", "Whitespace", "Punctuation", "Digits", "ByteLevel",
        "Metaspace", "Split", "Sequence",
      ])
    }
  }

  /// Files before version 0.15 say `add_prefix_space` instead of where the replacement is put in front.
  private func metaspace(
    _ settings: JSONDocument
  ) throws(EmbedError) -> TokenizerConfiguration.PreTokenizer {
    let replacement = try settings.optionalString("replacement") ?? "\u{2581}"
    guard let scalar = replacement.unicodeScalars.first, replacement.unicodeScalars.count == 1
    else {
      throw EmbedError(
        .fileDamaged, "wrong length", expected: "one character",
        got: replacement.quotedForMessage, at: settings.location("replacement"))
    }
    let adds = try settings.optionalBool("add_prefix_space") ?? true
    let scheme = try settings.optionalString("prepend_scheme") ?? (adds ? "always" : "never")
    guard let prepends = TokenizerConfiguration.Prepending(rawValue: scheme) else {
      throw settings.unsupported(
        "prepend_scheme", expected: "always, first or never", got: scheme.quotedForMessage)
    }
    return .metaspace(
      replacement: scalar, prepends: prepends, splits: try settings.optionalBool("split") ?? true)
  }

  private func wordPattern(
    _ settings: JSONDocument
  ) throws(EmbedError) -> TokenizerConfiguration.WordPattern {
    let isInverted = try settings.optionalBool("invert") ?? false
    // Where matches leave no gaps, what is removed between them is nothing.
    try settings.require("behavior", toBe: isInverted ? "Removed" : "Isolated")
    let pattern = try settings.object("pattern")
    let known = TokenizerConfiguration.WordPattern.allCases
    let text = try pattern.string("Regex")
    guard let found = known.first(where: { $0.rawValue.hasSameBytes(as: text) }) else {
      throw pattern.unsupported(
        "Regex", expected: "the pattern of GPT-2, of Llama 3 or of Qwen 2",
        got: text.quotedForMessage)
    }
    return found
  }
}

extension JSONDocument {
  /// A normalizer or pre-tokenizer and where it stands.
  fileprivate struct Stage {
    let settings: JSONDocument
    /// The object that it is in, and its key there.
    let parent: JSONDocument
    let key: String

    /// An error about a stage of a type that is none of those given.
    func unsupported(_ types: [String]) -> EmbedError {
      let type = try? settings.optionalString("type")
      return parent.unsupported(
        key, expected: types.joined(separator: " or "), got: type?.quotedForMessage ?? "none")
    }
  }

  /// The stages that a key has: none, one, or those of a `Sequence`.
  fileprivate func stages(
    _ key: String, inside listKey: String, limit: Int
  ) throws(EmbedError) -> [Stage] {
    guard let first = try optionalObject(key) else { return [] }
    var waiting = [Stage(settings: first, parent: self, key: key)]
    var stages: [Stage] = []
    while let stage = waiting.popLast() {
      guard try stage.settings.optionalString("type") == "Sequence" else {
        stages.append(stage)
        continue
      }
      let parts = try stage.settings.objects(listKey)
      guard parts.count + stages.count + waiting.count <= limit else {
        throw unsupported(key, expected: "at most \(limit) stages", got: "more")
      }
      for (index, part) in parts.enumerated().reversed() {
        waiting.append(
          Stage(settings: part, parent: stage.settings, key: "\(listKey)[\(index)]"))
      }
    }
    return stages
  }

  /// Refuses a part of another kind than those given, by its name.
  func requireType(
    _ key: String, _ accepted: [String], of part: JSONDocument? = nil
  ) throws(EmbedError) {
    let part = if let part { part } else { try optionalObject(key) }
    let type = try part?.optionalString("type")
    guard let type, accepted.contains(type) else {
      throw unsupported(
        key, expected: accepted.joined(separator: " or "), got: type?.quotedForMessage ?? "none")
    }
  }
}
