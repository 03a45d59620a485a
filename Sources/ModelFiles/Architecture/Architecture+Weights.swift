package import EmbedCore
import Foundation
import JSON
import Kernels
package import Transformer

extension Architecture {
  /// Reads an encoder's weights from its checkpoint and prepares them for an engine.
  ///
  /// - Throws: `EmbedError` naming the tensor that is missing, has another shape or holds what is no number.
  /// - Complexity: O(n) in the number of weights, the embeddings' excepted.
  package func weights<Engine: MatrixEngine>(
    _ checkpoint: Checkpoint, _ configuration: EncoderConfiguration, biases: Biases, engine: Engine
  ) throws(EmbedError) -> EncoderWeights<Engine> {
    let reader = EncoderReader(
      checkpoint: checkpoint, names: names(in: checkpoint),
      skipsFirstAttentionNorm: skipsFirstAttentionNorm, configuration: configuration,
      biases: biases, engine: engine)
    return try reader.weights()
  }

  /// The names that a checkpoint has: two spellings have no name of a layer in common.
  func names(in checkpoint: Checkpoint) -> TensorNames {
    otherTensors.first { checkpoint.contains("\($0.layers)0.\($0.attentionOutput).weight") }
      ?? tensors
  }

  /// Which parts of an encoder have biases.
  package struct Biases: Sendable, Hashable {
    var attention: Bool
    var intermediate: Bool
    var output: Bool
    var norm: Bool
  }

  /// Reads from a `config.json` which parts have biases.
  func biases(_ file: JSONDocument) throws(EmbedError) -> Biases {
    Biases(
      attention: try file.bool(keys.attentionBias),
      intermediate: try file.bool(keys.intermediateBias),
      output: try file.bool(keys.outputBias),
      norm: try file.bool(keys.normBias))
  }

  /// The slopes of a bias that is linear in the distance, one a head: `2^(-8 i / n)` for a power of two, and for
  /// other numbers of heads every second slope of the next power behind those of the one before.
  ///
  /// Source: `get_slopes` of the authors' code (`fairseq/models/transformer.py` of attention_with_linear_biases).
  static func slopes(_ heads: Int) -> [Float] {
    var power = 1
    while 2 * power <= heads { power *= 2 }
    func slopes(_ count: Int) -> [Double] {
      (1...count).map { pow(2, -8 * Double($0) / Double(count)) }
    }
    let between = slopes(2 * power).enumerated().filter { $0.offset.isMultiple(of: 2) }
    return (slopes(power) + between.map(\.element)).prefix(heads).map(Float.init)
  }
}

/// Reads the tensors of one encoder by the names of its architecture.
private struct EncoderReader<Engine: MatrixEngine> {
  let checkpoint: Checkpoint
  let names: TensorNames
  let skipsFirstAttentionNorm: Bool
  let configuration: EncoderConfiguration
  let biases: Architecture.Biases
  let engine: Engine

  private var hidden: Int { configuration.hiddenSize }

  func weights() throws(EmbedError) -> EncoderWeights<Engine> {
    var layers: [EncoderWeights<Engine>.Layer] = []
    for index in 0..<configuration.layerCount {
      layers.append(try layer(index))
      checkpoint.releasePages()
    }
    return EncoderWeights(
      wordEmbeddings: try checkpoint.storedMatrix(
        names.wordEmbeddings, rows: configuration.vocabularySize, columns: hidden),
      positionEmbeddings: try table(
        names.positionEmbeddings, rows: configuration.positions.table?.rows ?? 0),
      tokenTypeEmbeddings: try table(
        names.tokenTypeEmbeddings, rows: configuration.tokenTypeCount),
      embeddingNorm: try norm(names.embeddingNorm),
      attentionBias: try attentionBias(),
      attentionScale: attentionScale(),
      rotations: configuration.positions.rotary.map(rotations),
      localRotations: configuration.positions.localRotary.map(rotations),
      layers: layers,
      finalNorm: try names.finalNorm.map { (name) throws(EmbedError) in try norm(name) })
  }

  /// A table of embeddings; nil for one without rows.
  ///
  /// Tables are not read through at load: most rows are never used, and a damaged one shows in the vector.
  private func table(_ name: String, rows: Int) throws(EmbedError) -> WeightMatrix? {
    rows == 0 ? nil : try checkpoint.matrix(name, rows: rows, columns: hidden)
  }

  private func attentionBias() throws(EmbedError) -> AttentionBias? {
    let (heads, length) = (configuration.headCount, configuration.positions.maximumLength)
    switch configuration.positions.relativeBias {
    case nil: return nil
    case .buckets(let buckets):
      let table = StackedMatrix([
        try checkpoint.finiteMatrix(names.relativeBias, rows: buckets.count, columns: heads)
      ]).floats.storage.values
      let offsets = (1 - length..<length).map { buckets.bucket(ofOffset: $0) * heads }
      return AttentionBias(heads: heads, maximumLength: length) { head, offset in
        table[offsets[offset + length - 1] + head]
      }
    case .linear:
      let slopes = Architecture.slopes(heads)
      return AttentionBias(heads: heads, maximumLength: length) { head, offset in
        -slopes[head] * Float(abs(offset))
      }
    }
  }

  private func attentionScale() -> (@Sendable (_ tokens: Int) -> Float)? {
    guard case .logarithm(let base, let isAtLeastOne) = configuration.attentionScale else {
      return nil
    }
    return { tokens in
      // A token alone attends to itself, whatever the scale; that it is positive is asked for.
      let scale = log(Float(max(2, tokens))) / log(Float(base))
      return isAtLeastOne ? max(1, scale) : scale
    }
  }

  private func rotations(_ rotary: PositionEncoding.Rotary) -> SequenceRotations {
    rotary.rotations(
      headSize: configuration.headSize, maximumLength: configuration.positions.maximumLength)
  }

  private func layer(_ index: Int) throws(EmbedError) -> EncoderWeights<Engine>.Layer {
    let prefix = "\(names.layers)\(index)."
    let intermediate = configuration.intermediateSize
    let hasAttentionNorm = index > 0 || !skipsFirstAttentionNorm
    return EncoderWeights.Layer(
      queryKeyValue: try stacked(
        names.projections.map { prefix + $0 }, outputs: 3 * hidden, hasBias: biases.attention),
      attentionOutput: try checkpoint.linear(
        prefix + names.attentionOutput, inputs: hidden, outputs: hidden, hasBias: biases.attention,
        engine: engine),
      attentionNorm: hasAttentionNorm ? try norm(prefix + names.attentionNorm) : nil,
      intermediate: try stacked(
        names.intermediate.map { prefix + $0 },
        outputs: intermediate * (configuration.feedForward.isGated ? 2 : 1),
        hasBias: biases.intermediate),
      output: try checkpoint.linear(
        prefix + names.output, inputs: intermediate, outputs: hidden, hasBias: biases.output,
        engine: engine),
      outputNorm: try norm(prefix + names.outputNorm))
  }

  /// Layers of equal size that read the hidden states, as one product.
  private func stacked(
    _ names: [String], outputs: Int, hasBias: Bool
  ) throws(EmbedError) -> Linear<Engine.PreparedWeight> {
    guard names.count > 1 else {
      return try checkpoint.linear(
        names[0], inputs: hidden, outputs: outputs, hasBias: hasBias, engine: engine)
    }
    var weights: [StoredMatrix] = []
    var bias: [Float] = []
    let rows = outputs / names.count
    for name in names {
      weights.append(try checkpoint.finiteMatrix("\(name).weight", rows: rows, columns: hidden))
      if hasBias { bias += try checkpoint.vector("\(name).bias", count: rows) }
    }
    return Linear(
      StackedMatrix(weights), bias: hasBias ? FloatStorage(bias) : nil, engine: engine)
  }

  private func norm(_ name: String) throws(EmbedError) -> LayerNorm {
    let values = try checkpoint.layerNorm(name, count: hidden, hasBias: biases.norm)
    return LayerNorm(
      scale: FloatStorage(values.weight), shift: FloatStorage(values.bias),
      epsilon: configuration.layerNormEpsilon)
  }
}

extension Checkpoint {
  /// A linear layer, prepared for an engine.
  func linear<Engine: MatrixEngine>(
    _ name: String, inputs: Int, outputs: Int, hasBias: Bool = true, engine: Engine
  ) throws(EmbedError) -> Linear<Engine.PreparedWeight> {
    let bias = hasBias ? FloatStorage(try vector("\(name).bias", count: outputs)) : nil
    return Linear(
      StackedMatrix([try finiteMatrix("\(name).weight", rows: outputs, columns: inputs)]),
      bias: bias, engine: engine)
  }

  /// A matrix that is read through: all of its weights must be numbers.
  func finiteMatrix(_ name: String, rows: Int, columns: Int) throws(EmbedError) -> StoredMatrix {
    let matrix = try storedMatrix(name, rows: rows, columns: columns)
    try requireFinite(matrix.numbers, name)
    return matrix
  }
}
