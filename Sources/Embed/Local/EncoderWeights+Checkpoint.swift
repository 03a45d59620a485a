import EmbedCore
import Kernels
import ModelFiles
import Transformer

extension EncoderWeights {
  /// Reads a BERT checkpoint, by the tensor names of transformers' `BertModel`.
  ///
  /// - Throws: `EmbedError` naming the tensor that is missing or has another shape.
  init(
    _ checkpoint: Checkpoint, _ configuration: EncoderConfiguration, engine: Engine
  ) throws(EmbedError) {
    let hidden = configuration.hiddenSize
    var layers: [Layer] = []
    for index in 0..<configuration.layerCount {
      layers.append(
        try Layer(
          checkpoint, "encoder.layer.\(index)", configuration, engine: engine))
    }
    self.init(
      wordEmbeddings: try checkpoint.matrix(
        "embeddings.word_embeddings.weight", rows: configuration.vocabularySize, columns: hidden),
      positionEmbeddings: try checkpoint.matrix(
        "embeddings.position_embeddings.weight", rows: configuration.maximumPositions,
        columns: hidden),
      tokenTypeEmbeddings: try checkpoint.matrix(
        "embeddings.token_type_embeddings.weight", rows: configuration.tokenTypeCount,
        columns: hidden),
      embeddingNorm: try checkpoint.layerNorm("embeddings.LayerNorm", configuration),
      layers: layers)
  }
}

extension EncoderWeights.Layer {
  init(
    _ checkpoint: Checkpoint, _ name: String, _ configuration: EncoderConfiguration,
    engine: Engine
  ) throws(EmbedError) {
    let hidden = configuration.hiddenSize
    let intermediate = configuration.intermediateSize
    var weights: [WeightMatrix] = []
    var biases: [WeightMatrix] = []
    for part in ["query", "key", "value"] {
      let part = "\(name).attention.self.\(part)"
      weights.append(try checkpoint.finiteMatrix("\(part).weight", rows: hidden, columns: hidden))
      let bias = try checkpoint.storedVector("\(part).bias", count: hidden)
      biases.append(WeightMatrix(rows: 1, columns: hidden, storage: bias))
    }
    self.init(
      queryKeyValue: Linear(
        WeightMatrix(rows: 3 * hidden, columns: hidden, storage: FloatStorage(stacking: weights)),
        bias: FloatStorage(stacking: biases), engine: engine),
      attentionOutput: try checkpoint.linear(
        "\(name).attention.output.dense", inputs: hidden, outputs: hidden, engine: engine),
      attentionNorm: try checkpoint.layerNorm("\(name).attention.output.LayerNorm", configuration),
      intermediate: try checkpoint.linear(
        "\(name).intermediate.dense", inputs: hidden, outputs: intermediate, engine: engine),
      output: try checkpoint.linear(
        "\(name).output.dense", inputs: intermediate, outputs: hidden, engine: engine),
      outputNorm: try checkpoint.layerNorm("\(name).output.LayerNorm", configuration))
  }
}

extension Dense {
  /// Reads a Dense module's checkpoint, by the tensor names of sentence-transformers' `Dense`.
  ///
  /// - Throws: `EmbedError` naming the tensor that is missing or has another shape.
  init(
    _ checkpoint: Checkpoint, _ configuration: DenseConfiguration, engine: Engine
  ) throws(EmbedError) {
    let (inputs, outputs) = (configuration.inputs, configuration.outputs)
    let linear = try checkpoint.linear(
      "linear", inputs: inputs, outputs: outputs, hasBias: configuration.hasBias, engine: engine)
    let residual: Residual
    if !configuration.usesResidual {
      residual = .none
    } else if inputs == outputs {
      residual = .input
    } else {
      residual = .projection(
        try checkpoint.linear(
          "residual", inputs: inputs, outputs: outputs, hasBias: false, engine: engine))
    }
    self.init(linear, configuration.activation, residual: residual)
  }
}

extension Checkpoint {
  func linear<Engine: MatrixEngine>(
    _ name: String, inputs: Int, outputs: Int, hasBias: Bool = true, engine: Engine
  ) throws(EmbedError) -> Linear<Engine.PreparedWeight> {
    let bias = hasBias ? try storedVector("\(name).bias", count: outputs) : nil
    return Linear(
      try finiteMatrix("\(name).weight", rows: outputs, columns: inputs), bias: bias,
      engine: engine)
  }

  func layerNorm(
    _ name: String, _ configuration: EncoderConfiguration
  ) throws(EmbedError) -> LayerNorm {
    let values = try layerNorm(name, count: configuration.hiddenSize)
    return LayerNorm(
      scale: FloatStorage(values.weight), shift: FloatStorage(values.bias),
      epsilon: configuration.layerNormEpsilon)
  }

  // Embedding tables are not read through at load: most rows are never used. A row that is damaged shows in the vector.

  func finiteMatrix(_ name: String, rows: Int, columns: Int) throws(EmbedError) -> WeightMatrix {
    let matrix = try matrix(name, rows: rows, columns: columns)
    try requireFinite(matrix.storage, name)
    return matrix
  }

  func storedVector(_ name: String, count: Int) throws(EmbedError) -> FloatStorage {
    FloatStorage(try vector(name, count: count))
  }
}
