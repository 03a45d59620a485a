import Synchronization

/// The first of several embedders that can be reached: `first:URI1,URI2`.
///
/// A call goes to the first embedder; when that cannot be reached, is overloaded or fails, to the next. An embedder that
/// failed is left alone for half a minute. Vectors of different models have nothing to do with each other: embedders are
/// refused whose models differ in name or dimensions, unless `mixed=yes` stands among the addresses.
public struct FallbackEmbedder: Embedder {
  /// What all embedders have in common.
  public let info: EmbedderInfo
  private let embedders: [any Embedder]
  private let mayMix: Bool
  private let state: State

  private final class State: Sendable {
    /// When each embedder may be tried again; the dimensions of the vectors so far.
    let value = Mutex<(pauses: [ContinuousClock.Instant?], dimensions: Int?)>(([], nil))
  }

  /// How long an embedder that failed is left alone.
  private static let pause: Duration = .seconds(30)

  /// Makes an embedder of several, the preferred one first.
  ///
  /// - Parameter mayMix: whether their models may differ.
  /// - Throws: `EmbedError` with code `invalidOption` when there are none, or their models differ and must not.
  public init(_ embedders: [any Embedder], mayMix: Bool = false) throws(EmbedError) {
    guard let first = embedders.first else {
      throw EmbedError(
        .invalidOption, "no embedders to choose from", expected: "one or more", got: "none")
    }
    var info = first.info
    for other in embedders.dropFirst().map(\.info) {
      if !mayMix { try Self.requireSameModel(first.info, other) }
      info.dimensions = info.dimensions ?? other.dimensions
      info.maximumTokens = [info.maximumTokens, other.maximumTokens].compactMap { $0 }.min()
      info.supportsImages = info.supportsImages && other.supportsImages
      info.roles.formIntersection(other.roles)
    }
    if mayMix { info.dimensions = nil }
    self.embedders = embedders
    self.info = info
    self.mayMix = mayMix
    state = State()
    state.value.withLock { $0.pauses = Array(repeating: nil, count: embedders.count) }
  }

  /// Makes the embedders that a URI lists; those that cannot be made are left out unless it is all of them.
  init(_ uri: EmbedderURI, registry: EmbedderRegistry) async throws {
    var embedders: [any Embedder] = []
    var failure: (any Error)?
    var mayMix = false
    for part in uri.remainder.split(separator: ",", omittingEmptySubsequences: false) {
      if part == "mixed=yes" {
        mayMix = true
        continue
      }
      let address = try EmbedderURI(
        String(part).replacing("%2C", with: ",").replacing("%2c", with: ","))
      do {
        embedders.append(try await registry.embedder(address))
      } catch let error as EmbedError where error.code != .invalidURI {
        failure = failure ?? error
      }
    }
    if embedders.isEmpty, let failure { throw failure }
    try self.init(embedders, mayMix: mayMix)
  }

  /// The names of one model in different places end alike: `sentence-transformers/all-MiniLM-L6-v2`.
  private static func requireSameModel(_ a: EmbedderInfo, _ b: EmbedderInfo) throws(EmbedError) {
    func name(_ id: String) -> String {
      let end = id.split(separator: "/").last.map { $0.lowercased() } ?? id
      return end.hasSuffix(":latest") ? String(end.dropLast(7)) : end
    }
    guard name(a.modelID) == name(b.modelID) else {
      throw EmbedError(
        .invalidOption, "different models, whose vectors cannot be compared", expected: a.modelID,
        got: b.modelID, at: "first:, where mixed=yes allows it")
    }
    guard let first = a.dimensions, let second = b.dimensions, first != second else { return }
    throw EmbedError(
      .invalidOption, "models of different dimensions", expected: "\(first)", got: "\(second)",
      at: "first:, where mixed=yes allows it")
  }

  /// What the first embedder's vectors depend on; nothing of several that may differ.
  ///
  /// - Throws: what it throws.
  @concurrent
  public func fingerprint(for options: EmbedOptions) async throws -> [String: String] {
    mayMix ? [:] : try await embedders[0].fingerprint(for: options)
  }

  /// Embeds inputs with the first embedder that can.
  ///
  /// - Throws: what the first embedder threw, when none can; `EmbedError` with code `invalidReply` when its vectors have other
  ///   dimensions than those before.
  @concurrent
  public func embed(_ inputs: [EmbeddingInput], options: EmbedOptions) async throws -> [Embedding] {
    try await withFirst(options) {
      try await $0.embed(inputs, options: options)
    } vectors: {
      $0
    }
  }

  /// Embeds inputs, a result each, with the first embedder that can.
  ///
  /// - Throws: what the first embedder threw, when none can.
  @concurrent
  public func embedEach(
    _ inputs: [EmbeddingInput], options: EmbedOptions
  ) async throws -> [Result<Embedding, EmbedError>] {
    try await withFirst(options) {
      try await $0.embedEach(inputs, options: options)
    } vectors: {
      $0.compactMap { try? $0.get() }
    }
  }

  private func withFirst<Value: Sendable>(
    _ options: EmbedOptions, _ call: (any Embedder) async throws -> Value,
    vectors: (Value) -> [Embedding]
  ) async throws -> Value {
    let now = ContinuousClock.now
    let pauses = state.value.withLock { $0.pauses }
    let rested = embedders.indices.filter { pauses[$0].map { $0 <= now } ?? true }
    // Those that failed lately come last.
    let order = rested + embedders.indices.filter { !rested.contains($0) }
    var failure: (any Error)?
    for index in order {
      do {
        let value = try await call(embedders[index])
        state.value.withLock { $0.pauses[index] = nil }
        // With fewer dimensions than the model's, it is cut vectors that come.
        if options.dimensions == nil {
          try requireSameDimensions(vectors(value), embedders[index].info.modelID)
        }
        return value
      } catch let error as EmbedError where error.isOutage {
        state.value.withLock { $0.pauses[index] = now + Self.pause }
        failure = failure ?? error
      }
    }
    throw failure ?? CancellationError()
  }

  private func requireSameDimensions(_ vectors: [Embedding], _ model: String) throws(EmbedError) {
    guard !mayMix, let count = vectors.first?.dimensions else { return }
    let expected = state.value.withLock { state in
      if state.dimensions == nil { state.dimensions = count }
      return state.dimensions
    }
    guard let expected, expected != count else { return }
    throw EmbedError(
      .invalidReply, "other dimensions than from the embedder before", expected: "\(expected)",
      got: "\(count)", at: model)
  }
}

extension EmbedError {
  /// Whether another embedder may do what this one could not.
  fileprivate var isOutage: Bool {
    [.unreachable, .timedOut, .overloaded, .serviceFailed, .unauthorized, .resourceExhausted]
      .contains(code)
  }
}
