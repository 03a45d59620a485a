/// What an embedder tells of itself before it is asked for a vector.
public struct EmbedderInfo: Sendable, Hashable {
  /// The model's name, such as `all-MiniLM-L6-v2`.
  public var modelID: String
  /// The length of a vector, if it is known without a call.
  public var dimensions: Int?
  /// The most tokens of one input that count, special tokens included, if there is a limit.
  public var maximumTokens: Int?
  /// How many inputs a call is best given; more is right too, and is cut inside.
  public var preferredBatchSize: Int
  /// Whether `EmbeddingInput.image` is accepted.
  public var supportsImages: Bool
  /// The roles that make a difference to this model.
  public var roles: Set<EmbedOptions.Role>

  /// Makes a description.
  public init(
    modelID: String, dimensions: Int?, maximumTokens: Int?, preferredBatchSize: Int,
    supportsImages: Bool = false, roles: Set<EmbedOptions.Role> = []
  ) {
    self.modelID = modelID
    self.dimensions = dimensions
    self.maximumTokens = maximumTokens
    self.preferredBatchSize = preferredBatchSize
    self.supportsImages = supportsImages
    self.roles = roles
  }
}
