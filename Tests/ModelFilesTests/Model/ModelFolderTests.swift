import EmbedCore
import EmbedTestSupport
import Kernels
import Testing
import Transformer

@testable import ModelFiles

@Suite struct ModelFolderTests {
  @Test(arguments: TinyModel.all)
  func `reads every kind of model`(_ model: TinyModel) throws {
    let fixture = try ModelFixture(model, named: model.name)
    let folder = try fixture.open()
    #expect(folder.name == model.name)
    #expect(folder.path == fixture.path)

    let configuration = folder.configuration
    #expect(configuration.vocabularySize == model.vocabulary.count)
    #expect(configuration.hiddenSize == model.hiddenSize)
    #expect(configuration.headCount == model.headCount)
    #expect(configuration.layerCount == model.layerCount)
    #expect(configuration.intermediateSize == model.intermediateSize)
    let hasTable = model.family != .modernBERT
    #expect(configuration.positions.table?.rows == (hasTable ? model.maximumPositions : nil))
    let hasTokenTypes = [.bert, .roberta].contains(model.family)
    #expect(configuration.tokenTypeCount == (hasTokenTypes ? 2 : 0))
    #expect(configuration.layerNormEpsilon == Float(model.layerNormEpsilon))

    #expect(folder.maximumSequenceLength == model.maximumSequenceLength ?? model.maximumPositions)
    #expect(folder.pooling.modes.count == model.poolingModes.count)
    #expect(folder.pooling.includesPrompt == model.includesPrompt)
    #expect(folder.modules.count == model.dense.count + (model.normalizes ? 1 : 0))
    #expect((folder.modules.last == .normalize) == model.normalizes)
    #expect(
      folder.dimensions
        == model.dense.last?.outputs ?? model.hiddenSize * model.poolingModes.count)
    #expect(folder.prompts.count == model.prompts.count)
    #expect(model.prompts.allSatisfy { folder.prompts[$0.name] == $0.text })
  }

  @Test(arguments: TinyModel.all)
  func `opens the weights of every kind of model`(_ model: TinyModel) throws {
    let fixture = try ModelFixture(model)
    let folder = try fixture.open()
    let checkpoint = try folder.checkpoint()
    let size = model.hiddenSize
    #expect(checkpoint.prefix == model.prefix)
    let names = model.family.names
    let words = try checkpoint.matrix(names.words, rows: model.vocabulary.count, columns: size)
    #expect((0..<words.storage.count).contains { words.storage.pointer[$0] != 0 })
    let norm = try checkpoint.layerNorm(names.embeddingNorm, count: size, hasBias: names.hasBiases)
    #expect(norm.weight.count == size && norm.bias.count == size)
    _ = try checkpoint.matrix(
      "\(names.layers).\(model.layerCount - 1).\(names.output).weight", rows: size,
      columns: model.intermediateSize)
    #expect(checkpoint.contains("pooler.dense.weight") == model.hasUnusedTensors)

    for case .dense(let configuration, let path) in folder.modules {
      let dense = try folder.denseCheckpoint(folder: path)
      let (outputs, inputs) = (configuration.outputs, configuration.inputs)
      _ = try dense.matrix("linear.weight", rows: outputs, columns: inputs)
      #expect(dense.contains("linear.bias") == configuration.hasBias)
      #expect(
        dense.contains("residual.weight") == (configuration.usesResidual && inputs != outputs))
    }
  }

  @Test func `reads the modes of both dialects in the order of concatenation`() throws {
    #expect(
      try ModelFixture(.sixModes).open().pooling.modes
        == [.lastToken, .mean, .cls, .weightedMean, .max, .meanSquareRootLength])
    #expect(try ModelFixture(.sixFlags).open().pooling.modes == PoolingMode.allCases)
    #expect(try ModelFixture(.narrow).open().pooling.modes == [.cls])
    #expect(try ModelFixture(.prompted).open().pooling.modes == [.mean, .weightedMean])
    #expect(try ModelFixture(.bare).open().pooling.modes == [.mean])
  }

  @Test(
    arguments: [
      (#"{"word_embedding_dimension":32}"#, [.mean], true),
      (#"{"word_embedding_dimension":32,"pooling_mode_mean_tokens":false}"#, [.mean], true),
      (
        #"{"word_embedding_dimension":32,"pooling_mode_cls_token":true,"include_prompt":false}"#,
        [.cls], false
      ),
      (
        #"{"embedding_dimension":32,"pooling_mode":"max","pooling_mode_cls_token":true}"#, [.max],
        true
      ),
      (
        #"{"embedding_dimension":32,"word_embedding_dimension":9,"pooling_mode":["cls","cls"]}"#,
        [.cls, .cls], true
      ),
    ] as [(String, [PoolingMode], Bool)])
  func `takes the defaults of sentence-transformers for a pooling, and newer keys before older`(
    _ text: String, _ modes: [PoolingMode], _ includesPrompt: Bool
  ) throws {
    let fixture = try ModelFixture()
    try fixture.write(text, to: "1_Pooling/config.json")
    #expect(
      try fixture.open().pooling
        == PoolingConfiguration(modes: modes, includesPrompt: includesPrompt))
  }

  @Test func `reads Dense modules`() throws {
    let fixture = try ModelFixture(.denseResidual)
    let folder = try fixture.open()
    #expect(
      folder.modules == [
        .dense(
          DenseConfiguration(inputs: 32, outputs: 20, activation: .gelu, usesResidual: true),
          folder: "\(fixture.path)/2_Dense"),
        .dense(
          DenseConfiguration(inputs: 20, outputs: 20, activation: .relu, usesResidual: true),
          folder: "\(fixture.path)/3_Dense"),
        .dense(
          DenseConfiguration(inputs: 20, outputs: 20, activation: .silu),
          folder: "\(fixture.path)/4_Dense"),
      ])
    let tanh = try ModelFixture(.denseTanh).open()
    guard case .dense(let first, _) = tanh.modules[0], case .dense(let second, _) = tanh.modules[1]
    else {
      Issue.record("no Dense modules")
      return
    }
    #expect(first == DenseConfiguration(inputs: 32, outputs: 24, activation: .tanh))
    #expect(
      second
        == DenseConfiguration(inputs: 24, outputs: 40, hasBias: false, activation: .identity))
  }

  @Test(
    arguments: [
      ("gelu", .gelu), ("gelu_python", .gelu), ("gelu_new", .geluTanh), ("gelu_fast", .geluTanh),
      ("gelu_pytorch_tanh", .geluTanh), ("relu", .relu), ("silu", .silu), ("swish", .silu),
    ] as [(String, ActivationFunction)])
  func `knows the activations`(_ name: String, _ activation: ActivationFunction) throws {
    let fixture = try ModelFixture()
    try fixture.replace("\"gelu\"", with: "\"\(name)\"", in: "config.json")
    #expect(try fixture.open().configuration.feedForward.activation == activation)
  }

  @Test func `positions that are counted behind the padding leave fewer for tokens`() throws {
    var model = TinyModel.roberta
    model.maximumSequenceLength = nil
    #expect(try ModelFixture(model).open().maximumSequenceLength == model.maximumPositions - 2)
  }

  @Test func `fills absent keys as BertConfig does`() throws {
    let fixture = try ModelFixture(.bare)
    try fixture.write(#"{"model_type":"bert"}"#, to: "config.json")
    #expect(
      try fixture.open().configuration
        == EncoderConfiguration(
          vocabularySize: 30_522, hiddenSize: 768, layerCount: 12, headCount: 12,
          intermediateSize: 3_072, tokenTypeCount: 2, layerNormEpsilon: 1e-12,
          // The tokenizer's own limit is lower than the rows that there are.
          positions: PositionEncoding(maximumLength: 30, table: .init(rows: 512)),
          feedForward: .init(activation: .gelu)))
  }

  @Test func `reads prompts`() throws {
    let fixture = try ModelFixture(.prompted)
    let folder = try fixture.open()
    #expect(
      folder.prompts == ["query": "search query: ", "document": "passage: ", "plain": ""])
    #expect(folder.defaultPrompt == "passage: ")
    try fixture.replace(
      #""default_prompt_name":"document""#, with: #""default_prompt_name":null"#,
      in: "config_sentence_transformers.json")
    #expect(try fixture.open().defaultPrompt == nil)
    #expect(try ModelFixture().open().defaultPrompt == nil)
  }

  @Test func `takes a standard prompt for empty and refuses one that is unknown`() throws {
    let fixture = try ModelFixture()
    try fixture.write(
      #"{"prompts":{"a":null},"default_prompt_name":"query","truncate_dim":16}"#,
      to: "config_sentence_transformers.json")
    let folder = try fixture.open()
    #expect(folder.defaultPrompt == "" && folder.prompts == ["a": ""])
    #expect(folder.truncatedDimensions == 16)
    try fixture.write(
      #"{"prompts":{"a":"b"},"default_prompt_name":"c"}"#, to: "config_sentence_transformers.json")
    #expect(
      try fixture.refusal()
        == #"unknown prompt: expected one of ["a"], got "c" "#
        + "(DIR/config_sentence_transformers.json, default_prompt_name)")
  }

  @Test(arguments: [("31", 31), ("32", nil), ("64", nil), ("null", nil)] as [(String, Int?)])
  func `cuts vectors at the authors' length only when it is shorter`(
    _ text: String, _ expected: Int?
  ) throws {
    let fixture = try ModelFixture()
    try fixture.write(
      "{\"truncate_dim\":\(text)}", to: "config_sentence_transformers.json")
    #expect(try fixture.open().truncatedDimensions == expected)
  }

  @Test func `names a folder by its last component`() throws {
    let fixture = try ModelFixture(named: "tiny.v1")
    #expect(try ModelFolder(path: fixture.path + "/").name == "tiny.v1")
    #expect(try ModelFolder(path: fixture.path + "/1_Pooling/..").name == "tiny.v1")
    #expect(try ModelFolder(path: fixture.path, name: "other").name == "other")
  }

  @Test func `leaves out what a Normalize and a Dropout do not change`() throws {
    let fixture = try ModelFixture()
    try fixture.replace(
      "sentence_transformers.models.Normalize",
      with: "sentence_transformers.sentence_transformer.modules.dropout.Dropout",
      in: "modules.json")
    #expect(try fixture.open().modules.isEmpty)
  }
}
