package import EmbedCore
package import JSON
package import Transformer

extension PoolingConfiguration {
  /// Reads a Pooling module's `config.json`, in the dialect of sentence-transformers 6 (`pooling_mode`) or the older
  /// one (`pooling_mode_…` flags).
  ///
  /// The newer dialect concatenates in the order of its list, the older one in the order of `PoolingMode`'s cases.
  ///
  /// - Parameter inputs: The length of a token's vector, which the file must agree with.
  ///
  /// Throws `modelUnsupported` for a mode or a key that is not known, `fileDamaged` for another length.
  ///
  /// Source: `Pooling` of sentence-transformers 6.2 (`sentence_transformer/modules/pooling.py`).
  package init(file: JSONDocument, inputs: Int) throws(EmbedError) {
    let dimensionKey =
      try file.value("embedding_dimension") == nil
      ? "word_embedding_dimension" : "embedding_dimension"
    let known =
      ["embedding_dimension", "word_embedding_dimension", "pooling_mode", "include_prompt"]
      + Self.flags.map(\.key)
    for member in file.members where !known.contains(where: member.key.hasSameBytes) {
      throw file.unsupported(
        member.key, expected: "no other keys than \(known.joined(separator: ", "))",
        got: member.value.summary)
    }
    let dimension = try file.integer(dimensionKey, in: 1...Int(Int32.max))
    guard dimension == inputs else {
      throw EmbedError(
        .fileDamaged, "dimensions differ", expected: "the encoder's hidden size \(inputs)",
        got: "\(dimension)", at: file.location(dimensionKey))
    }
    self.init(
      modes: try Self.modes(file), includesPrompt: try file.optionalBool("include_prompt") ?? true)
  }

  /// The flags of the older dialect, in the order of concatenation.
  private static let flags: [(key: String, mode: PoolingMode)] = [
    ("pooling_mode_cls_token", .cls), ("pooling_mode_max_tokens", .max),
    ("pooling_mode_mean_tokens", .mean),
    ("pooling_mode_mean_sqrt_len_tokens", .meanSquareRootLength),
    ("pooling_mode_weightedmean_tokens", .weightedMean), ("pooling_mode_lasttoken", .lastToken),
  ]

  private static func modes(_ file: JSONDocument) throws(EmbedError) -> [PoolingMode] {
    guard let value = try file.value("pooling_mode") else {
      var modes: [PoolingMode] = []
      for (key, mode) in flags where try file.optionalBool(key) ?? false { modes.append(mode) }
      return modes.isEmpty ? [.mean] : modes
    }
    if case .string = value { return [try mode(value, file)] }
    guard case .array(let elements) = value, !elements.isEmpty else {
      throw EmbedError(
        .fileDamaged, "wrong type", expected: "a mode or an array of them", got: value.summary,
        at: file.location("pooling_mode"))
    }
    var modes: [PoolingMode] = []
    for element in elements { modes.append(try mode(element, file)) }
    return modes
  }

  private static func mode(
    _ value: JSONValue, _ file: JSONDocument
  ) throws(EmbedError) -> PoolingMode {
    switch value.stringValue {
    case "cls": return .cls
    case "max": return .max
    case "mean": return .mean
    case "mean_sqrt_len_tokens": return .meanSquareRootLength
    case "weightedmean": return .weightedMean
    case "lasttoken": return .lastToken
    default:
      throw file.unsupported(
        "pooling_mode",
        expected: "cls, max, mean, mean_sqrt_len_tokens, weightedmean or lasttoken",
        got: value.summary)
    }
  }
}
