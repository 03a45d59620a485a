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
    guard let architecture = all.first(where: { $0.modelTypes.contains(where: type.hasSameBytes) })
    else {
      let known = all.flatMap(\.modelTypes).map(\.quotedForMessage).joined(separator: ", ")
      throw file.unsupported(
        "model_type", expected: "one of the architectures \(known)", got: type.quotedForMessage)
    }
    return architecture
  }

  /// Reads a `config.json`; keys that are absent have the values of the family's configuration in transformers.
  ///
  /// - Throws: `EmbedError` with code `modelUnsupported` for variants that compute something else, and `fileDamaged`
  ///   for sizes that cannot be.
  func configuration(_ file: JSONDocument) throws(EmbedError) -> EncoderConfiguration {
    for (key, values) in requirements { try file.require(key, toBeOneOf: values) }
    for key in [
      "is_decoder", "add_cross_attention", "is_encoder_decoder", "pruned_heads",
      "quantization_config",
    ] {
      try file.requireAbsent(key)
    }
    let hiddenSize = try file.integer(keys.hiddenSize, in: 1...65_536)
    let headCount = try file.integer(keys.headCount, in: 1...4_096)
    guard hiddenSize.isMultiple(of: headCount) else {
      throw EmbedError(
        .fileDamaged, "heads of unequal size",
        expected: "a divisor of \(keys.hiddenSize.name ?? "the hidden size") \(hiddenSize)",
        got: "\(headCount)", at: file.location(keys.headCount.name ?? ""))
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
      positions: try positions(file),
      attention: try attention(file, layerCount: layerCount),
      feedForward: EncoderConfiguration.FeedForward(
        activation: try activation(file), isGated: isGated),
      normOrder: normOrder)
  }

  private func tokenTypeCount(_ file: JSONDocument) throws(EmbedError) -> Int {
    guard let key = keys.tokenTypeCount else { return 0 }
    return try file.integer(key, in: 1...1_000)
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

  // MARK: - Positions

  private func positions(_ file: JSONDocument) throws(EmbedError) -> PositionEncoding {
    let rows = try file.integer(keys.maximumPositions, in: 1...1_000_000)
    var encoding = PositionEncoding(maximumLength: rows)
    switch positionTable {
    case nil: break
    case .countedFromZero: encoding.table = PositionEncoding.Table(rows: rows)
    case .countedFromPadding(let key):
      let padding = try file.integer(key, in: 0...Int(Int32.max) - 1)
      guard padding + 1 < rows else {
        throw EmbedError(
          .fileDamaged, "no room for positions",
          expected: "more than \(padding + 1), which positions are counted from", got: "\(rows)",
          at: file.location(keys.maximumPositions.name ?? ""))
      }
      encoding.table = PositionEncoding.Table(rows: rows, paddingID: Int32(padding))
    }
    if let table = encoding.table { encoding.maximumLength = table.maximumLength }
    if let rotary { encoding.rotary = try rotary.encoding(file) }
    if let (count, maximumDistance) = relativeBuckets {
      encoding.relativeBias = .buckets(
        try Self.buckets(file, count, maximumDistance: maximumDistance))
    } else if hasLinearBias {
      encoding.relativeBias = .linear
    }
    return encoding
  }

  private static func buckets(
    _ file: JSONDocument, _ key: Key<Int>, maximumDistance: Int
  ) throws(EmbedError) -> RelativeBuckets {
    let count = try file.integer(key, in: 4...4 * (maximumDistance - 1))
    guard count.isMultiple(of: 4) else {
      throw file.unsupported(
        key.name ?? "", expected: "a multiple of 4 buckets of distances", got: "\(count)")
    }
    return RelativeBuckets(count: count, maximumDistance: maximumDistance)
  }

  private func attention(
    _ file: JSONDocument, layerCount: Int
  ) throws(EmbedError) -> AttentionSpan {
    guard let localAttention else { return .full }
    return try localAttention.span(file, layerCount: layerCount)
  }

  /// The function between the two layers of a feed-forward block, by its name in transformers (`activations.py`).
  private func activation(_ file: JSONDocument) throws(EmbedError) -> ActivationFunction {
    let key = keys.activation
    let name = try key.name.flatMap { (name) throws(EmbedError) in try file.optionalString(name) }
    switch name ?? key.standard {
    case "gelu", "gelu_python": return .gelu
    case "gelu_new", "gelu_pytorch_tanh", "gelu_python_tanh", "gelu_fast", "gelu_accurate":
      return .geluTanh
    case "relu": return .relu
    case "silu", "swish": return .silu
    default:
      throw file.unsupported(
        key.name ?? "",
        expected: "one of gelu, gelu_python, gelu_new, gelu_pytorch_tanh, gelu_python_tanh, "
          + "gelu_fast, gelu_accurate, relu, silu, swish",
        got: (name ?? key.standard).quotedForMessage)
    }
  }
}

extension RotaryKeys {
  /// Both bases, by the newer object of parameters or the older keys.
  fileprivate func encoding(_ file: JSONDocument) throws(EmbedError) -> PositionEncoding.Rotary {
    try file.requireAbsent("rope_scaling")
    guard let parameters = try file.optionalObject(parameters) else {
      return PositionEncoding.Rotary(
        base: try file.positiveDouble(base), localBase: try file.positiveDouble(localBase))
    }
    func theta(_ kind: String, or standard: Double) throws(EmbedError) -> Double {
      guard let settings = try parameters.optionalObject(kind) else { return standard }
      try settings.require("rope_type", toBe: "default")
      return try settings.positiveDouble(Architecture.Key("rope_theta", standard))
    }
    return PositionEncoding.Rotary(
      base: try theta("full_attention", or: base.standard),
      localBase: try theta("sliding_attention", or: localBase.standard))
  }
}

extension LocalAttentionKeys {
  /// Which layers are local, by the newer list of kinds or the older interval.
  fileprivate func span(
    _ file: JSONDocument, layerCount: Int
  ) throws(EmbedError) -> AttentionSpan {
    let reach = try file.integer(window, in: 1...1_000_000) / 2
    guard let kinds = try file.optionalArray(layerKinds) else {
      let interval = try file.integer(fullInterval, in: 1...1_000)
      let isLocal = (0..<layerCount).map { !$0.isMultiple(of: interval) }
      return .local(reach: reach, isLocal: isLocal)
    }
    guard kinds.count == layerCount else {
      throw EmbedError(
        .fileDamaged, "kinds of layers", expected: "\(layerCount), one a layer",
        got: "\(kinds.count)", at: file.location(layerKinds))
    }
    var isLocal: [Bool] = []
    for kind in kinds {
      switch kind.stringValue {
      case "full_attention": isLocal.append(false)
      case "sliding_attention": isLocal.append(true)
      default:
        throw file.unsupported(
          layerKinds, expected: "full_attention or sliding_attention", got: kind.summary)
      }
    }
    return .local(reach: reach, isLocal: isLocal)
  }
}

extension JSONDocument {
  fileprivate func integer(
    _ key: Architecture.Key<Int>, in range: ClosedRange<Int>
  ) throws(EmbedError) -> Int {
    guard let name = key.name else { return key.standard }
    return try optionalInteger(name, in: range) ?? key.standard
  }

  fileprivate func double(_ key: Architecture.Key<Double>) throws(EmbedError) -> Double {
    guard let name = key.name else { return key.standard }
    return try optionalDouble(name) ?? key.standard
  }

  fileprivate func positiveDouble(_ key: Architecture.Key<Double>) throws(EmbedError) -> Double {
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
