import EmbedCore
import EmbedTestSupport
import Kernels
import Testing
import Transformer

@testable import ModelFiles

/// The families with rotary positions or linear biases and gated units, in all spellings of their `config.json`.
@Suite struct RotaryFamilyTests {
  /// A `config.json` of a family, for the folder of a model of BERT.
  struct Dialect: Sendable, CustomTestStringConvertible {
    var name: String
    /// The members, without the braces.
    var members: String

    var testDescription: String { name }
  }

  static let nomic = Dialect(
    name: "nomic",
    members: #"""
      "model_type":"nomic_bert","vocab_size":99,"hidden_size":32,"num_hidden_layers":2,
      "num_attention_heads":4,"intermediate_size":48,"max_position_embeddings":64,"head_dim":8,
      "hidden_act":"silu","rope_parameters":{"rope_theta":1000.0,"rope_type":"default"}
      """#)

  static let publishedNomic = Dialect(
    name: "published nomic",
    members: #"""
      "model_type":"nomic_bert","vocab_size":99,"n_embd":32,"n_layer":2,"n_head":4,"n_inner":48,
      "n_positions":64,"activation_function":"swiglu","layer_norm_epsilon":1e-12,
      "qkv_proj_bias":false,"mlp_fc1_bias":false,"mlp_fc2_bias":false,"rotary_emb_base":1000,
      "rotary_emb_fraction":1.0,"rotary_emb_interleaved":false,"rotary_emb_scale_base":null,
      "rotary_scaling_factor":null,"max_trained_positions":2048,"prenorm":false,"causal":false,
      "parallel_block":false,"use_rms_norm":false,"scale_attn_by_inverse_layer_idx":false
      """#)

  static let gte = Dialect(
    name: "gte",
    members: #"""
      "model_type":"gte","vocab_size":99,"hidden_size":32,"num_hidden_layers":2,
      "num_attention_heads":4,"intermediate_size":48,"max_position_embeddings":64,
      "hidden_act":"gelu","type_vocab_size":0,
      "rope_parameters":{"rope_theta":500.0,"rope_type":"default"}
      """#)

  static let publishedGTE = Dialect(
    name: "published gte",
    members: #"""
      "model_type":"new","vocab_size":99,"hidden_size":32,"num_hidden_layers":2,
      "num_attention_heads":4,"intermediate_size":48,"max_position_embeddings":64,
      "hidden_act":"gelu","type_vocab_size":0,"layer_norm_type":"layer_norm","pack_qkv":true,
      "position_embedding_type":"rope","rope_theta":500.0,"rope_scaling":null,
      "logn_attention_scale":false
      """#)

  static let jina = Dialect(
    name: "jina",
    members: #"""
      "model_type":"bert","vocab_size":99,"hidden_size":32,"num_hidden_layers":2,
      "num_attention_heads":4,"intermediate_size":48,"max_position_embeddings":64,
      "hidden_act":"gelu","feed_forward_type":"geglu","position_embedding_type":"alibi",
      "type_vocab_size":2
      """#)

  private func fixture(_ dialect: Dialect, adding members: String = "") throws -> ModelFixture {
    let fixture = try ModelFixture()
    try fixture.write("{\(dialect.members)\(members)}", to: "config.json")
    return fixture
  }

  @Test(arguments: [(nomic, publishedNomic), (gte, publishedGTE)])
  func `both spellings of a family say the same`(_ a: Dialect, _ b: Dialect) throws {
    let (first, second) = (try fixture(a).open(), try fixture(b).open())
    #expect(first.architecture.name == second.architecture.name)
    var configuration = second.configuration
    // The one thing that the spellings of GTE do not share here.
    configuration.layerNormEpsilon = first.configuration.layerNormEpsilon
    #expect(first.configuration == configuration)
    #expect(first.configuration.normOrder == .after)
    #expect(first.configuration.feedForward.activatedHalf == .second)
    #expect(first.configuration.positions.table == nil)
  }

  @Test func `a family of BERT's name is told by its positions`() throws {
    let jina = try fixture(Self.jina).open()
    #expect(jina.architecture.name == "JinaBERT")
    #expect(
      jina.configuration.positions == PositionEncoding(maximumLength: 48, relativeBias: .linear))
    #expect(jina.configuration.feedForward == .init(activation: .gelu, activatedHalf: .first))
    #expect(jina.configuration.tokenTypeCount == 2)
    #expect(try ModelFixture().open().architecture.name == "BERT")
  }

  typealias Scaling = PositionEncoding.Rotary.Scaling

  @Test(
    arguments: [
      (nomic, #""default""#, #""type""#, .none),
      (nomic, #""dynamic","factor":2"#, #""rope_type""#, .dynamic(factor: 2, trainedLength: 64)),
      (gte, #""linear","factor":4.5"#, #""rope_type""#, .linear(factor: 4.5)),
      (gte, #""ntk","factor":2,"mixed_b":null"#, #""type""#, .ntk(factor: 2)),
    ] as [(Dialect, String, String, Scaling)])
  func `angles are scaled as the file says`(
    _ dialect: Dialect, _ type: String, _ key: String, _ expected: Scaling
  ) throws {
    let fixture = try fixture(dialect)
    try fixture.replace(#""rope_type":"default""#, with: "\(key):\(type)", in: "config.json")
    #expect(try fixture.open().configuration.positions.rotary?.scaling == expected)
  }

  @Test func `older keys say how angles are scaled, too`() throws {
    let nomic = try fixture(Self.publishedNomic)
    try nomic.replace(
      #""rotary_scaling_factor":null"#, with: #""rotary_scaling_factor":2"#, in: "config.json")
    #expect(
      try nomic.open().configuration.positions.rotary
        == .init(base: 1000, scaling: .dynamic(factor: 2, trainedLength: 2048)))
    let gte = try fixture(Self.publishedGTE)
    try gte.replace(
      #""rope_scaling":null"#, with: #""rope_scaling":{"type":"ntk","factor":8}"#, in: "config.json"
    )
    #expect(
      try gte.open().configuration.positions.rotary == .init(base: 500, scaling: .ntk(factor: 8)))
  }

  @Test(arguments: [
    (publishedNomic, #""num_experts":8"#, "num_experts"),
    (publishedNomic, #""moe_every_n_layers":2"#, "moe_every_n_layers"),
    (gte, #""head_dim":16"#, "head_dim"),
    (gte, #""rope_scaling":{"type":"yarn","factor":2}"#, "rope_scaling.type"),
    (gte, #""rope_scaling":{"type":"ntk","factor":2,"mixed_b":0.5}"#, "rope_scaling.mixed_b"),
    (gte, #""partial_rotary_factor":0.5"#, "partial_rotary_factor"),
  ])
  func `a setting that means something else is refused by name`(
    _ dialect: Dialect, _ member: String, _ key: String
  ) throws {
    #expect(try fixture(dialect).refusal() == nil)
    let refusal = try #require(try fixture(dialect, adding: ",\(member)").refusal())
    #expect(refusal.hasPrefix("unsupported model: "))
    #expect(refusal.hasSuffix("(DIR/config.json, \(key))"))
  }

  @Test(arguments: [
    (publishedNomic, #""prenorm":false"#, #""prenorm":true"#),
    (publishedNomic, #""causal":false"#, #""causal":true"#),
    (publishedNomic, #""parallel_block":false"#, #""parallel_block":true"#),
    (publishedNomic, #""use_rms_norm":false"#, #""use_rms_norm":true"#),
    (publishedNomic, #""rotary_emb_interleaved":false"#, #""rotary_emb_interleaved":true"#),
    (publishedNomic, #""rotary_emb_scale_base":null"#, #""rotary_emb_scale_base":512"#),
    (publishedNomic, #""rotary_emb_fraction":1.0"#, #""rotary_emb_fraction":0.5"#),
    (publishedNomic, #""rotary_emb_fraction":1.0"#, #""rotary_emb_fraction":null"#),
    (publishedNomic, #""activation_function":"swiglu""#, #""activation_function":"gelu""#),
    (nomic, #""hidden_act":"silu""#, #""hidden_act":"glu""#),
    (nomic, #""rope_type":"default""#, #""rope_type":"llama3""#),
    (nomic, #""num_attention_heads":4"#, #""num_attention_heads":32"#),
    (publishedGTE, #""layer_norm_type":"layer_norm""#, #""layer_norm_type":"rms_norm""#),
    (publishedGTE, #""position_embedding_type":"rope""#, #""position_embedding_type":"absolute""#),
    (jina, #""feed_forward_type":"geglu""#, #""feed_forward_type":"original""#),
    (jina, #""position_embedding_type":"alibi""#, #""position_embedding_type":"rotary""#),
  ])
  func `a setting of another value is refused by name`(
    _ dialect: Dialect, _ text: String, _ replacement: String
  ) throws {
    let fixture = try fixture(dialect)
    try fixture.replace(text, with: replacement, in: "config.json")
    let refusal = try #require(try fixture.refusal())
    #expect(refusal.hasPrefix("unsupported model: "))
    let key = replacement.split(separator: "\"")[0]
    #expect(refusal.contains(key == "num_attention_heads" ? "head_dim" : key))
  }

  @Test func `scores are scaled by the length of the text if the file says so`() throws {
    let fixture = try fixture(Self.publishedGTE)
    #expect(try fixture.open().configuration.attentionScale == .none)
    try fixture.replace(
      #""logn_attention_scale":false"#, with: #""logn_attention_scale":true"#, in: "config.json")
    #expect(
      try fixture.open().configuration.attentionScale
        == .logarithm(base: 64, isAtLeastOne: false))
  }

  @Test func `positions without a table go as far as the sentence's own limit`() throws {
    let fixture = try fixture(Self.nomic)
    try fixture.write(#"{"max_seq_length":500}"#, to: "sentence_bert_config.json")
    let folder = try fixture.open()
    #expect(folder.maximumSequenceLength == 500)
    #expect(folder.configuration.positions.maximumLength == 500)
    try fixture.write("{}", to: "sentence_bert_config.json")
    try fixture.write(#"{"model_max_length":500}"#, to: "tokenizer_config.json")
    #expect(try fixture.open().maximumSequenceLength == 64)
  }

  @Test func `tables of positions that no memory holds are not made`() throws {
    let fixture = try fixture(Self.gte)
    try fixture.replace(#""hidden_size":32"#, with: #""hidden_size":65536"#, in: "config.json")
    try fixture.write(#"{"max_seq_length":1000000}"#, to: "sentence_bert_config.json")
    let error = #expect(throws: EmbedError.self) { try fixture.open() }
    #expect(error?.code == .resourceExhausted)
  }
}
