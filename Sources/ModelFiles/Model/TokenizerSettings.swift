import EmbedCore
import JSON
import Transformer

/// What `tokenizer_config.json` and the older `special_tokens_map.json` say of a tokenizer.
///
/// Source: `BertTokenizer` of transformers 5.23 (`models/bert/tokenization_bert.py`) and the classes it is made of.
struct TokenizerSettings {
  /// A token that is found in text as a whole, as these files and `tokenizer.json` describe it.
  struct SpecialToken {
    var content: String
    var id: Int?
    var singleWord = false
    var stripsLeft = false
    var stripsRight = false
    /// Whether it is looked for in normalized text rather than in the text itself.
    var isNormalized = false
    var isSpecial = true
    /// Whether the file gives more than the content.
    var hasFlags = false
    /// Where it stands, for messages.
    var location: String
  }

  /// The Python class, such as `BertTokenizer`, without a final `Fast`; nil when no file names one.
  private(set) var className: String?
  /// The most tokens of an input; nil when there is no limit.
  private(set) var maximumLength: Int?
  private(set) var lowercases: Bool?
  private(set) var stripsAccents: Bool?
  /// Whether the file has `strip_accents`, be it null: null means the same as lower-casing.
  private(set) var mentionsAccents = false
  private(set) var separatesChineseCharacters: Bool?
  /// Whether special tokens in a text are taken for plain text.
  private(set) var splitsSpecialTokens = false
  /// Tokens with a role, such as `cls_token`, by that role.
  private(set) var named: [String: SpecialToken] = [:]
  /// Tokens without one.
  private(set) var others: [SpecialToken] = []

  /// The settings where there are no such files.
  init() {}

  /// Reads the files of a folder that are there.
  init(folder: String) throws(EmbedError) {
    let path = Folder.join(folder, "tokenizer_config.json")
    let file = try JSONDocument.ifPresent(path: path)
    if let file { try read(file) }
    let mapPath = Folder.join(folder, "special_tokens_map.json")
    if try file?.value("added_tokens_decoder") == nil,
      let map = try JSONDocument.ifPresent(path: mapPath)
    {
      try readTokens(map)
    }
  }

  /// What tokens can be for, as keys.
  static let roles = [
    "bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token",
  ]

  private mutating func read(_ file: JSONDocument) throws(EmbedError) {
    className = try file.optionalString("tokenizer_class").map(Self.withoutFast)
    if let length = try file.optionalDouble("model_max_length") {
      guard length >= 3 else {
        throw EmbedError(
          .fileDamaged, "value out of range", expected: "at least 3 tokens", got: "\(length)",
          at: file.location("model_max_length"))
      }
      // transformers writes 1e30 for no limit.
      maximumLength = length < Double(Int32.max) ? Int(length) : nil
    }
    try file.require("truncation_side", toBe: "right")
    lowercases = try file.optionalBool("do_lower_case")
    stripsAccents = try file.optionalBool("strip_accents")
    mentionsAccents = file.members.contains { $0.key.hasSameBytes(as: "strip_accents") }
    separatesChineseCharacters = try file.optionalBool("tokenize_chinese_chars")
    splitsSpecialTokens = try file.optionalBool("split_special_tokens") ?? false
    try readTokens(file)
    if let tokens = try file.optionalObject("added_tokens_decoder") {
      for member in tokens.members {
        var token = try Self.token(member.value, tokens, member.key)
        token.id = Int(member.key)
        others.append(token)
      }
    }
  }

  private mutating func readTokens(_ file: JSONDocument) throws(EmbedError) {
    for key in Self.roles {
      if let value = try file.value(key) { named[key] = try Self.token(value, file, key) }
    }
    for key in ["additional_special_tokens", "extra_special_tokens"] {
      // An object gives names to tokens; the names do not matter here.
      switch try file.value(key) {
      case .array(let elements)?:
        for element in elements { others.append(try Self.token(element, file, key)) }
      case .object(let members)?:
        for member in members { others.append(try Self.token(member.value, file, key)) }
      case let value?:
        throw EmbedError(
          .fileDamaged, "wrong type", expected: "an array of tokens", got: value.summary,
          at: file.location(key))
      case nil: break
      }
    }
  }

  /// A token that is spelled as a string, or as an object with its flags.
  static func token(
    _ value: JSONValue, _ file: JSONDocument, _ key: String
  ) throws(EmbedError) -> SpecialToken {
    if case .string(let content) = value {
      return SpecialToken(content: content, location: file.location(key))
    }
    let object = try JSONDocument(
      value, file: file.file, path: "\(file.path)\(key.printable).")
    let isSpecial = try object.optionalBool("special") ?? true
    return SpecialToken(
      content: try object.string("content"),
      id: try object.optionalInteger("id", in: 0...Int(Int32.max)),
      singleWord: try object.optionalBool("single_word") ?? false,
      stripsLeft: try object.optionalBool("lstrip") ?? false,
      stripsRight: try object.optionalBool("rstrip") ?? false,
      isNormalized: try object.optionalBool("normalized") ?? !isSpecial,
      isSpecial: isSpecial, hasFlags: true, location: "\(file.file), \(file.path)\(key.printable)")
  }

  /// A class name without the ending that only older versions tell apart.
  static func withoutFast(_ name: String) -> String {
    name.hasSuffix("Fast") ? String(name.dropLast(4)) : name
  }
}
