import EmbedCore
import EmbedTestSupport
import JSON
import Testing
import Transformer

@testable import ModelFiles

@Suite struct TokenizerFileTests {
  // MARK: - Good files

  @Test func `reads tokenizer.json`() throws {
    let model = TinyModel.plain
    let configuration = try ModelFixture(model).tokenizer()
    #expect(configuration.wordPiece.unknownToken == "[UNK]")
    #expect(configuration.wordPiece.continuationPrefix == "##")
    #expect(configuration.wordPiece.maximumWordLength == 100)
    #expect(configuration.bert.cleansText && configuration.bert.separatesChineseCharacters)
    #expect(configuration.bert.lowercases && configuration.bert.stripsAccents)
    #expect(configuration.template.prefix == [2] && configuration.template.suffix == [3])
    #expect(
      configuration.addedTokens.map(\.content) == ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])
    #expect(configuration.addedTokens.map(\.id) == [0, 1, 2, 3, 4])
    let expected = model.vocabulary.enumerated().filter { !$0.element.isEmpty }
    #expect(configuration.wordPiece.vocabulary.map(\.token) == expected.map(\.element))
    #expect(configuration.wordPiece.vocabulary.map(\.id) == expected.map { Int32($0.offset) })
  }

  @Test func `reads the same from vocab.txt`() throws {
    var model = TinyModel.plain
    let json = try ModelFixture(model).tokenizer()
    model.hasVocabularyFile = true
    let text = try ModelFixture(model).tokenizer()
    #expect(text.wordPiece.vocabulary.map(\.token) == json.wordPiece.vocabulary.map(\.token))
    #expect(text.wordPiece.vocabulary.map(\.id) == json.wordPiece.vocabulary.map(\.id))
    #expect(
      text.template.prefix == json.template.prefix && text.template.suffix == json.template.suffix)
    #expect(Set(text.addedTokens.map(\.content)) == Set(json.addedTokens.map(\.content)))
    #expect(text.bert.lowercases && text.bert.stripsAccents && text.bert.separatesChineseCharacters)
    #expect(text.bert.cleansText && text.wordPiece.maximumWordLength == 100)
  }

  @Test func `reads a vocabulary as the Rust library does`() throws {
    let fixture = try ModelFixture(.vocabularyFile)
    try fixture.write(
      "[PAD]\n[UNK]\r\n[CLS]\n[SEP]\n[MASK]\na\n\nb\na\nc \u{3000}\n d\ne\u{301}\n\u{E9}\nz",
      to: "vocab.txt")
    let configuration = try fixture.tokenizer()
    let tokens = configuration.wordPiece.vocabulary.map { ($0.token, $0.id) }
    let expected: [(String, Int32)] = [
      ("[PAD]", 0), ("[UNK]", 1), ("[CLS]", 2), ("[SEP]", 3), ("[MASK]", 4), ("b", 7), ("a", 8),
      ("c", 9), (" d", 10), ("e\u{301}", 11), ("\u{E9}", 12), ("z", 13),
    ]
    #expect(tokens.map(\.1) == expected.map(\.1))
    #expect(zip(tokens, expected).allSatisfy { $0.0.0.hasSameBytes(as: $0.1.0) })
  }

  @Test(arguments: [
    (#"{"do_lower_case":false}"#, false, false, true), ("{}", true, true, true),
    (#"{"do_lower_case":false,"strip_accents":true}"#, false, true, true),
    (#"{"strip_accents":false}"#, true, false, true),
    (#"{"tokenize_chinese_chars":false}"#, true, true, false),
    (#"{"tokenizer_class":"DistilBertTokenizerFast"}"#, true, true, true),
  ])
  func `takes the rules for vocab.txt from tokenizer_config.json`(
    _ config: String, _ lowercases: Bool, _ stripsAccents: Bool, _ separates: Bool
  ) throws {
    let fixture = try ModelFixture(.vocabularyFile)
    try fixture.write(config, to: "tokenizer_config.json")
    let configuration = try fixture.tokenizer()
    #expect(configuration.bert.lowercases == lowercases)
    #expect(configuration.bert.stripsAccents == stripsAccents)
    #expect(configuration.bert.separatesChineseCharacters == separates)
  }

  @Test(
    arguments: [
      // A class of BERT's builds its own normalizer from what its settings say.
      (#"{"tokenizer_class":"BertTokenizer","do_lower_case":false}"#, false),
      (#"{"tokenizer_class":"BertTokenizerFast","do_lower_case":false}"#, false),
      (#"{"do_lower_case":false}"#, false), ("{}", true), (nil, true),
      // Other classes take the file as it is.
      (#"{"tokenizer_class":"PreTrainedTokenizerFast","do_lower_case":false}"#, true),
      (#"{"tokenizer_class":"TokenizersBackend","do_lower_case":false}"#, true),
    ] as [(String?, Bool)])
  func `follows tokenizer_config.json where it contradicts tokenizer.json`(
    _ config: String?, _ lowercases: Bool
  ) throws {
    let fixture = try ModelFixture()
    if let config {
      try fixture.write(config, to: "tokenizer_config.json")
    } else {
      try fixture.remove("tokenizer_config.json")
    }
    let configuration = try fixture.tokenizer()
    #expect(configuration.bert.lowercases == lowercases)
    #expect(configuration.bert.stripsAccents == lowercases)
  }

  @Test func `reads explicit rules for accents and Chinese characters`() throws {
    let fixture = try ModelFixture()
    try fixture.write(
      #"{"strip_accents":false,"tokenize_chinese_chars":false}"#, to: "tokenizer_config.json")
    let configuration = try fixture.tokenizer()
    #expect(configuration.bert.lowercases && !configuration.bert.stripsAccents)
    #expect(!configuration.bert.separatesChineseCharacters)
    try fixture.write(
      #"{"tokenizer_class":"PreTrainedTokenizerFast"}"#, to: "tokenizer_config.json")
    try fixture.replace(
      #""clean_text":true,"handle_chinese_chars":true,"strip_accents":null"#,
      with: #""clean_text":false,"handle_chinese_chars":false,"strip_accents":false"#,
      in: "tokenizer.json")
    let own = try fixture.tokenizer()
    #expect(!own.bert.cleansText && !own.bert.separatesChineseCharacters && !own.bert.stripsAccents)
  }

  @Test func `takes the class from config.json when tokenizer_config.json names none`() throws {
    let fixture = try ModelFixture()
    try fixture.write(#"{"do_lower_case":false}"#, to: "tokenizer_config.json")
    try fixture.replace(
      "{\"arch", with: #"{"tokenizer_class":"PreTrainedTokenizerFast","arch"#, in: "config.json")
    #expect(try fixture.tokenizer().bert.lowercases)
  }

  @Test func `lower-cases when sentence-transformers says so`() throws {
    let fixture = try ModelFixture(.cased)
    #expect(try !fixture.tokenizer().bert.lowercases)
    try fixture.write(#"{"do_lower_case":true}"#, to: "sentence_bert_config.json")
    let configuration = try fixture.tokenizer()
    #expect(configuration.bert.lowercases && !configuration.bert.stripsAccents)
  }

  @Test func `reads BertProcessing and no processing at all`() throws {
    let fixture = try ModelFixture()
    let text = String(decoding: try fixture.read("tokenizer.json"), as: UTF8.self)
    let start = try #require(text.firstRange(of: #""post_processor":"#)).lowerBound
    let end = try #require(text.firstRange(of: #","decoder""#)).lowerBound
    func write(_ processor: String) throws {
      try fixture.write(String(text[..<start]) + processor + text[end...])
    }
    try write(#""post_processor":{"type":"BertProcessing","sep":["x",7],"cls":["y",8]}"#)
    let configuration = try fixture.tokenizer()
    #expect(configuration.template.prefix == [8] && configuration.template.suffix == [7])

    try write(#""post_processor":null"#)
    let bert = try fixture.tokenizer()
    #expect(bert.template.prefix == [2] && bert.template.suffix == [3])
    try fixture.replace("BertTokenizer", with: "TokenizersBackend", in: "tokenizer_config.json")
    #expect(try fixture.tokenizer().template == .init())
  }

  /// The form of two texts that RoBERTa's classes and their processor have.
  private func pair(_ start: Int32, _ separator: Int32) -> TokenizerConfiguration.Template.Pair {
    .init(prefix: [start], middle: [separator, separator], suffix: [separator])
  }

  @Test func `reads RobertaProcessing, which trims offsets`() throws {
    let fixture = try ModelFixture()
    let text = String(decoding: try fixture.read("tokenizer.json"), as: UTF8.self)
    let start = try #require(text.firstRange(of: #""post_processor":"#)).lowerBound
    let end = try #require(text.firstRange(of: #","decoder""#)).lowerBound
    let processor = #""post_processor":{"type":"RobertaProcessing","sep":["x",7],"cls":["y",8],"#
    try fixture.write(
      text[..<start] + processor + #""trim_offsets":true,"add_prefix_space":false}"# + text[end...])
    try fixture.replace("BertTokenizer", with: "TokenizersBackend", in: "tokenizer_config.json")
    #expect(
      try fixture.tokenizer().template
        == .init(
          prefix: [8], suffix: [7], trimming: .byteLevel(addsPrefixSpace: false), pair: pair(8, 7)))
    try fixture.replace(
      #""trim_offsets":true"#, with: #""trim_offsets":false"#, in: "tokenizer.json")
    #expect(
      try fixture.tokenizer().template == .init(prefix: [8], suffix: [7], pair: pair(8, 7)))
    // The classes of transformers have an opinion of their own.
    try fixture.replace("TokenizersBackend", with: "MPNetTokenizer", in: "tokenizer_config.json")
    #expect(try fixture.tokenizer().template.trimming == .swallowed)
  }

  // MARK: - MPNet

  /// A folder with MPNet's vocabulary, as `vocab.txt`.
  private func mpnet(_ config: String) throws -> ModelFixture {
    let fixture = try ModelFixture(.vocabularyFile)
    try fixture.write(
      "<s>\n<pad>\n</s>\n<unk>\n[UNK]\nhello\nworld\n<mask>\n", to: "vocab.txt")
    try fixture.write(config, to: "tokenizer_config.json")
    return fixture
  }

  @Test func `gives MPNet's roles their own tokens`() throws {
    let fixture = try mpnet(#"{"tokenizer_class":"MPNetTokenizer","model_max_length":512}"#)
    let configuration = try fixture.tokenizer()
    #expect(
      configuration.template
        == .init(prefix: [0], suffix: [2], trimming: .swallowed, pair: pair(0, 2)))
    #expect(configuration.wordPiece.unknownToken == "[UNK]")
    #expect(configuration.bert == .init())
    let added = configuration.addedTokens
    #expect(added.map(\.content) == ["<s>", "</s>", "[UNK]", "<pad>", "<mask>"])
    #expect(added.map(\.stripsLeft) == [false, false, false, false, true])
    #expect(added.allSatisfy { $0.isSpecial && !$0.isNormalized })
  }

  @Test func `lets MPNet's files change its tokens`() throws {
    let configuration = try mpnet(
      #"{"tokenizer_class":"MPNetTokenizerFast","bos_token":"hello","sep_token":"world","#
        + #""mask_token":{"content":"<mask>","lstrip":false,"normalized":true}}"#
    ).tokenizer()
    #expect(
      configuration.template
        == .init(prefix: [0], suffix: [6], trimming: .swallowed, pair: pair(0, 6)))
    let added = configuration.addedTokens
    #expect(added.map(\.content) == ["hello", "</s>", "[UNK]", "world", "<pad>", "<s>", "<mask>"])
    let mask = try #require(added.last)
    #expect(!mask.stripsLeft && mask.isNormalized && mask.isSpecial)
  }

  @Test func `takes the class of the encoder's family when no file names one`() throws {
    let fixture = try mpnet("{}")
    try fixture.write(
      #"{"model_type":"mpnet","vocab_size":8,"hidden_size":32,"num_attention_heads":4}"#,
      to: "config.json")
    let configuration = try fixture.tokenizer()
    #expect(
      configuration.template
        == .init(prefix: [0], suffix: [2], trimming: .swallowed, pair: pair(0, 2)))
  }

  @Test func `does not give MPNet BERT's tokens`() throws {
    let fixture = try mpnet(#"{"tokenizer_class":"MPNetTokenizer"}"#)
    try fixture.write("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n", to: "vocab.txt")
    #expect(
      try fixture.tokenizerRefusal()
        == "missing token: expected <s> (cls_token), got no such token (DIR/vocab.txt)")
  }

  // MARK: - Added tokens

  @Test func `reads all kinds of added tokens`() throws {
    let fixture = try ModelFixture()
    try fixture.replace(
      #""added_tokens":["#,
      with: #""added_tokens":[{"id":211,"content":"hello","single_word":true,"lstrip":true,"#
        + #""rstrip":true,"normalized":true,"special":false},"#, in: "tokenizer.json")
    let added = try fixture.tokenizer().addedTokens
    let hello = try #require(added.first)
    #expect(hello.content == "hello" && hello.id == 211)
    #expect(hello.singleWord && hello.stripsLeft && hello.stripsRight)
    #expect(hello.isNormalized && !hello.isSpecial)
    #expect(added.dropFirst().allSatisfy { $0.isSpecial && !$0.isNormalized })
  }

  @Test func `adds the special tokens that only the settings name`() throws {
    let fixture = try ModelFixture()
    try fixture.replace(
      "\"cls_token\":\"[CLS]\"", with: "\"cls_token\":\"hello\"", in: "tokenizer_config.json")
    try fixture.replace(
      "{",
      with: #"{"additional_special_tokens":["world"],"added_tokens_decoder":{"#
        + #""9":{"content":"cat","lstrip":true,"rstrip":true,"single_word":true,"#
        + #""normalized":false,"special":true}},"#, in: "tokenizer_config.json")
    let added = try fixture.tokenizer().addedTokens
    #expect(added.map(\.content).suffix(3) == ["world", "cat", "hello"])
    let cat = try #require(added.first { $0.content == "cat" })
    #expect(cat.id == 9 && cat.stripsLeft && cat.stripsRight && cat.singleWord)
  }

  @Test func `finds no special tokens in text when they are to be split`() throws {
    let fixture = try ModelFixture()
    try fixture.replace("{", with: #"{"split_special_tokens":true,"#, in: "tokenizer_config.json")
    #expect(try fixture.tokenizer().addedTokens.isEmpty)
  }

  // MARK: - Bad files

  @Test(
    arguments: [
      (
        #""type":"WordPiece","unk_token""#, #""type":"WordLevel","unk_token""#,
        "unsupported model: expected WordPiece, BPE or Unigram, got \"WordLevel\" "
          + "(DIR/tokenizer.json, model.type)"
      ),
      (
        "BertNormalizer", "NFKC",
        "unsupported model: expected BertNormalizer, got \"NFKC\" (DIR/tokenizer.json, normalizer)"
      ),
      (
        "BertPreTokenizer", "Whitespace",
        "unsupported model: expected BertPreTokenizer, got \"Whitespace\" "
          + "(DIR/tokenizer.json, pre_tokenizer)"
      ),
      (
        #"{"type":"BertPreTokenizer"}"#, "null",
        "unsupported model: expected BertPreTokenizer, got none "
          + "(DIR/tokenizer.json, pre_tokenizer)"
      ),
      (
        "TemplateProcessing", "Unknown",
        "unsupported model: expected TemplateProcessing or BertProcessing or RobertaProcessing or "
          + "ByteLevel or Sequence, got \"Unknown\" (DIR/tokenizer.json, post_processor)"
      ),
      (
        "TemplateProcessing", "RobertaProcessing",
        "missing key: expected an array, got nothing (DIR/tokenizer.json, post_processor.cls)"
      ),
      (
        #"{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"[SEP]","type_id":0}}],"pair""#,
        #"{"Sequence":{"id":"A","type_id":1}}],"pair""#,
        "unsupported model: expected token type 0, got 1 "
          + "(DIR/tokenizer.json, post_processor.single[1].Sequence.type_id)"
      ),
      (
        #""single":[{"SpecialToken":{"id":"[CLS]","type_id":0}},"#,
        #""single":[{"Sequence":{"id":"A","type_id":0}},"#,
        "unsupported model: expected the sequence A once, got \"A\" "
          + "(DIR/tokenizer.json, post_processor.single[1].Sequence.id)"
      ),
      (
        #""[CLS]":{"id":"[CLS]","ids":[2]"#, #""[CLS]":{"id":"[CLS]","ids":[999]"#,
        "token outside the encoder's vocabulary: expected an id below 245, got 999 "
          + "(DIR/tokenizer.json, post_processor.special_tokens.[CLS].ids)"
      ),
      (
        #""special_tokens":{"[CLS]""#, #""special_tokens":{"[XXX]""#,
        "missing key: expected an object, got nothing "
          + "(DIR/tokenizer.json, post_processor.special_tokens.[CLS])"
      ),
      (
        #""unk_token":"[UNK]""#, #""unk_token":"[NONE]""#,
        "missing token: expected [NONE] (unk_token), got no such token "
          + "(DIR/tokenizer.json, model.vocab)"
      ),
      (
        #""hello":"#, #""hello":9"#,
        "token outside the encoder's vocabulary: expected an id below 245, got 9211 "
          + "(DIR/tokenizer.json, model.vocab.hello)"
      ),
      (
        #""hello":"#, #""hello":-"#,
        "token outside the encoder's vocabulary: expected an id below 245, got -211 "
          + "(DIR/tokenizer.json, model.vocab.hello)"
      ),
      (
        #""hello":211"#, #""hello":"211""#,
        "wrong type: expected a whole number, got the string \"211\" "
          + "(DIR/tokenizer.json, model.vocab.hello)"
      ),
      (
        #""hello":211"#, #""hello":5"#, nil
      ),
      (
        #""hello":211"#, #""hello":210"#,
        "duplicate token: expected each token and each id once, got \"hello\" with id 210 again "
          + "(DIR/tokenizer.json, model.vocab.hello)"
      ),
      (
        #""hello":211"#, #""hello":211,"hello":5"#,
        "duplicate token: expected each token and each id once, got \"hello\" with id 5 again "
          + "(DIR/tokenizer.json, model.vocab.hello)"
      ),
      (
        #""hello":211"#, #""":211,"":5"#,
        "duplicate token: expected each token and each id once, got \"\" with id 5 again "
          + "(DIR/tokenizer.json, model.vocab.)"
      ),
      (
        #""max_input_chars_per_word":100"#, #""max_input_chars_per_word":0"#,
        "value out of range: expected a whole number from 1 to 1000000, got 0 "
          + "(DIR/tokenizer.json, model.max_input_chars_per_word)"
      ),
      (
        #"{"id":4,"#, #"{"id":245,"#,
        "token outside the encoder's vocabulary: expected an id below 245, got 245 "
          + "(DIR/tokenizer.json, added_tokens[4])"
      ),
      (
        #""lowercase":true"#, #""lowercase":false"#, nil
      ),
    ] as [(String, String, String?)])
  func `refuses what is not a BERT tokenizer`(
    _ text: String, _ replacement: String, _ message: String?
  ) throws {
    let fixture = try ModelFixture()
    try fixture.replace(text, with: replacement, in: "tokenizer.json")
    #expect(try fixture.tokenizerRefusal() == message)
  }

  @Test(arguments: [
    (
      #""lowercase":true"#, #""lowercase":false"#,
      "unsupported model: expected true, which BertTokenizer takes when tokenizer_config.json is "
        + "silent, got something else (DIR/tokenizer.json, normalizer.lowercase)"
    ),
    (
      #""strip_accents":null"#, #""strip_accents":false"#,
      "unsupported model: expected null, which BertTokenizer takes when tokenizer_config.json is "
        + "silent, got something else (DIR/tokenizer.json, normalizer.strip_accents)"
    ),
    (
      #""handle_chinese_chars":true"#, #""handle_chinese_chars":false"#,
      "unsupported model: expected true, which BertTokenizer takes when tokenizer_config.json is "
        + "silent, got something else (DIR/tokenizer.json, normalizer.handle_chinese_chars)"
    ),
  ])
  func `refuses a contradiction that nobody can have meant`(
    _ text: String, _ replacement: String, _ message: String
  ) throws {
    let fixture = try ModelFixture()
    try fixture.write("{}", to: "tokenizer_config.json")
    #expect(try fixture.tokenizerRefusal() == nil)
    try fixture.replace(text, with: replacement, in: "tokenizer.json")
    #expect(try fixture.tokenizerRefusal() == message)
  }

  @Test func `refuses settings that it does not follow`() throws {
    let fixture = try ModelFixture()
    func message(_ config: String) throws -> String? {
      try fixture.write(config, to: "tokenizer_config.json")
      return try fixture.tokenizerRefusal()
    }
    #expect(
      try message(#"{"truncation_side":"left"}"#)
        == "unsupported model: expected \"right\", got the string \"left\" "
        + "(DIR/tokenizer_config.json, truncation_side)")
    #expect(
      try message(#"{"extra_special_tokens":["<x>"]}"#)
        == "unsupported token: expected a token of the vocabulary, got \"<x>\" "
        + "(DIR/tokenizer_config.json, extra_special_tokens)")
    #expect(
      try message(#"{"extra_special_tokens":1}"#)
        == "wrong type: expected an array of tokens, got the number 1 "
        + "(DIR/tokenizer_config.json, extra_special_tokens)")
    #expect(
      try message(#"{"cls_token":1}"#)
        == "wrong type: expected an object, got the number 1 "
        + "(DIR/tokenizer_config.json, cls_token)")
  }

  @Test func `refuses a bad vocab.txt`() throws {
    let fixture = try ModelFixture(.vocabularyFile)
    func message(_ text: String, config: String = "{}") throws -> String? {
      try fixture.write(text, to: "vocab.txt")
      try fixture.write(config, to: "tokenizer_config.json")
      return try fixture.tokenizerRefusal()
    }
    #expect(
      try message("[UNK]\n[SEP]\n")
        == "missing token: expected [CLS] (cls_token), got no such token (DIR/vocab.txt)")
    #expect(
      try message("[CLS]\n[SEP]\n")
        == "missing token: expected [UNK] (unk_token), got no such token (DIR/vocab.txt)")
    #expect(
      try message("[UNK]\n[CLS]\n[SEP]\n", config: #"{"sep_token":"<s>"}"#)
        == "missing token: expected <s> (sep_token), got no such token (DIR/vocab.txt)")
    #expect(
      try message("[UNK]\n[CLS]\n[SEP]\n" + String(repeating: "\n", count: 242))
        == nil)
    #expect(
      try message("[UNK]\n[CLS]\n[SEP]\n" + String(repeating: "\n", count: 243))
        == "token outside the encoder's vocabulary: expected an id below 245, got 245 "
        + "(DIR/vocab.txt, line 246)")
    #expect(
      try message("[UNK]\n[CLS]\n", config: #"{"tokenizer_class":"BertJapaneseTokenizer"}"#)
        == "unsupported tokenizer: expected a tokenizer.json, or vocab.txt for BertTokenizer, "
        + "DistilBertTokenizer, ElectraTokenizer, MPNetTokenizer, got \"BertJapaneseTokenizer\" "
        + "(DIR/vocab.txt)")
    try fixture.write([0x61, 0x0A, 0xFF, 0x0A], to: "vocab.txt")
    try fixture.write("{}", to: "tokenizer_config.json")
    #expect(
      try fixture.tokenizerRefusal()
        == "invalid vocabulary: expected UTF-8, got invalid bytes (DIR/vocab.txt, line 2)")
    try fixture.write(#"{"[MASK]":4,"<x>":5}"#, to: "added_tokens.json")
    #expect(
      try fixture.tokenizerRefusal()
        == "unsupported token: expected no tokens beside vocab.txt without a tokenizer.json, got "
        + "\"<x>\" (DIR/added_tokens.json)")
  }

  @Test func `says what is missing`() throws {
    let fixture = try ModelFixture()
    try fixture.remove("tokenizer.json")
    #expect(
      try fixture.tokenizerRefusal()
        == "missing tokenizer: expected tokenizer.json or vocab.txt, got neither (DIR)")
  }
}

extension ModelFixture {
  /// Writes `tokenizer.json` anew.
  fileprivate func write(_ tokenizer: String) throws {
    try write(tokenizer, to: "tokenizer.json")
  }
}
