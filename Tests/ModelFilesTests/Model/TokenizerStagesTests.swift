import EmbedCore
import EmbedTestSupport
import Testing
import Transformer

@testable import ModelFiles

@Suite("Stages of tokenizer.json")
struct TokenizerStagesTests {
  /// A folder whose tokenizer has the given parts.
  private func fixture(
    normalizer: String = "null", preTokenizer: String = "null", processor: String = "null",
    model: String
  ) throws -> ModelFixture {
    let fixture = try ModelFixture()
    try fixture.write(
      #"{"normalizer":\#(normalizer),"pre_tokenizer":\#(preTokenizer),"#
        + #""post_processor":\#(processor),"model":\#(model)}"#, to: "tokenizer.json")
    try fixture.write("{}", to: "special_tokens_map.json")
    let settings = #"{"tokenizer_class":"PreTrainedTokenizerFast"}"#
    try fixture.write(settings, to: "tokenizer_config.json")
    return fixture
  }

  private static let bytePairs =
    #"{"type":"BPE","vocab":{"a":0,"b":1,"ab":2,"<unk>":3,"Ġ":4},"merges":["a b"],"#
    + #""unk_token":"<unk>"}"#
  private static let unigram =
    #"{"type":"Unigram","unk_id":0,"vocab":[["<unk>",0],["a",-1.5],["ab",-1]]}"#

  private func ids(_ fixture: ModelFixture, _ text: String) throws -> [Int32] {
    var scratch = TokenizerScratch()
    return try Tokenizer(fixture.tokenizer()).encode(
      text, maximumLength: .max, parsesSpecialTokens: true, scratch: &scratch
    ).ids
  }

  // MARK: - Good files

  @Test func `merges may be lines or pairs`() throws {
    #expect(try ids(fixture(model: Self.bytePairs), "abba") == [2, 1, 0])
    let pairs = Self.bytePairs.replacing(#"["a b"]"#, with: #"[["a","b"]]"#)
    #expect(try ids(fixture(model: pairs), "abba") == [2, 1, 0])
  }

  @Test func `a sequence of stages is done in order, nested or not`() throws {
    let prepend = #"{"type":"Prepend","prepend":"a"}"#
    let replace = #"{"type":"Replace","pattern":{"String":"x"},"content":"b"}"#
    let nested =
      #"{"type":"Sequence","normalizers":[{"type":"Sequence","normalizers":[\#(replace)]},\#(prepend)]}"#
    #expect(try ids(fixture(normalizer: nested, model: Self.bytePairs), "x") == [2])
    let reversed = #"{"type":"Sequence","normalizers":[\#(prepend),{"type":"Lowercase"}]}"#
    #expect(try ids(fixture(normalizer: reversed, model: Self.bytePairs), "B") == [2])
  }

  @Test func `a pattern is told by its text`() throws {
    for pattern in TokenizerConfiguration.WordPattern.allCases {
      let text = pattern.rawValue.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
      let split = #"{"type":"Split","pattern":{"Regex":"\#(text)"},"behavior":"Isolated"}"#
      let configuration = try fixture(preTokenizer: split, model: Self.bytePairs).tokenizer()
      #expect(configuration.preTokenizers == [.pattern(pattern)])
    }
  }

  @Test func `Metaspace says in two ways where it puts a space in front`() throws {
    func prepends(_ settings: String) throws -> [TokenizerConfiguration.PreTokenizer] {
      try fixture(preTokenizer: #"{"type":"Metaspace"\#(settings)}"#, model: Self.unigram)
        .tokenizer().preTokenizers
    }
    func metaspace(
      _ prepends: TokenizerConfiguration.Prepending
    ) -> [TokenizerConfiguration.PreTokenizer] {
      [.metaspace(replacement: "\u{2581}", prepends: prepends, splits: true)]
    }
    #expect(try prepends("") == metaspace(.always))
    #expect(try prepends(#","add_prefix_space":false"#) == metaspace(.never))
    let both = #","prepend_scheme":"first","add_prefix_space":true"#
    #expect(try prepends(both) == metaspace(.first))
  }

  @Test func `processors may stand behind each other`() throws {
    let template =
      #"{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"b","type_id":0}},"#
      + #"{"Sequence":{"id":"A","type_id":0}}],"special_tokens":{"b":{"id":"b","ids":[1]}}}"#
    let byteLevel = #"{"type":"ByteLevel","trim_offsets":true,"add_prefix_space":false}"#
    let processor = #"{"type":"Sequence","processors":[\#(byteLevel),\#(template)]}"#
    let configuration = try fixture(processor: processor, model: Self.bytePairs).tokenizer()
    #expect(configuration.template.prefix == [1])
    #expect(configuration.template.trimming == .byteLevel(addsPrefixSpace: false))
  }

  // MARK: - Bad files

  @Test(
    arguments: [
      (
        #"{"type":"Bogus"}"#,
        "unsupported model: expected NFC or NFD or NFKC or NFKD or BertNormalizer or Lowercase or "
          + "StripAccents or Nmt or Strip or Prepend or Replace or Precompiled or Sequence, got "
          + "\"Bogus\" (DIR/tokenizer.json, normalizer)"
      ),
      (
        #"{"type":"Sequence","normalizers":[{"type":"NFC"},{"type":"Bogus"}]}"#,
        "unsupported model: expected NFC or NFD or NFKC or NFKD or BertNormalizer or Lowercase or "
          + "StripAccents or Nmt or Strip or Prepend or Replace or Precompiled or Sequence, got "
          + "\"Bogus\" (DIR/tokenizer.json, normalizer.normalizers[1])"
      ),
      (
        #"{"type":"Replace","pattern":{"Regex":"(a+)+$"},"content":""}"#,
        #"unsupported model: expected one of " {2,}", " +", "\s+", got "(a+)+$" "#
          + "(DIR/tokenizer.json, normalizer.pattern.Regex)"
      ),
      (
        #"{"type":"Precompiled","precompiled_charsmap":"AAAA"}"#,
        "invalid character map: expected one of SentencePiece in base64, got 4 bytes of something "
          + "else (DIR/tokenizer.json, normalizer.precompiled_charsmap)"
      ),
      (
        #"{"type":"Prepend"}"#,
        "missing key: expected a string, got nothing (DIR/tokenizer.json, normalizer.prepend)"
      ),
    ])
  func `a normalizer that is not known or not whole is refused`(
    normalizer: String, message: String
  ) throws {
    let fixture = try fixture(normalizer: normalizer, model: Self.unigram)
    #expect(try fixture.tokenizerRefusal() == message)
  }

  @Test func `stages without end are refused`() throws {
    let many = [String](repeating: #"{"type":"NFC"}"#, count: 200).joined(separator: ",")
    let fixture = try fixture(
      normalizer: #"{"type":"Sequence","normalizers":[\#(many)]}"#, model: Self.unigram)
    #expect(
      try fixture.tokenizerRefusal()
        == "unsupported model: expected at most 128 stages, got more "
        + "(DIR/tokenizer.json, normalizer)")
  }

  @Test(
    arguments: [
      (
        #"{"type":"Split","pattern":{"Regex":"a|b"},"behavior":"Isolated"}"#,
        #"unsupported model: expected the pattern of GPT-2, of Llama 3 or of Qwen 2, got "a|b" "#
          + "(DIR/tokenizer.json, pre_tokenizer.pattern.Regex)"
      ),
      (
        #"{"type":"Split","pattern":{"Regex":"a"},"behavior":"Removed"}"#,
        #"unsupported model: expected "Isolated", got the string "Removed" "#
          + "(DIR/tokenizer.json, pre_tokenizer.behavior)"
      ),
      (
        #"{"type":"Metaspace","replacement":"ab"}"#,
        #"wrong length: expected one character, got "ab" "#
          + "(DIR/tokenizer.json, pre_tokenizer.replacement)"
      ),
      (
        #"{"type":"Metaspace","prepend_scheme":"last"}"#,
        #"unsupported model: expected always, first or never, got "last" "#
          + "(DIR/tokenizer.json, pre_tokenizer.prepend_scheme)"
      ),
      (
        #"{"type":"Sequence","pretokenizers":[{"type":"ByteLevel"},{"type":"Digits"}]}"#,
        "unsupported model: expected nothing behind ByteLevel, got another stage "
          + "(DIR/tokenizer.json, pre_tokenizer)"
      ),
      (
        #"{"type":"UnicodeScripts"}"#,
        "unsupported model: expected BertPreTokenizer or WhitespaceSplit or Whitespace or "
          + "Punctuation or Digits or ByteLevel or Metaspace or Split or Sequence, got "
          + "\"UnicodeScripts\" (DIR/tokenizer.json, pre_tokenizer)"
      ),
    ])
  func `a pre-tokenizer that is not known or not whole is refused`(
    preTokenizer: String, message: String
  ) throws {
    let fixture = try fixture(preTokenizer: preTokenizer, model: Self.bytePairs)
    #expect(try fixture.tokenizerRefusal() == message)
  }

  @Test(
    arguments: [
      (
        #"{"type":"BPE","vocab":{"a":0},"merges":[["a"]]}"#,
        "wrong type: expected two tokens, got an array of 1 (DIR/tokenizer.json, model.merges[0])"
      ),
      (
        #"{"type":"BPE","vocab":{"a":0},"merges":["a b c"]}"#,
        "wrong type: expected two tokens, got the string \"a b c\" "
          + "(DIR/tokenizer.json, model.merges[0])"
      ),
      (
        #"{"type":"BPE","vocab":{"a":0},"merges":[],"end_of_word_suffix":"</w>"}"#,
        "unsupported model: expected \"\", got the string \"</w>\" "
          + "(DIR/tokenizer.json, model.end_of_word_suffix)"
      ),
      (
        #"{"type":"BPE","vocab":{"a":0},"merges":[],"dropout":0.1}"#,
        "unsupported model: expected none, got the number 0.1 "
          + "(DIR/tokenizer.json, model.dropout)"
      ),
      (
        #"{"type":"Unigram","unk_id":0,"vocab":[["a"]]}"#,
        "wrong type: expected a token and its score, got an array of 1 "
          + "(DIR/tokenizer.json, model.vocab[0])"
      ),
      (
        #"{"type":"Unigram","unk_id":0,"vocab":[["a",1e999]]}"#,
        "wrong type: expected a token and its score, got an array of 2 "
          + "(DIR/tokenizer.json, model.vocab[0])"
      ),
      (
        #"{"type":"Unigram","vocab":[["a",0]]}"#,
        "unsupported model: expected an unknown token, got none (DIR/tokenizer.json, model.unk_id)"
      ),
      (
        #"{"type":"Unigram","unk_id":7,"vocab":[["a",0]]}"#,
        "missing token: expected an id below 1, got 7 (DIR/tokenizer.json, model.unk_id)"
      ),
    ])
  func `a model that is not whole is refused`(model: String, message: String) throws {
    #expect(try fixture(model: model).tokenizerRefusal() == message)
  }

  @Test func `merges of tokens that are not there are refused`() throws {
    let model = #"{"type":"BPE","vocab":{"a":0,"b":1},"merges":["a b"]}"#
    let configuration = try fixture(model: model).tokenizer()
    #expect(throws: TokenizerError.undefinedMerge("ab")) { try Tokenizer(configuration) }
  }
}
