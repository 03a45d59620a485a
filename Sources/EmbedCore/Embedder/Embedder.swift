/// Something that turns inputs into vectors: a model on this machine, or a service elsewhere.
///
/// ```swift
/// let embedder = try await LocalEmbedder.load("all-MiniLM-L6-v2")
/// let vectors = try await embedder.embed(["A cat sat.", "Ein Hund lief."])
/// print(vectors[0].cosineSimilarity(to: vectors[1]))
/// ```
///
/// # Requirements for implementers
///
/// - `embed` returns exactly one embedding for each input, in the order of the inputs; no inputs, no embeddings.
/// - An input's vector does not depend on what else is in the call: alone or in a batch differs by 1e-6 at most.
/// - All vectors of an embedder have the same dimensions, and those are `info.dimensions` if that is not nil; with
///   `options.dimensions` they have that many, or the call throws `invalidOption`.
/// - Vectors are finite. With `.unit` normalization their Euclidean length is 1 within 1e-5.
/// - Empty and blank texts are embedded like any other text.
/// - An input that is refused, of a kind that is not supported for example, throws an error whose `inputIndex` names it.
/// - Calls may be made from many tasks at once. A cancelled task's call throws `CancellationError` soon.
///
/// The test support target's conformance check verifies these for every implementation.
public protocol Embedder: Sendable {
  /// What is known of the embedder without a call.
  var info: EmbedderInfo { get }

  /// What vectors depend on beside `options`, by name: the weights, the pooling, the prompt.
  ///
  /// Vectors cannot be compared when two embedders differ in a value that both tell. The default tells nothing.
  ///
  /// - Throws: `EmbedError`.
  @concurrent
  func fingerprint(for options: EmbedOptions) async throws -> [String: String]

  /// Embeds inputs, one vector each, in order.
  ///
  /// - Throws: `EmbedError`, or `CancellationError` when the calling task is cancelled.
  @concurrent
  func embed(_ inputs: [EmbeddingInput], options: EmbedOptions) async throws -> [Embedding]

  /// Embeds inputs, a result each, in order: one that is refused costs no other its vector.
  ///
  /// The default calls `embed` again without each input that its error names.
  ///
  /// - Throws: `EmbedError` when no single input is to blame; `CancellationError` when the calling task is cancelled.
  @concurrent
  func embedEach(
    _ inputs: [EmbeddingInput], options: EmbedOptions
  ) async throws -> [Result<Embedding, EmbedError>]
}

extension Embedder {
  /// Tells nothing of what vectors depend on.
  @concurrent
  public func fingerprint(for options: EmbedOptions) async throws -> [String: String] { [:] }

  /// Embeds inputs, a result each, in order: calls `embed` again without each input that its error names.
  ///
  /// - Throws: `EmbedError` when no single input is to blame; `CancellationError` when the calling task is cancelled.
  /// - Complexity: a call of `embed` for each input that is refused, and one more.
  @concurrent
  public func embedEach(
    _ inputs: [EmbeddingInput], options: EmbedOptions
  ) async throws -> [Result<Embedding, EmbedError>] {
    var results = [Result<Embedding, EmbedError>?](repeating: nil, count: inputs.count)
    var rest = Array(inputs.indices)
    while !rest.isEmpty {
      do {
        let embeddings = try await embed(rest.map { inputs[$0] }, options: options)
        guard embeddings.count == rest.count else {
          throw EmbedError(
            .invalidReply, "wrong number of embeddings", expected: "\(rest.count)",
            got: "\(embeddings.count)", at: info.modelID)
        }
        for (index, embedding) in zip(rest, embeddings) { results[index] = .success(embedding) }
        rest = []
      } catch let error as EmbedError {
        guard let position = error.inputIndex, rest.indices.contains(position) else { throw error }
        let index = rest.remove(at: position)
        results[index] = .failure(error.about(input: index))
      }
    }
    return results.compactMap { $0 }
  }

  /// Embeds texts, one vector each, in order.
  public func embed(_ texts: [String], options: EmbedOptions = EmbedOptions()) async throws
    -> [Embedding]
  {
    try await embed(texts.map(EmbeddingInput.text), options: options)
  }

  /// Embeds one text.
  public func embed(_ text: String, options: EmbedOptions = EmbedOptions()) async throws
    -> Embedding
  {
    try await embedOne(.text(text), options: options)
  }

  /// Embeds one encoded image (PNG, JPEG, …).
  public func embed(image: [UInt8], options: EmbedOptions = EmbedOptions()) async throws
    -> Embedding
  {
    try await embedOne(.image(image), options: options)
  }

  private func embedOne(_ input: EmbeddingInput, options: EmbedOptions) async throws -> Embedding {
    let embeddings = try await embed([input], options: options)
    precondition(embeddings.count == 1, "an embedder returns one embedding for each input")
    return embeddings[0]
  }
}

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

/// One thing to embed.
public enum EmbeddingInput: Sendable, Hashable {
  /// A text; any Unicode, any length, empty included.
  case text(String)
  /// Token ids of the embedder's own tokenizer, special tokens included: they are used as they are.
  case tokens([Int32])
  /// The bytes of an encoded image (PNG, JPEG, …).
  case image([UInt8])
}

extension EmbeddingInput: ExpressibleByStringLiteral {
  /// Makes a text input.
  public init(stringLiteral value: String) { self = .text(value) }
}
