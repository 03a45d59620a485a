import EmbedCore
import Foundation
import GRDB

/// What became of the entries of a call.
public struct CollectionChanges: Sendable, Hashable {
  /// Vectors that were computed.
  public var embedded = 0
  /// Vectors that were taken from another record of the same content.
  public var copied = 0
  /// Records whose vector stayed and whose content or metadata were brought up to date.
  public var updated = 0
  /// Records that were as they should be.
  public var unchanged = 0
  /// Records that were removed: passages that their documents have no more.
  public var removed = 0

  /// Makes no changes.
  public init() {}

  /// All entries, without what was removed.
  public var count: Int { embedded + copied + updated + unchanged }

  /// Both together.
  public static func + (left: CollectionChanges, right: CollectionChanges) -> CollectionChanges {
    var sum = left
    sum.embedded += right.embedded
    sum.copied += right.copied
    sum.updated += right.updated
    sum.unchanged += right.unchanged
    sum.removed += right.removed
    return sum
  }
}

extension EmbeddingCollection {
  /// Embeds a text and puts it into the collection.
  ///
  /// - Parameters:
  ///   - text: what is embedded.
  ///   - id: the record's name.
  ///   - metadata: what is kept beside it; nil leaves what is there.
  ///   - storesContent: whether the text is kept beside its vector.
  /// - Throws: as `embed(_:storing:)`.
  @discardableResult
  public func embed(
    _ text: String, id: String, metadata: RecordMetadata? = nil, storing storesContent: Bool = false
  ) async throws -> CollectionChanges {
    try await embed(
      [CollectionEntry(id: id, text: text, metadata: metadata)], storing: storesContent)
  }

  /// Embeds entries batch by batch, each of them in one transaction.
  ///
  /// - Parameters:
  ///   - entries: what is embedded, in any number.
  ///   - storesContent: whether contents are kept beside their vectors.
  ///   - batchSize: the entries of a batch; nil for what suits the embedder.
  /// - Throws: as `embed(_:storing:)`; what the sequence throws. The batches before are kept.
  @discardableResult
  public func embedMulti<Entries: AsyncSequence>(
    _ entries: Entries, storing storesContent: Bool = false, batchSize: Int? = nil
  ) async throws -> CollectionChanges where Entries.Element == CollectionEntry {
    let size = max(1, batchSize ?? preferredBatchSize)
    var changes = CollectionChanges()
    var batch: [CollectionEntry] = []
    for try await entry in entries {
      batch.append(entry)
      guard batch.count >= size else { continue }
      changes = try await changes + embed(batch, storing: storesContent)
      batch.removeAll()
    }
    return try await changes + embed(batch, storing: storesContent)
  }

  /// How many entries a batch is best given.
  public var preferredBatchSize: Int { min(1024, max(1, embedder.info.preferredBatchSize)) }

  /// Embeds a batch of entries and puts them into the collection, in one transaction.
  ///
  /// A record that has the same content already keeps its vector; its metadata and its stored content are brought up to
  /// date. Content that another record of the collection has is not embedded again. Of entries of the same name the last
  /// one counts.
  ///
  /// - Parameters:
  ///   - entries: the batch.
  ///   - storesContent: whether contents are kept beside their vectors. A content that is stored stays until another one
  ///     takes its place.
  /// - Throws: `EmbedError`, of an entry that is refused with its place in the call as `inputIndex`, after all others
  ///   were put into the collection.
  @discardableResult
  public func embed(
    _ entries: [CollectionEntry], storing storesContent: Bool = false
  ) async throws -> CollectionChanges {
    try await embed(entries, finishing: [], storing: storesContent)
  }

  /// The same; in the same transaction, passages are removed that documents have no more whose last one is among the
  /// entries.
  func embed(
    _ entries: [CollectionEntry], finishing documents: [FinishedDocument],
    storing storesContent: Bool
  ) async throws -> CollectionChanges {
    if entries.isEmpty { return CollectionChanges() }
    var batch = CollectionBatch(entries, storesContent: storesContent)
    let hashes = batch.hashes
    batch.add(
      try await store.read { database in
        guard let row = try checkedRow(database) else { return [] }
        return try KnownRow.fetch(
          database, collection: row.id, ids: entries.map(\.id), hashes: hashes)
      })
    let missing = batch.missing
    if !missing.isEmpty {
      let results = try await embedder.embedEach(
        missing.map { entries[$0].content.input }, options: options)
      for (index, result) in zip(missing, results) { batch.add(result, of: index) }
    }
    let finished = batch
    let removed = try await store.write { database in
      let changes = finished.rows
      if !changes.isEmpty {
        let id = try prepareRow(database, dimensions: finished.dimensions)
        for row in changes { try row.write(database, collection: id) }
      }
      guard !documents.isEmpty, let row = try checkedRow(database) else { return 0 }
      return try documents.reduce(0) { try $0 + $1.removeOtherPassages(database, row.id) }
    }
    if let failure = batch.failure { throw failure }
    var changes = batch.changes
    changes.removed = removed
    return changes
  }
}
