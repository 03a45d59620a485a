import EmbedCore

/// One call of `ModelHub.pull`, behind the list of files.
struct ModelPull {
  let model: HubModel
  let listing: HubListing
  let cache: HubCache
  let connection: HubConnection
  let pause: @Sendable (Duration) async throws -> Void

  /// The most bytes of a file that has to be read to know what else is needed.
  static let largestSetting = 1 << 26

  func run(progress: @escaping (ModelHub.Progress) -> Void) async throws -> ModelHub.PulledModel {
    let source = "\(model.id) at \(listing.commit.prefix(12))"
    var fetched: [HubFile] = []
    let selection = ModelFileSelection(names: Set(listing.files.keys), source: source)
    let names = try await selection.files { name in
      guard HubFile.isSafe(name), let file = listing.files[name] else {
        throw EmbedError(
          .invalidReply, "invalid name of a file", expected: "a path inside the model's folder",
          got: name.quotedForMessage, at: source)
      }
      let before = size(of: fetched)
      let isNew = try await fetch(file) {
        progress(.init(file: name, receivedBytes: before + $0, totalBytes: nil))
      }
      if isNew { fetched.append(file) }
      let path = cache.content(file, commit: listing.commit) ?? cache.blob(file)
      return try CachePath.contents(path, limit: Self.largestSetting)
    }
    let files = names.compactMap { listing.files[$0] }
    var received = size(of: fetched)
    let missing = files.filter { cache.content($0, commit: listing.commit) == nil }
    let total = received + size(of: missing)
    for file in missing {
      let before = received
      let isNew = try await fetch(file) {
        progress(.init(file: file.name, receivedBytes: before + $0, totalBytes: total))
      }
      if isNew { fetched.append(file) }
      received += file.size
    }
    try cache.place(files, commit: listing.commit)
    // Last: until now nobody finds the commit.
    try cache.setCommit(listing.commit, of: model.revision)
    return ModelHub.PulledModel(
      id: model.id, commit: listing.commit, folder: cache.snapshot(listing.commit),
      fetchedFiles: fetched.count, fetchedBytes: size(of: fetched))
  }

  private func size(of files: [HubFile]) -> Int { files.reduce(0) { $0 + $1.size } }

  /// Has the content of a file in the cache.
  ///
  /// - Parameter report: told how many of its bytes there are.
  /// - Returns: whether it was not there.
  private func fetch(_ file: HubFile, report: @escaping (Int) -> Void) async throws -> Bool {
    if cache.content(file, commit: listing.commit) != nil { return false }
    try cache.prepare()
    let lock = try await FileLock.acquire(cache.lock(file)) { try await pause(.milliseconds(100)) }
    defer { lock.release() }
    // Whoever had the lock has fetched it.
    if cache.content(file, commit: listing.commit) != nil { return false }
    let address = connection.address(of: file.name, model: model, commit: listing.commit)
    let download = try BlobDownload(of: file, to: cache.blob(file), report: report)
    try await download.run(connection, address: address, model: model)
    return true
  }
}
