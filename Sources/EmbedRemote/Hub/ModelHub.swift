public import EmbedCore
public import Foundation

/// The Hugging Face hub, or another one that speaks as it does: fetches models into the cache that its own libraries
/// share, so that they find them too, and find theirs here.
///
/// ```swift
/// let model = try await ModelHub().pull("sentence-transformers/all-MiniLM-L6-v2")
/// let embedder = try await LocalEmbedder.load(model.folder)
/// ```
///
/// Only the files that a sentence-transformers model needs are fetched, and only those that are not there. Each is
/// checked against the checksum that the hub lists, and appears in the cache whole or not at all; a download that was cut
/// goes on where it ended, at the next call too.
public struct ModelHub: Sendable {
  /// How far a call has come.
  public struct Progress: Sendable {
    /// The file that is being fetched.
    public let file: String
    /// How many bytes of the files that were missing are there.
    public let receivedBytes: Int
    /// How many there will be; nil while that is being found out.
    public let totalBytes: Int?
  }

  /// A model in the cache.
  public struct PulledModel: Sendable {
    /// Its name on the hub.
    public let id: String
    /// The commit of its repository; each has a folder of its own.
    public let commit: String
    /// The path of its folder.
    public let folder: String
    /// How many files were fetched; the others were there already.
    public let fetchedFiles: Int
    /// How many bytes those have.
    public let fetchedBytes: Int
  }

  private let settings: HubSettings
  private let connection: HubConnection
  private let pause: @Sendable (Duration) async throws -> Void

  /// Makes a client of the hub that the environment names.
  ///
  /// - Parameter environment: `HF_ENDPOINT`, `HF_TOKEN`, `HF_HUB_CACHE`, `HF_HOME`, `HF_HUB_OFFLINE` and the others that
  ///   Hugging Face's libraries read, and those of proxies.
  /// - Throws: `EmbedError` with code `invalidOption`.
  public init(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(EmbedError) {
    try self.init(environment: environment, retries: RetryPolicy()) {
      try await Task.sleep(for: $0)
    }
  }

  /// - Parameter pause: how to wait, for a retry or for another download of the same file.
  init(
    environment: [String: String], retries: RetryPolicy,
    pause: @escaping @Sendable (Duration) async throws -> Void
  ) throws(EmbedError) {
    settings = try HubSettings(environment: environment)
    connection = HubConnection(settings, retries: retries, pause: pause)
    self.pause = pause
  }

  /// Has a model in the cache, as it is on the hub now; offline, as it was fetched last.
  ///
  /// - Parameters:
  ///   - id: `ORGANIZATION/NAME`; a name alone is one of sentence-transformers.
  ///   - revision: a branch, a tag or a commit.
  ///   - progress: told how far the downloads are.
  /// - Throws: `EmbedError`; `CancellationError`. What has come until then is not fetched again.
  public func pull(
    _ id: String, revision: String = "main",
    progress: @escaping @Sendable (Progress) -> Void = { _ in }
  ) async throws -> PulledModel {
    let model = try HubModel(id: id, revision: revision)
    let cache = HubCache(of: model, settings: settings)
    if settings.isOffline { return try await findOffline(model, cache) }
    let address = connection.listing(of: model)
    let listing = try HubListing(
      parsing: await connection.contents(address, model: model, limit: 1 << 25),
      from: address.withoutQuery)
    let pull = ModelPull(
      model: model, listing: listing, cache: cache, connection: connection, pause: pause)
    return try await pull.run(progress: progress)
  }

  private func findOffline(_ model: HubModel, _ cache: HubCache) async throws -> PulledModel {
    guard let commit = cache.commit(of: model.revision) else { throw notInCache(model, nil) }
    let folder = cache.snapshot(commit)
    do {
      // Whether everything is there that was needed.
      let selection = ModelFileSelection(names: cache.names(commit: commit), source: folder)
      _ = try await selection.files { name in
        try CachePath.contents("\(folder)/\(name)", limit: ModelPull.largestSetting)
      }
    } catch let error as EmbedError {
      throw notInCache(model, error)
    }
    return PulledModel(
      id: model.id, commit: commit, folder: folder, fetchedFiles: 0, fetchedBytes: 0)
  }

  private func notInCache(_ model: HubModel, _ error: EmbedError?) -> EmbedError {
    EmbedError(
      .modelNotFound, "\(model.id) is not in the cache",
      expected: "it there, as $HF_HUB_OFFLINE is set",
      got: error == nil ? "no revision \(model.revision.printable)" : "an incomplete one",
      at: settings.cache, underlying: error)
  }
}
