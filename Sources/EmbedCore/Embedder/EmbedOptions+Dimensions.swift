extension EmbedOptions {
  /// The number of dimensions to return from a model that has `available`.
  ///
  /// - Throws: `EmbedError` with code `invalidOption` when `dimensions` is not from 1 to `available`.
  package func resolvedDimensions(of available: Int) throws(EmbedError) -> Int {
    guard let dimensions else { return available }
    guard (1...max(1, available)).contains(dimensions) else {
      throw EmbedError(
        .invalidOption, "dimensions out of range", expected: "1 to \(available)",
        got: "\(dimensions)")
    }
    return dimensions
  }
}
