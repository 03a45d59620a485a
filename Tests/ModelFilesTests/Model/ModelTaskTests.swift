import EmbedTestSupport
import ModelFiles
import Testing
import Transformer

/// What a folder's model is for, and the settings of heads.
@Suite struct ModelTaskTests {
  /// A bare encoder whose `config.json` names a class, and has further members.
  private func bare(_ className: String, _ members: String = "") throws -> ModelFixture {
    let fixture = try ModelFixture(.bare)
    try fixture.replace(
      "\"architectures\":[\"BertModel\"]",
      with: "\"architectures\":[\"\(className)\"]" + (members.isEmpty ? "" : ",\(members)"),
      in: "config.json")
    return fixture
  }

  @Test func `a folder of sentence-transformers is what it says`() throws {
    #expect(try ModelFixture().open().tasks == [.embedding])
    let fixture = try ModelFixture()
    try fixture.write(
      #"[{"idx":0,"name":"0","path":"","type":"sentence_transformers.models.Transformer"}]"#,
      to: "modules.json")
    try fixture.write(
      #"{"model_type":"CrossEncoder","activation_fn":"torch.nn.modules.linear.Identity"}"#,
      to: "config_sentence_transformers.json")
    let folder = try fixture.open()
    #expect(folder.tasks == [.reranking])
    #expect(folder.classifier?.function == .identity)
  }

  @Test func `a bare encoder is what its class says`() throws {
    #expect(try bare("BertModel").open().tasks == [.embedding])
    #expect(try bare("BertForMaskedLM").open().tasks == [.embedding, .sparseEmbedding])
    #expect(try bare("BertForSequenceClassification").open().tasks == [.reranking])
  }

  @Test(arguments: [
    ("", ClassifierConfiguration.Function.identity, 2),
    (#""id2label":{"0":"A"}"#, .sigmoid, 1),
    (#""id2label":{"0":"A","1":"B","2":"C"}"#, .identity, 3),
    (#""num_labels":1"#, .sigmoid, 1),
    (
      #""id2label":{"0":"A"},"sentence_transformers":{"activation_fn":"torch.nn.modules.linear.Identity"}"#,
      .identity, 1
    ),
    (
      #""id2label":{"0":"A"},"sbert_ce_default_activation_function":"torch.nn.modules.activation.Tanh""#,
      .tanh, 1
    ),
  ])
  func `a re-ranker's function and labels are those of sentence-transformers`(
    members: String, function: ClassifierConfiguration.Function, labels: Int
  ) throws {
    let classifier = try bare("BertForSequenceClassification", members).open().classifier
    #expect(classifier?.function == function)
    #expect(classifier?.labels.count == labels)
    #expect(classifier?.pooling == .cls)
  }

  @Test func `what a head computes otherwise is refused by name`() throws {
    let function = try bare(
      "BertForSequenceClassification",
      #""sentence_transformers":{"activation_fn":"my_module.Steep"}"#)
    #expect(
      try function.refusal()
        == "unsupported model: expected Identity, Sigmoid or Tanh of torch.nn, got "
        + "\"my_module.Steep\" (DIR/config.json, sentence_transformers.activation_fn)")
    let labels = try bare("BertForSequenceClassification", #""id2label":{}"#)
    #expect(try labels.refusal()?.contains("expected at least one label") == true)
    let prompt = try ModelFixture()
    try prompt.write(
      #"{"model_type":"CrossEncoder","prompts":{"query":"q: "},"default_prompt_name":"query"}"#,
      to: "config_sentence_transformers.json")
    #expect(try prompt.refusal()?.contains("expected no prompt of a re-ranker") == true)
  }

  @Test func `a model of another kind is refused with what it is`() throws {
    let fixture = try bare("BertForSequenceClassification")
    #expect(
      try fixture.refusal { try $0.require(.embedding) }
        == "model of another kind: expected a model of embeddings, got a re-ranker (DIR)")
    #expect(try fixture.refusal { try $0.require(.reranking) } == nil)
  }
}
