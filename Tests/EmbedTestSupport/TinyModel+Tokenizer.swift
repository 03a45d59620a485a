import JSON
import ModelFiles

extension TinyModel {
  /// The tokens in the order of their ids, each once: special ones, all printable ASCII characters, pieces and words.
  package var vocabulary: [String] {
    let ascii = (0x21...0x7E).map { String(UnicodeScalar(UInt8($0))) }
    let isKept = { (text: String) in isCased || text == text.lowercased() }
    let letters = ascii.filter { $0.allSatisfy { $0.isLetter || $0.isNumber } && isKept($0) }
    let special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    // An empty line has a number too; in a tokenizer.json the id is left out.
    let tokens =
      special + [""] + ascii.filter(isKept) + letters.map { "##\($0)" } + Self.pieces
      + Self.words + (isCased ? Self.casedWords : Self.otherWords)
    var known = Set<String>()
    return tokens.filter { known.insert($0).inserted }
  }

  private static let pieces = [
    "##ing", "##ed", "##er", "##ly", "##ness", "##tion", "##ment", "##able", "##ical",
  ]

  private static let words = [
    "the", "of", "and", "to", "in", "is", "that", "it", "was", "for", "on", "are", "with",
    "as", "be", "this", "have", "from", "or", "one", "had", "by", "word", "but", "not", "what",
    "all", "were", "we", "when", "your", "can", "said", "there", "use", "each", "which", "she",
    "do", "how", "their", "if", "will", "up", "other", "about", "out", "many", "then", "them",
    "these", "so", "some", "her", "would", "make", "like", "him", "into", "time", "has", "look",
    "two", "more", "write", "go", "see", "number", "no", "way", "could", "people", "my", "than",
    "first", "water", "been", "call", "who", "oil", "its", "now", "find", "long", "down", "day",
    "did", "get", "come", "made", "may", "part", "hello", "world", "cat", "dog", "sat", "mat",
    "quick", "brown", "fox", "jump", "lazy", "weather", "sunny", "today", "stadium", "drove",
    "query", "passage", "search", "document", "embed", "vector", "model", "sentence", "cafe",
    "resume", "strasse", "世", "界", "你", "好",
  ]

  private static let otherWords = ["naive", "uber", "istanbul"]

  private static let casedWords = [
    "Hello", "World", "The", "Paris", "café", "Café", "naïve", "Über", "É", "##é", "##É", "ß",
    "##ß", "We",
  ]

  /// `tokenizer_config.json` and the vocabulary.
  func tokenizerFiles() -> [(name: String, bytes: [UInt8])] {
    let config = (name: "tokenizer_config.json", bytes: Self.json(tokenizerConfig))
    if hasVocabularyFile {
      let lines = vocabulary.map { "\($0)\n" }.joined()
      return [config, ("vocab.txt", Array(lines.utf8))]
    }
    return [config, ("tokenizer.json", Self.json(tokenizer))]
  }

  private var tokenizerConfig: JSONValue {
    var members: [(key: String, value: JSONValue)] = [
      ("do_lower_case", .bool(!isCased)), ("strip_accents", .null),
      ("tokenize_chinese_chars", .bool(true)), ("tokenizer_class", .string("BertTokenizer")),
      ("unk_token", .string("[UNK]")), ("sep_token", .string("[SEP]")),
      ("pad_token", .string("[PAD]")), ("cls_token", .string("[CLS]")),
      ("mask_token", .string("[MASK]")),
    ]
    // As transformers writes "no limit": the closest float to 1e30, as an integer.
    let noLimit = JSONValue.number("1000000000000000019884624838656")
    let limit = dialect == .old ? nil : maximumSequenceLength.map(JSONValue.integer)
    members.append(("model_max_length", limit ?? noLimit))
    return .object(members)
  }

  private var tokenizer: JSONValue {
    let special = vocabulary.prefix(5).enumerated().map { id, token in
      JSONValue.object([
        ("id", .integer(id)), ("content", .string(token)), ("single_word", .bool(false)),
        ("lstrip", .bool(false)), ("rstrip", .bool(false)), ("normalized", .bool(false)),
        ("special", .bool(true)),
      ])
    }
    let entries = vocabulary.enumerated().filter { !$0.element.isEmpty }
    // The limits in this file are wrong on purpose: they do not count.
    return .object([
      ("version", .string("1.0")),
      (
        "truncation",
        .object([
          ("direction", .string("Right")), ("max_length", .integer(10)),
          ("strategy", .string("LongestFirst")), ("stride", .integer(0)),
        ])
      ),
      (
        "padding",
        .object([
          ("strategy", .object([("Fixed", .integer(10))])), ("direction", .string("Right")),
          ("pad_to_multiple_of", .null), ("pad_id", .integer(0)), ("pad_type_id", .integer(0)),
          ("pad_token", .string("[PAD]")),
        ])
      ),
      ("added_tokens", .array(special)),
      (
        "normalizer",
        .object([
          ("type", .string("BertNormalizer")), ("clean_text", .bool(true)),
          ("handle_chinese_chars", .bool(true)), ("strip_accents", .null),
          ("lowercase", .bool(!isCased)),
        ])
      ),
      ("pre_tokenizer", .object([("type", .string("BertPreTokenizer"))])),
      ("post_processor", postProcessor),
      (
        "decoder",
        .object([
          ("type", .string("WordPiece")), ("prefix", .string("##")), ("cleanup", .bool(true)),
        ])
      ),
      (
        "model",
        .object([
          ("type", .string("WordPiece")), ("unk_token", .string("[UNK]")),
          ("continuing_subword_prefix", .string("##")),
          ("max_input_chars_per_word", .integer(100)),
          ("vocab", .object(entries.map { ($0.element, .integer($0.offset)) })),
        ])
      ),
    ])
  }

  private var postProcessor: JSONValue {
    func special(_ token: String, _ type: Int) -> JSONValue {
      .object([("SpecialToken", .object([("id", .string(token)), ("type_id", .integer(type))]))])
    }
    func sequence(_ name: String, _ type: Int) -> JSONValue {
      .object([("Sequence", .object([("id", .string(name)), ("type_id", .integer(type))]))])
    }
    func ids(_ token: String, _ id: Int) -> (key: String, value: JSONValue) {
      (
        token,
        .object([
          ("id", .string(token)), ("ids", .array([.integer(id)])),
          ("tokens", .array([.string(token)])),
        ])
      )
    }
    let single = [special("[CLS]", 0), sequence("A", 0), special("[SEP]", 0)]
    return .object([
      ("type", .string("TemplateProcessing")), ("single", .array(single)),
      ("pair", .array(single + [sequence("B", 1), special("[SEP]", 1)])),
      ("special_tokens", .object([ids("[CLS]", 2), ids("[SEP]", 3)])),
    ])
  }
}
