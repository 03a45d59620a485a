import EmbedCore
import EmbedTestSupport
import Testing

@testable import ModelFiles

/// Models that are not run: by name, never run wrongly.
@Suite struct ModelRefusalTests {
  /// One change to one file of a good model and the message that it leads to.
  struct Case: Sendable, CustomTestStringConvertible {
    var file: String
    var text: String
    var replacement: String
    var message: String
    var model = TinyModel.plain

    var testDescription: String { "\(file): \(replacement)" }
  }

  private func check(_ testCase: Case) throws {
    let fixture = try ModelFixture(testCase.model)
    #expect(try fixture.refusal() == nil)
    try fixture.replace(testCase.text, with: testCase.replacement, in: testCase.file)
    #expect(try fixture.refusal() == testCase.message)
  }

  /// The architectures, as a message lists them.
  private static let families = Architecture.all.filter { $0.mark == nil }
    .flatMap(\.modelTypes).map { "\"\($0)\"" }.joined(separator: ", ")

  @Test(arguments: [
    Case(
      file: "config.json", text: "\"bert\"", replacement: "\"gpt2\"",
      message: "unsupported model: expected one of the architectures \(families), got \"gpt2\" "
        + "(DIR/config.json, model_type)"),
    Case(
      file: "config.json", text: "\"model_type\":\"bert\"", replacement: "\"model_type\":null",
      message: "missing key: expected a string, got nothing (DIR/config.json, model_type)"),
    Case(
      file: "config.json", text: "\"absolute\"", replacement: "\"relative_key\"",
      message: "unsupported model: expected \"absolute\", got the string \"relative_key\" "
        + "(DIR/config.json, position_embedding_type)"),
    Case(
      file: "config.json", text: "{", replacement: "{\"is_decoder\":true,",
      message: "unsupported model: expected none, got true (DIR/config.json, is_decoder)"),
    Case(
      file: "config.json", text: "{", replacement: "{\"add_cross_attention\":true,",
      message: "unsupported model: expected none, got true (DIR/config.json, add_cross_attention)"),
    Case(
      file: "config.json", text: "{", replacement: "{\"pruned_heads\":{\"0\":[1]},",
      message: "unsupported model: expected none, got an object of 1 "
        + "(DIR/config.json, pruned_heads)"),
    Case(
      file: "config.json", text: "{", replacement: "{\"quantization_config\":{\"a\":1},",
      message: "unsupported model: expected none, got an object of 1 "
        + "(DIR/config.json, quantization_config)"),
    Case(
      file: "config.json", text: "\"gelu\"", replacement: "\"quick_gelu\"",
      message: "unsupported model: expected one of gelu, gelu_python, gelu_new, "
        + "gelu_pytorch_tanh, gelu_python_tanh, gelu_fast, gelu_accurate, relu, silu, swish, "
        + "got \"quick_gelu\" (DIR/config.json, hidden_act)"),
    Case(
      file: "config.json", text: "\"num_attention_heads\":4",
      replacement: "\"num_attention_heads\":5",
      message: "heads of unequal size: expected a divisor of hidden_size 32, got 5 "
        + "(DIR/config.json, num_attention_heads)"),
    Case(
      file: "config.json", text: "\"num_hidden_layers\":2", replacement: "\"num_hidden_layers\":0",
      message: "value out of range: expected a whole number from 1 to 1000, got 0 "
        + "(DIR/config.json, num_hidden_layers)"),
    Case(
      file: "config.json", text: "\"hidden_size\":32", replacement: "\"hidden_size\":4294967296",
      message: "value out of range: expected a whole number from 1 to 65536, got 4294967296 "
        + "(DIR/config.json, hidden_size)"),
    Case(
      file: "config.json", text: "\"layer_norm_eps\":1e-12", replacement: "\"layer_norm_eps\":-1",
      message: "value out of range: expected a number from 0 to 1, got -1.0 "
        + "(DIR/config.json, layer_norm_eps)"),
    Case(
      file: "config.json", text: "\"hidden_size\":32",
      replacement: "\"hidden_size\":32,\"hidden_size\":32",
      message: "duplicate name: expected each name once, got it twice "
        + "(DIR/config.json, hidden_size)"),
    Case(
      file: "config.json", text: "{", replacement: "[",
      message: "invalid JSON: expected ',' or ']', got ':' "
        + "(DIR/config.json, line 1, column 17, byte 16)"),
  ]) func `refuses other encoders`(_ testCase: Case) throws { try check(testCase) }

  @Test(arguments: [
    Case(
      file: "modules.json", text: "models.Normalize", replacement: "models.LayerNorm",
      message: "unsupported model: expected Transformer, MLMTransformer, StaticEmbedding, Pooling, "
        + "SpladePooling, Dense, Normalize, Dropout of sentence_transformers, got \"sentence_transformers.models.LayerNorm\" "
        + "(DIR/modules.json, [2].type)"),
    Case(
      file: "modules.json", text: "models.Transformer",
      replacement: "sentence_transformer.modules.router.Router",
      message: "unsupported model: expected Transformer, MLMTransformer, StaticEmbedding, Pooling, "
        + "SpladePooling, Dense, Normalize, Dropout of sentence_transformers, got "
        + "\"sentence_transformers.sentence_transformer.modules.router.Router\" "
        + "(DIR/modules.json, [0].type)"),
    Case(
      file: "modules.json", text: "models.Transformer", replacement: "models.Asym",
      message: "unsupported model: expected Transformer, MLMTransformer, StaticEmbedding, Pooling, "
        + "SpladePooling, Dense, Normalize, Dropout of sentence_transformers, got "
        + "\"sentence_transformers.models.Asym\" (DIR/modules.json, [0].type)"),
    Case(
      file: "modules.json", text: "sentence_transformers.models.Pooling",
      replacement: "custom_model.Pooling",
      message: "unsupported model: expected Transformer, MLMTransformer, StaticEmbedding, Pooling, "
        + "SpladePooling, Dense, Normalize, Dropout of sentence_transformers, got \"custom_model.Pooling\" (DIR/modules.json, [1].type)"
    ),
    Case(
      file: "modules.json", text: "models.Pooling", replacement: "models.Normalize",
      message: "unsupported pipeline: expected Transformer, Pooling or StaticEmbedding, "
        + "then any of Dense, Normalize, Dropout, got Transformer, Normalize, Normalize (DIR/modules.json)"
    ),
    Case(
      file: "modules.json", text: "models.Normalize", replacement: "models.Pooling",
      message: "unsupported pipeline: expected Transformer, Pooling or StaticEmbedding, "
        + "then any of Dense, Normalize, Dropout, got Transformer, Pooling, Pooling (DIR/modules.json)"
    ),
    Case(
      file: "modules.json", text: "\"1_Pooling\"", replacement: "\"../1_Pooling\"",
      message: "invalid module path: expected a folder inside the model's, got \"../1_Pooling\" "
        + "(DIR/modules.json, [1].path)"),
    Case(
      file: "modules.json", text: "\"1_Pooling\"", replacement: "\"/etc\"",
      message: "invalid module path: expected a folder inside the model's, got \"/etc\" "
        + "(DIR/modules.json, [1].path)"),
    Case(
      file: "modules.json", text: "\"1_Pooling\"", replacement: "\"a\\u0000\"",
      message: "invalid module path: expected a folder inside the model's, got \"a\\u0000\" "
        + "(DIR/modules.json, [1].path)"),
    Case(
      file: "modules.json", text: "\"1_Pooling\"", replacement: "\"9_Pooling\"",
      message: "cannot open file: got No such file or directory (DIR/9_Pooling/config.json)"),
    Case(
      file: "modules.json", text: "[{", replacement: "[1,{",
      message: "wrong type: expected an object, got the number 1 (DIR/modules.json, [0])"),
  ]) func `refuses other pipelines`(_ testCase: Case) throws { try check(testCase) }

  @Test(arguments: [
    Case(
      file: "1_Pooling/config.json", text: ":32", replacement: ":64",
      message: "dimensions differ: expected the encoder's hidden size 32, got 64 "
        + "(DIR/1_Pooling/config.json, word_embedding_dimension)"),
    Case(
      file: "1_Pooling/config.json", text: "{\"word_embedding_dimension\":32,", replacement: "{",
      message: "missing key: expected a whole number, got nothing "
        + "(DIR/1_Pooling/config.json, word_embedding_dimension)"),
    Case(
      file: "1_Pooling/config.json", text: "\"pooling_mode_mean_tokens\":true",
      replacement: "\"pooling_mode_mean_tokens\":1",
      message: "wrong type: expected true or false, got the number 1 "
        + "(DIR/1_Pooling/config.json, pooling_mode_mean_tokens)"),
    Case(
      file: "1_Pooling/config.json", text: "{", replacement: "{\"pooling_mode_attention\":true,",
      message: "unsupported model: expected no other keys than embedding_dimension, "
        + "word_embedding_dimension, pooling_mode, include_prompt, pooling_mode_cls_token, "
        + "pooling_mode_max_tokens, pooling_mode_mean_tokens, pooling_mode_mean_sqrt_len_tokens, "
        + "pooling_mode_weightedmean_tokens, pooling_mode_lasttoken, got true "
        + "(DIR/1_Pooling/config.json, pooling_mode_attention)"),
    Case(
      file: "1_Pooling/config.json", text: "\"cls\"", replacement: "\"attention\"",
      message: "unsupported model: expected cls, max, mean, mean_sqrt_len_tokens, weightedmean "
        + "or lasttoken, got the string \"attention\" (DIR/1_Pooling/config.json, pooling_mode)",
      model: .narrow),
    Case(
      file: "1_Pooling/config.json", text: "\"cls\"", replacement: "[]",
      message: "wrong type: expected a mode or an array of them, got an array of 0 "
        + "(DIR/1_Pooling/config.json, pooling_mode)", model: .narrow),
    Case(
      file: "1_Pooling/config.json", text: "\"cls\"", replacement: "[\"cls\",1]",
      message: "unsupported model: expected cls, max, mean, mean_sqrt_len_tokens, weightedmean "
        + "or lasttoken, got the number 1 (DIR/1_Pooling/config.json, pooling_mode)",
      model: .narrow),
  ]) func `refuses other poolings`(_ testCase: Case) throws { try check(testCase) }

  @Test(arguments: [
    Case(
      file: "3_Dense/config.json", text: "\"in_features\":24", replacement: "\"in_features\":25",
      message: "dimensions differ: expected 24, as the module before gives, got 25 "
        + "(DIR/3_Dense/config.json, in_features)", model: .denseTanh),
    Case(
      file: "2_Dense/config.json", text: "activation.Tanh", replacement: "activation.Softplus",
      message: "unsupported model: expected Tanh, Identity, ReLU, SiLU or GELU of torch.nn, got "
        + "\"torch.nn.modules.Softplus\" (DIR/2_Dense/config.json, activation_function)"
        .replacing("modules.Softplus", with: "modules.activation.Softplus"), model: .denseTanh),
    Case(
      file: "2_Dense/config.json", text: "torch.nn.modules.activation.Tanh",
      replacement: "custom.Tanh",
      message: "unsupported model: expected Tanh, Identity, ReLU, SiLU or GELU of torch.nn, got "
        + "\"custom.Tanh\" (DIR/2_Dense/config.json, activation_function)", model: .denseTanh),
    Case(
      file: "2_Dense/config.json", text: "{",
      replacement: "{\"module_input_name\":\"token_embeddings\",",
      message: "unsupported model: expected \"sentence_embedding\", got the string "
        + "\"token_embeddings\" (DIR/2_Dense/config.json, module_input_name)", model: .denseTanh),
    Case(
      file: "2_Dense/config.json", text: "\"out_features\":24", replacement: "\"out_features\":0",
      message: "value out of range: expected a whole number from 1 to 10000000, got 0 "
        + "(DIR/2_Dense/config.json, out_features)", model: .denseTanh),
  ]) func `refuses other Dense modules`(_ testCase: Case) throws { try check(testCase) }

  @Test func `refuses a Normalize of something else`() throws {
    let fixture = try ModelFixture()
    try fixture.write(#"{"module_input_name":"token_embeddings"}"#, to: "2_Normalize/config.json")
    #expect(
      try fixture.refusal()
        == "unsupported model: expected \"sentence_embedding\", got the string "
        + "\"token_embeddings\" (DIR/2_Normalize/config.json, module_input_name)")
  }

  @Test func `refuses models of other kinds of vectors`() throws {
    let fixture = try ModelFixture()
    try fixture.write(
      #"{"model_type":"SparseEncoder"}"#, to: "config_sentence_transformers.json")
    #expect(
      try fixture.refusal()
        == "unsupported pipeline: expected Transformer or MLMTransformer, SpladePooling, got "
        + "Transformer, Pooling, Normalize (DIR/modules.json)")
    try fixture.write(
      #"{"model_type":"CrossEncoder"}"#, to: "config_sentence_transformers.json")
    #expect(
      try fixture.refusal()
        == "unsupported pipeline: expected Transformer, got Transformer, Pooling, Normalize "
        + "(DIR/modules.json)")
    try fixture.write(
      #"{"model_type":"MultiVectorEncoder"}"#, to: "config_sentence_transformers.json")
    #expect(
      try fixture.refusal()
        == "unsupported model: expected \"SentenceTransformer\" or \"CrossEncoder\" or "
        + "\"SparseEncoder\", got the string \"MultiVectorEncoder\" "
        + "(DIR/config_sentence_transformers.json, model_type)")
  }

  @Test func `refuses adapters`() throws {
    let fixture = try ModelFixture()
    try fixture.write("{}", to: "adapter_config.json")
    #expect(
      try fixture.refusal()
        == "unsupported model: expected weights with adapters merged in, got an adapter beside "
        + "them (DIR/adapter_config.json)")
  }

  @Test func `refuses folders without a model`() throws {
    let fixture = try ModelFixture()
    func message(_ path: String) throws -> String? {
      try fixture.folder.message { _ = try ModelFolder(path: path) }
    }
    #expect(
      try message(fixture.path + "/none")
        == "no model in folder: expected a folder with a config.json, got no folder "
        + "(DIR/model/none)")
    #expect(
      try message(fixture.path + "/2_Normalize") == "no model in folder: expected a folder with "
        + "a config.json, got no folder (DIR/model/2_Normalize)")
    #expect(try message(fixture.folder.path)?.contains("got a folder without (DIR)") == true)
    #expect(try message(fixture.path + "/config.json")?.contains("got no folder") == true)
    #expect(try message("")?.contains("no model in folder") == true)
    #expect(try message("a\0b")?.contains(#""a\u0000b""#) == true)
  }

  @Test func `names the file that is missing`() throws {
    let fixture = try ModelFixture(.nested)
    try fixture.remove("0_Transformer/config.json")
    #expect(
      try fixture.refusal()
        == "cannot open file: got No such file or directory (DIR/0_Transformer/config.json)")
    let weights = try ModelFixture()
    try weights.remove("model.safetensors")
    try weights.write("x", to: "pytorch_model.bin")
    #expect(
      try weights.refusal { _ = try $0.checkpoint() }?.contains("got only pytorch_model.bin")
        == true)
  }

  @Test func `says with a code whether a file is damaged or a model unsupported`() throws {
    let fixture = try ModelFixture()
    func code() -> EmbedError.Code? {
      do throws(EmbedError) {
        _ = try ModelFolder(path: fixture.path)
        return nil
      } catch {
        return error.code
      }
    }
    try fixture.replace("\"bert\"", with: "\"gpt2\"", in: "config.json")
    #expect(code() == .modelUnsupported)
    try fixture.write("{", to: "config.json")
    #expect(code() == .fileDamaged)
    try fixture.remove("config.json")
    #expect(code() == .fileInaccessible)
    try fixture.remove("modules.json")
    #expect(code() == .modelNotFound)
  }
}
