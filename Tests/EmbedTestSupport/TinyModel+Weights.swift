import JSON
import ModelFiles

extension TinyModel {
  /// A tensor of the encoder or of a Dense module.
  struct Tensor {
    var name: String
    var shape: [Int]
    var values: [Float]
  }

  /// `config.json` and the weights.
  func encoderFiles() -> [(name: String, bytes: [UInt8])] {
    var random = TinyModelRandom(seed: seed)
    let tensors = encoderTensors(&random).map { tensor in
      Tensor(name: prefix + tensor.name, shape: tensor.shape, values: tensor.values)
    }
    let config = (name: "config.json", bytes: Self.json(config))
    guard shardCount > 1 else {
      return [config, ("model.safetensors", safetensors(tensors, isFirst: true))]
    }
    return [config] + shards(tensors)
  }

  /// The weights of a Dense module; the seed depends on its place.
  func denseWeights(_ dense: Dense, inputs: Int, index: Int) -> [UInt8] {
    var random = TinyModelRandom(seed: seed &+ UInt64(index) &+ 1)
    var tensors = [matrix("linear.weight", dense.outputs, inputs, &random)]
    if dense.hasBias {
      tensors.append(vector("linear.bias", dense.outputs, around: 0, 0.2, &random))
    }
    if dense.usesResidual, inputs != dense.outputs {
      tensors.append(matrix("residual.weight", dense.outputs, inputs, &random))
    }
    return safetensors(tensors, isFirst: false)
  }

  /// The folder's name as a number: FNV-1a.
  private var seed: UInt64 {
    name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }

  private var config: JSONValue {
    var members: [(key: String, value: JSONValue)] =
      [
        (
          "architectures",
          .array([.string(prefix.isEmpty ? family.className : "\(family.className)ForMaskedLM")])
        ), ("model_type", .string(family.modelType)), ("vocab_size", .integer(vocabulary.count)),
      ] + familyConfig
    if numberType != .float32 {
      let name = numberType == .float16 ? "float16" : "bfloat16"
      members.append((dialect == .new ? "dtype" : "torch_dtype", .string(name)))
    }
    return .object(members)
  }

  // MARK: - Tensors

  private func encoderTensors(_ random: inout TinyModelRandom) -> [Tensor] {
    let names = family.names
    var tensors = [table(names.words, vocabulary.count, 1, &random)]
    if let positions = names.positions {
      tensors.append(table(positions, maximumPositions, 0.3, &random))
    }
    if let types = names.types { tensors.append(table(types, 2, 0.5, &random)) }
    tensors += layerNorm(names.embeddingNorm, &random)
    for layer in 0..<layerCount {
      let name = "\(names.layers).\(layer)."
      for part in names.projections {
        let outputs = names.projections.count == 1 ? 3 * hiddenSize : hiddenSize
        tensors += linear(name + part, outputs, hiddenSize, readsComponents: true, &random)
      }
      tensors += linear(name + names.attentionOutput, hiddenSize, hiddenSize, &random)
      if layer > 0 || !names.skipsFirstNorm {
        tensors += layerNorm(name + names.attentionNorm, &random)
      }
      let width = names.isGated ? 2 * intermediateSize : intermediateSize
      var expansion = linear(
        name + names.intermediate, width, hiddenSize, readsComponents: true, &random)
      var contraction = linear(name + names.output, hiddenSize, intermediateSize, &random)
      outliers.change(expansion: &expansion, contraction: &contraction)
      tensors += expansion + contraction
      tensors += layerNorm(name + names.outputNorm, isLast: layer == layerCount - 1, &random)
    }
    if let bias = names.relativeBias {
      let values = (0..<32 * headCount).map { _ in random.normal(standardDeviation: 1) }
      tensors.append(Tensor(name: bias, shape: [32, headCount], values: values))
    }
    if let norm = names.finalNorm { tensors += layerNorm(norm, &random) }
    if hasUnusedTensors { tensors += linear("pooler.dense", hiddenSize, hiddenSize, &random) }
    return tensors
  }

  private func linear(
    _ name: String, _ outputs: Int, _ inputs: Int, readsComponents: Bool = false,
    _ random: inout TinyModelRandom
  ) -> [Tensor] {
    var weight = matrix("\(name).weight", outputs, inputs, &random)
    outliers.change(matrix: &weight, readsComponents: readsComponents)
    guard family.names.hasBiases else { return [weight] }
    return [weight, vector("\(name).bias", outputs, around: 0, 0.1, &random)]
  }

  private func layerNorm(
    _ name: String, isLast: Bool = false, _ random: inout TinyModelRandom
  ) -> [Tensor] {
    var scale = vector(
      "\(name).\(hasOldLayerNormNames ? "gamma" : "weight")", hiddenSize, around: 1, 0.2, &random)
    outliers.change(scale: &scale, isLast: isLast)
    guard family.names.hasBiases else { return [scale] }
    return [
      scale,
      vector(
        "\(name).\(hasOldLayerNormNames ? "beta" : "bias")", hiddenSize, around: 0, 0.1, &random),
    ]
  }

  private func table(
    _ name: String, _ rows: Int, _ deviation: Double, _ random: inout TinyModelRandom
  ) -> Tensor {
    let values = (0..<rows * hiddenSize).map { _ in random.normal(standardDeviation: deviation) }
    return Tensor(name: name, shape: [rows, hiddenSize], values: values)
  }

  /// Weights that keep the size of what they multiply and let attention choose.
  private func matrix(
    _ name: String, _ outputs: Int, _ inputs: Int, _ random: inout TinyModelRandom
  ) -> Tensor {
    let deviation = weightDeviation / Double(inputs).squareRoot()
    let values = (0..<outputs * inputs).map { _ in random.normal(standardDeviation: deviation) }
    return Tensor(name: name, shape: [outputs, inputs], values: values)
  }

  private func vector(
    _ name: String, _ count: Int, around center: Float, _ deviation: Double,
    _ random: inout TinyModelRandom
  ) -> Tensor {
    let values = (0..<count).map { _ in center + random.normal(standardDeviation: deviation) }
    return Tensor(name: name, shape: [count], values: values)
  }

  // MARK: - Files

  private func safetensors(_ tensors: [Tensor], isFirst: Bool) -> [UInt8] {
    var writer = SafetensorsWriter()
    writer.misalignment = misalignment
    if hasUnusedTensors, isFirst {
      let ids = (0..<maximumPositions).flatMap { [UInt8($0)] + [UInt8](repeating: 0, count: 7) }
      writer.append(
        prefix + "embeddings.position_ids", type: "I64", shape: [1, maximumPositions], bytes: ids)
    }
    for tensor in tensors {
      writer.append(tensor.name, tensor.values, shape: tensor.shape, as: numberType)
    }
    return writer.file()
  }

  private func shards(_ tensors: [Tensor]) -> [(name: String, bytes: [UInt8])] {
    func digits(_ number: Int) -> String {
      String(repeating: "0", count: 5 - String(number).count) + String(number)
    }
    var map: [(key: String, value: JSONValue)] = []
    var files: [(name: String, bytes: [UInt8])] = []
    var size = 0
    for shard in 0..<shardCount {
      let name = "model-\(digits(shard + 1))-of-\(digits(shardCount)).safetensors"
      let start = tensors.count * shard / shardCount
      let part = tensors[start..<tensors.count * (shard + 1) / shardCount]
      map += part.map { ($0.name, .string(name)) }
      size += part.reduce(0) { $0 + $1.values.count * numberType.width }
      files.append((name, safetensors(Array(part), isFirst: false)))
    }
    let index = Self.json(
      .object([
        ("metadata", .object([("total_size", .integer(size))])), ("weight_map", .object(map)),
      ]))
    return files + [("model.safetensors.index.json", index)]
  }
}
