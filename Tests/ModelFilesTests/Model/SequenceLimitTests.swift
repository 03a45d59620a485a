import EmbedCore
import EmbedTestSupport
import Testing

@testable import ModelFiles

/// The rule of sentence-transformers for `max_seq_length`.
@Suite struct SequenceLimitTests {
  private func limit(
    _ fixture: ModelFixture, sentence: String? = nil, tokenizer: String? = nil,
    named name: String = "sentence_bert_config.json"
  ) throws -> Int? {
    try fixture.remove("sentence_bert_config.json")
    if let sentence { try fixture.write(sentence, to: name) }
    if let tokenizer {
      try fixture.write("{\"model_max_length\":\(tokenizer)}", to: "tokenizer_config.json")
    } else {
      try fixture.write("{}", to: "tokenizer_config.json")
    }
    return try fixture.open().maximumSequenceLength
  }

  @Test(
    arguments: [
      (#"{"max_seq_length":20}"#, "30", 20), (#"{"max_seq_length":64}"#, "30", 64),
      (#"{"max_seq_length":null}"#, "30", 30), ("{}", "30", 30), (nil, "30", 30), (nil, nil, 64),
      (nil, "1000000000000000019884624838656", 64), (nil, "1e30", 64), (nil, "512", 64),
      // Beyond the positions there is nothing, whatever the file says.
      (#"{"max_seq_length":512}"#, nil, 64),
      (#"{"max_seq_length":20,"processor_kwargs":{"model_max_length":10}}"#, "30", 10),
      (#"{"tokenizer_args":{"model_max_length":10}}"#, "30", 10),
      (#"{"max_seq_length":20,"processor_kwargs":{}}"#, "30", 20),
    ] as [(String?, String?, Int)])
  func `takes the sentence's limit, else the tokenizer's, within the positions`(
    _ sentence: String?, _ tokenizer: String?, _ expected: Int
  ) throws {
    #expect(
      try limit(ModelFixture(), sentence: sentence, tokenizer: tokenizer) == expected)
  }

  @Test(arguments: [
    "sentence_roberta_config.json", "sentence_distilbert_config.json",
    "sentence_camembert_config.json", "sentence_albert_config.json",
    "sentence_xlm-roberta_config.json", "sentence_xlnet_config.json",
  ])
  func `knows the older names of the file`(_ name: String) throws {
    #expect(
      try limit(ModelFixture(), sentence: #"{"max_seq_length":20}"#, named: name) == 20)
  }

  @Test func `ignores the truncation in tokenizer.json`() throws {
    let fixture = try ModelFixture()
    #expect(
      String(decoding: try fixture.read("tokenizer.json"), as: UTF8.self)
        .contains(#""max_length":10"#))
    #expect(try fixture.open().maximumSequenceLength == 48)
  }

  @Test func `ignores the sentence's limit without modules.json`() throws {
    let fixture = try ModelFixture(.bare)
    try fixture.write(#"{"max_seq_length":20}"#, to: "sentence_bert_config.json")
    #expect(try fixture.open().maximumSequenceLength == 30)
  }

  @Test(arguments: [
    (
      #"{"max_seq_length":2}"#,
      "value out of range: expected a whole number from 3 to 2147483647, got 2 "
        + "(DIR/sentence_bert_config.json, max_seq_length)"
    ),
    (
      #"{"max_seq_length":"20"}"#,
      "wrong type: expected a whole number from 3 to 2147483647, got the string \"20\" "
        + "(DIR/sentence_bert_config.json, max_seq_length)"
    ),
    (
      #"{"transformer_task":"fill-mask"}"#,
      "unsupported model: expected \"feature-extraction\", got the string \"fill-mask\" "
        + "(DIR/sentence_bert_config.json, transformer_task)"
    ),
    (
      #"{"module_output_name":"scores"}"#,
      "unsupported model: expected \"token_embeddings\", got the string \"scores\" "
        + "(DIR/sentence_bert_config.json, module_output_name)"
    ),
    (
      #"{"modality_config":{"text":{"method":"get_text_features"}}}"#,
      "unsupported model: expected \"forward\", got the string \"get_text_features\" "
        + "(DIR/sentence_bert_config.json, modality_config.text.method)"
    ),
    (
      #"{"modality_config":{"image":{}}}"#,
      "missing key: expected an object, got nothing "
        + "(DIR/sentence_bert_config.json, modality_config.text)"
    ),
    (
      #"{"processor_kwargs":{"padding":true}}"#,
      "unsupported model: expected no other argument than model_max_length, got true "
        + "(DIR/sentence_bert_config.json, processor_kwargs.padding)"
    ),
    (
      #"{"query_length":20}"#,
      "unsupported model: expected none, got the number 20 "
        + "(DIR/sentence_bert_config.json, query_length)"
    ),
  ])
  func `refuses settings that it does not follow`(_ text: String, _ message: String) throws {
    let fixture = try ModelFixture()
    try fixture.write(text, to: "sentence_bert_config.json")
    #expect(try fixture.refusal() == message)
  }

  @Test func `refuses limits without room for text`() throws {
    let fixture = try ModelFixture()
    try fixture.replace(
      "\"max_seq_length\":48", with: "\"max_seq_length\":3", in: "sentence_bert_config.json")
    #expect(try fixture.tokenizerRefusal() == nil)
    try fixture.replace(
      "\"single\":[", with: "\"single\":[{\"SpecialToken\":{\"id\":\"[SEP]\",\"type_id\":0}},",
      in: "tokenizer.json")
    #expect(
      try fixture.tokenizerRefusal()
        == "no room for text: expected more than 3 tokens, which are special ones, got 3 (DIR)")
    try fixture.write(#"{"model_max_length":2}"#, to: "tokenizer_config.json")
    try fixture.remove("sentence_bert_config.json")
    #expect(
      try fixture.refusal()
        == "value out of range: expected at least 3 tokens, got 2.0 "
        + "(DIR/tokenizer_config.json, model_max_length)")
  }
}
