import EmbedCore
import Synchronization

/// The vectors of `TestEmbedder`, and a record of what was embedded; texts of choice have other vectors, or none.
final class RecordingEmbedder: Embedder {
  let info: EmbedderInfo
  private let embedder: TestEmbedder
  private let special: [String: [Float]]
  /// After so many inputs, every call fails.
  private let limit: Int
  private let fingerprint: [String: String]
  private let state = Mutex<[String]>([])

  init(
    model: String = "test", dimensions: Int = 8, special: [String: [Float]] = [:],
    limit: Int = .max, batchSize: Int = 256, roles: Set<EmbedOptions.Role> = [],
    fingerprint: [String: String] = [:]
  ) {
    self.fingerprint = fingerprint
    embedder = TestEmbedder(dimensions: dimensions)
    self.special = special
    self.limit = limit
    info = EmbedderInfo(
      modelID: model, dimensions: special.isEmpty ? dimensions : nil, maximumTokens: nil,
      preferredBatchSize: batchSize, supportsImages: true, roles: roles)
  }

  /// The texts that were embedded, in their order; of images, their sizes.
  var texts: [String] { state.withLock { $0 } }

  @concurrent
  func fingerprint(for options: EmbedOptions) async throws -> [String: String] { fingerprint }

  @concurrent
  func embed(_ inputs: [EmbeddingInput], options: EmbedOptions) async throws -> [Embedding] {
    var vectors = try await embedder.embed(inputs, options: options)
    for (index, input) in inputs.enumerated() {
      let text =
        switch input {
        case .text(let text): text
        case .image(let bytes): "\(bytes.count) bytes"
        case .tokens: "tokens"
        }
      try state.withLock { texts in
        guard texts.count < limit else { throw EmbedError(.serviceFailed, "limit reached") }
        texts.append(text)
      }
      if text == "refused" { throw EmbedError(.invalidInput, "refused", input: index) }
      if let vector = special[text] { vectors[index] = Embedding(vector) }
    }
    return vectors
  }
}
