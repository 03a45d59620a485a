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
/// - An input kind that is not supported throws `invalidInput` naming the index; nothing is returned in part.
/// - Calls may be made from many tasks at once. A cancelled task's call throws `CancellationError` soon.
///
/// The test support target's conformance check verifies these for every implementation.
public protocol Embedder: Sendable {
  /// What is known of the embedder without a call.
  var info: EmbedderInfo { get }

  /// Embeds inputs, one vector each, in order.
  ///
  /// - Throws: `EmbedError`, or `CancellationError` when the calling task is cancelled.
  @concurrent
  func embed(_ inputs: [EmbeddingInput], options: EmbedOptions) async throws -> [Embedding]
}
