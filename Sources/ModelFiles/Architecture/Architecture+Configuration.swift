import EmbedCore
import JSON
import Kernels
import Transformer

extension Architecture {
  /// The family that a `config.json` names.
  ///
  /// - Throws: `EmbedError` with code `modelUnsupported` for any other.
  static func named(in file: JSONDocument) throws(EmbedError) -> Architecture {
    let type = try file.string("model_type")
    let named = all.filter { $0.modelTypes.contains(where: type.hasSameBytes) }
    for architecture in named where try architecture.isMarked(in: file) { return architecture }
    guard let architecture = named.first(where: { $0.mark == nil }) else {
      let known = all.filter { $0.mark == nil }.flatMap(\.modelTypes).map(\.quotedForMessage)
        .joined(separator: ", ")
      throw file.unsupported(
        "model_type", expected: "one of the architectures \(known)", got: type.quotedForMessage)
    }
    return architecture
  }

  /// The key of `config.json` that tells how weights are rounded.
  static let quantizationKey = "quantization_config"
  /// What stands there for weights of eight bits in groups, with their scales beside them.
  static let quantization = JSONValue.object([
    ("quant_method", .string("swift-embed")), ("bits", .number("8")),
    ("group_size", .number("\(QuantizedMatrix.groupSize)")),
  ])

  /// Whether weights are of eight bits in groups.
  ///
  /// - Throws: `EmbedError` with code `modelUnsupported` when they are rounded in another way.
  static func isQuantized(_ file: JSONDocument) throws(EmbedError) -> Bool {
    if try file.value(quantizationKey) == quantization { return true }
    try file.requireAbsent(quantizationKey)
    return false
  }

  /// Whether a `config.json` of the family's `model_type` has its mark.
  private func isMarked(in file: JSONDocument) throws(EmbedError) -> Bool {
    switch mark {
    case nil: return false
    case .key(let key): return try file.value(key) != nil
    case .value(let key, let value): return try file.value(key) == value
    }
  }

  /// Reads a `config.json`; keys that are absent have the values of the family's configuration in transformers.
  ///
  /// - Throws: `EmbedError` with code `modelUnsupported` for variants that compute something else, and `fileDamaged`
  ///   for sizes that cannot be.
  func configuration(_ file: JSONDocument) throws(EmbedError) -> EncoderConfiguration {
    for (key, values) in requirements { try file.require(key, toBeOneOf: values) }
    let otherKeys = [
      "is_decoder", "add_cross_attention", "is_encoder_decoder", "pruned_heads",
    ]
    for key in otherKeys + unsupportedKeys { try file.requireAbsent(key) }
    _ = try Self.isQuantized(file)
    let hiddenSize = try file.integer(keys.hiddenSize, in: 1...65_536)
    let headCount = try file.integer(keys.headCount, in: 1...4_096)
    guard hiddenSize.isMultiple(of: headCount) else {
      throw EmbedError(
        .fileDamaged, "heads of unequal size",
        expected: "a divisor of \(keys.hiddenSize.name ?? "the hidden size") \(hiddenSize)",
        got: "\(headCount)", at: file.location(keys.headCount.name ?? ""))
    }
    let headSize = try file.optionalInteger("head_dim", in: 1...65_536) ?? hiddenSize / headCount
    guard headSize == hiddenSize / headCount else {
      throw file.unsupported(
        "head_dim", expected: "\(hiddenSize / headCount), a head's share of the hidden size",
        got: "\(headSize)")
    }
    let layerCount = try file.integer(keys.layerCount, in: 1...1_000)
    return EncoderConfiguration(
      vocabularySize: try file.integer(keys.vocabularySize, in: 1...10_000_000),
      hiddenSize: hiddenSize,
      layerCount: layerCount,
      headCount: headCount,
      intermediateSize: try file.integer(keys.intermediateSize, in: 1...1_000_000),
      tokenTypeCount: try tokenTypeCount(file),
      layerNormEpsilon: try epsilon(file),
      positions: try positions(file, headSize: headSize),
      attention: try attention(file, layerCount: layerCount),
      attentionScale: try attentionScale(file),
      feedForward: EncoderConfiguration.FeedForward(
        activation: try activation(file), activatedHalf: activatedHalf),
      normOrder: normOrder)
  }

  private func tokenTypeCount(_ file: JSONDocument) throws(EmbedError) -> Int {
    guard let key = keys.tokenTypeCount else { return 0 }
    return try file.integer(key, in: 0...1_000)
  }

  private func epsilon(_ file: JSONDocument) throws(EmbedError) -> Float {
    let key = keys.layerNormEpsilon
    let epsilon = try file.double(key)
    guard epsilon >= 0, epsilon < 1 else {
      throw EmbedError(
        .fileDamaged, "value out of range", expected: "a number from 0 to 1", got: "\(epsilon)",
        at: file.location(key.name ?? ""))
    }
    return Float(epsilon)
  }

  /// The function between the two layers of a feed-forward block.
  private func activation(_ file: JSONDocument) throws(EmbedError) -> ActivationFunction {
    let key = keys.activation
    let own = try key.name.flatMap { (name) throws(EmbedError) in try file.optionalString(name) }
    let name = own ?? key.standard
    guard let function = activationNames[name] else {
      throw file.unsupported(
        key.name ?? "", expected: "one of \(activationNames)", got: name.quotedForMessage)
    }
    return function
  }
}

/// How files spell the function between the two layers of a feed-forward block.
enum ActivationNames: Sendable, CustomStringConvertible {
  /// The names of transformers 5.23 (`activations.py`).
  case transformers
  /// The names of gated units by their function (Shazeer, arXiv:2002.05202).
  case gatedUnits

  /// The function of a name; nil when it is not known.
  subscript(name: String) -> ActivationFunction? {
    functions.first { $0.key.hasSameBytes(as: name) }?.value
  }

  /// The names, for messages.
  var description: String { functions.map(\.key).joined(separator: ", ") }

  private var functions: KeyValuePairs<String, ActivationFunction> {
    switch self {
    case .transformers:
      [
        "gelu": .gelu, "gelu_python": .gelu, "gelu_new": .geluTanh,
        "gelu_pytorch_tanh": .geluTanh, "gelu_python_tanh": .geluTanh, "gelu_fast": .geluTanh,
        "gelu_accurate": .geluTanh, "relu": .relu, "silu": .silu, "swish": .silu,
      ]
    case .gatedUnits: ["geglu": .gelu, "reglu": .relu, "swiglu": .silu]
    }
  }
}

extension EncoderConfiguration {
  /// Refuses lengths for which the tables of angles and distances would take more than a gigabyte.
  ///
  /// - Throws: `EmbedError` with code `resourceExhausted`.
  func requireTablesFit(at path: String) throws(EmbedError) {
    guard positions.rotary != nil || positions.relativeBias != nil else { return }
    let longest = (1 << 28) / (headSize + 2 * headCount)
    guard positions.maximumLength <= longest else {
      throw EmbedError(
        .resourceExhausted, "no memory for tables of positions", expected: "at most \(longest)",
        got: "\(positions.maximumLength)", at: path)
    }
  }
}

extension JSONDocument {
  func integer(
    _ key: Architecture.Key<Int>, in range: ClosedRange<Int>
  ) throws(EmbedError) -> Int {
    guard let name = key.name else { return key.standard }
    return try optionalInteger(name, in: range) ?? key.standard
  }

  func double(_ key: Architecture.Key<Double>) throws(EmbedError) -> Double {
    guard let name = key.name else { return key.standard }
    return try optionalDouble(name) ?? key.standard
  }

  func positiveDouble(_ key: Architecture.Key<Double>) throws(EmbedError) -> Double {
    let value = try double(key)
    guard value > 0 else {
      throw EmbedError(
        .fileDamaged, "value out of range", expected: "a positive number", got: "\(value)",
        at: location(key.name ?? ""))
    }
    return value
  }

  func bool(_ key: Architecture.Key<Bool>) throws(EmbedError) -> Bool {
    guard let name = key.name else { return key.standard }
    return try optionalBool(name) ?? key.standard
  }
}
