import EmbedCore
import JSON
import Transformer

extension Architecture {
  /// Reads how tokens know their places.
  func positions(_ file: JSONDocument, headSize: Int) throws(EmbedError) -> PositionEncoding {
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
    if let rotary {
      guard headSize.isMultiple(of: 2) else {
        throw file.unsupported(
          keys.headCount.name ?? "", expected: "heads of an even size, whose halves are turned",
          got: "\(headSize)")
      }
      try rotary.read(file, into: &encoding)
    }
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

  /// Reads which layers attend to near tokens alone.
  func attention(
    _ file: JSONDocument, layerCount: Int
  ) throws(EmbedError) -> AttentionSpan {
    guard let localAttention else { return .full }
    return try localAttention.span(file, layerCount: layerCount)
  }

  /// Reads what scores are multiplied by.
  func attentionScale(_ file: JSONDocument) throws(EmbedError) -> AttentionScale {
    guard let attentionScale, try file.bool(attentionScale.isScaled) else { return .none }
    return .logarithm(
      base: try file.integer(keys.maximumPositions, in: 2...1_000_000),
      isAtLeastOne: try file.bool(attentionScale.isAtLeastOne))
  }
}

extension RotaryKeys {
  /// Reads the angles of both kinds of layers.
  ///
  /// Source: `convert_rope_params_to_dict` of transformers 5.23 (`modeling_rope_utils.py`, and that of
  /// `models/modernbert/configuration_modernbert.py` for layers of two kinds).
  fileprivate func read(
    _ file: JSONDocument, into encoding: inout PositionEncoding
  ) throws(EmbedError) {
    try requireWholeHeads(file, fraction)
    let maximumLength = encoding.maximumLength
    guard let localBase else {
      var parameters = try file.optionalObject("rope_scaling")
      if parameters?.members.isEmpty ?? true {
        parameters = try file.optionalObject("rope_parameters")
      }
      encoding.rotary = try rotary(file, base, parameters, maximumLength: maximumLength)
      return
    }
    try file.requireAbsent("rope_scaling")
    let kinds = try file.optionalObject("rope_parameters")
    encoding.rotary = try rotary(
      file, base, try kinds?.optionalObject("full_attention"), maximumLength: maximumLength)
    encoding.localRotary = try rotary(
      file, localBase, try kinds?.optionalObject("sliding_attention"),
      maximumLength: maximumLength)
  }

  /// The base and its scaling: what the parameters say, else the file's own keys.
  private func rotary(
    _ file: JSONDocument, _ base: Architecture.Key<Double>, _ parameters: JSONDocument?,
    maximumLength: Int
  ) throws(EmbedError) -> PositionEncoding.Rotary {
    var rotary = PositionEncoding.Rotary(base: try file.positiveDouble(base))
    if let parameters {
      try requireWholeHeads(parameters, Architecture.Key("partial_rotary_factor", 1))
      rotary.base = try parameters.positiveDouble(Architecture.Key("rope_theta", rotary.base))
      rotary.scaling = try scaling(parameters, maximumLength: maximumLength)
    }
    if let (key, trainedLength) = dynamicScaling, let factor = try file.optionalDouble(key),
      factor != 0
    {
      rotary.scaling = .dynamic(
        factor: try file.positiveDouble(Architecture.Key(key, factor)),
        trainedLength: try file.integer(trainedLength, in: 1...1_000_000))
    }
    return rotary
  }

  private func scaling(
    _ parameters: JSONDocument, maximumLength: Int
  ) throws(EmbedError) -> PositionEncoding.Rotary.Scaling {
    let typeKey = try parameters.value("rope_type") == nil ? "type" : "rope_type"
    let type = try parameters.optionalString(typeKey) ?? "default"
    if type == "default" { return .none }
    let factor = try parameters.positiveDouble(Architecture.Key("factor", 1))
    switch type {
    case "linear": return .linear(factor: factor)
    case "dynamic": return .dynamic(factor: factor, trainedLength: maximumLength)
    case "ntk":
      try parameters.requireAbsent("mixed_b")
      return .ntk(factor: factor)
    default:
      throw parameters.unsupported(
        typeKey, expected: "one of default, linear, dynamic, ntk", got: type.quotedForMessage)
    }
  }

  private func requireWholeHeads(
    _ file: JSONDocument, _ key: Architecture.Key<Double>
  ) throws(EmbedError) {
    let fraction = try file.double(key)
    guard fraction == 1 else {
      throw file.unsupported(
        key.name ?? "", expected: "1, all components of a head", got: "\(fraction)")
    }
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
