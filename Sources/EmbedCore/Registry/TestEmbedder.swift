/// An embedder of deterministic vectors that need no model: `test://?dimensions=N`.
///
/// Equal inputs have equal vectors on every machine and in every run; different inputs have, for all practical
/// purposes, independent ones. A token is a run of characters between white space.
public struct TestEmbedder: Embedder {
  /// What is known of the embedder.
  public let info: EmbedderInfo
  private let dimensions: Int

  /// Makes an embedder of vectors of so many dimensions.
  ///
  /// - Precondition: `dimensions` is positive.
  public init(dimensions: Int = 8) {
    precondition(dimensions > 0, "a vector has dimensions")
    self.dimensions = dimensions
    info = EmbedderInfo(
      modelID: "test", dimensions: dimensions, maximumTokens: nil, preferredBatchSize: 256,
      supportsImages: true, roles: [.query, .document])
  }

  /// Makes the embedder of an address.
  ///
  /// - Throws: `EmbedError` with code `invalidURI` when `dimensions` is not a number from 1 to 65,536.
  public init(_ uri: EmbedderURI) throws(EmbedError) {
    try uri.requireParameters(in: ["dimensions"])
    let dimensions = try uri.integerParameter("dimensions", minimum: 1) ?? 8
    guard dimensions <= 65_536 else {
      throw EmbedError(
        .invalidURI, "invalid parameter dimensions of test", expected: "1 to 65536",
        got: "\(dimensions)")
    }
    self.init(dimensions: dimensions)
  }

  /// Returns a vector for each input that depends on its content and role alone.
  ///
  /// - Throws: `EmbedError` with code `invalidOption` when more dimensions are asked for than there are, or fewer
  ///   than one; `CancellationError`.
  @concurrent
  public func embed(_ inputs: [EmbeddingInput], options: EmbedOptions) async throws -> [Embedding] {
    let count = try options.resolvedDimensions(of: dimensions)
    var embeddings: [Embedding] = []
    embeddings.reserveCapacity(inputs.count)
    for input in inputs {
      try Task.checkCancellation()
      embeddings.append(embedding(of: input, options: options, count: count))
    }
    return embeddings
  }

  private func embedding(of input: EmbeddingInput, options: EmbedOptions, count: Int) -> Embedding {
    var seed = Self.hash(options.role.rawValue.utf8, seed: 0xCBF2_9CE4_8422_2325)
    let tokenCount: Int
    switch input {
    case .text(let text):
      seed = Self.hash("text".utf8, seed: seed)
      seed = Self.hash(((options.prompt ?? "") + text).utf8, seed: seed)
      tokenCount = text.split(whereSeparator: \.isWhitespace).count
    case .tokens(let ids):
      seed = Self.hash("tokens".utf8, seed: seed)
      for id in ids {
        seed = (seed ^ UInt64(UInt32(bitPattern: id))) &* 0x100_0000_01B3
      }
      tokenCount = ids.count
    case .image(let bytes):
      seed = Self.hash(bytes, seed: Self.hash("image".utf8, seed: seed))
      tokenCount = 0
    }
    var vector = (0..<count).map { component in
      Self.component(seed &+ UInt64(component) &* 0x9E37_79B9_7F4A_7C15)
    }
    if options.normalization != .none {
      let length = vector.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      vector = vector.map { Float(Double($0) / max(length, 1e-12)) }
    }
    return Embedding(vector, tokenCount: tokenCount)
  }

  /// FNV-1a, 64 bits (draft-eastlake-fnv).
  private static func hash(_ bytes: some Sequence<UInt8>, seed: UInt64) -> UInt64 {
    bytes.reduce(seed) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }

  /// The output function of SplitMix64 (Steele, Lea, Flood 2014), as a number from -1 to 1.
  private static func component(_ state: UInt64) -> Float {
    var bits = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    bits ^= bits >> 31
    return Float(bits >> 40) / Float(1 << 23) - 1
  }
}
