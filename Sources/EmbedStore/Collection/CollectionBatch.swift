import EmbedCore
import Foundation
import GRDB

/// What the collection has of a batch: a row of one of its names, or of one of its contents.
struct KnownRow: Sendable {
  let id: [UInt8]
  let hash: [UInt8]
  let vector: [UInt8]
  let hasContent: Bool
  let metadata: String?

  /// The rows of some names and of some contents.
  static func fetch(
    _ database: Database, collection: Int, ids: [String], hashes: Set<[UInt8]>
  ) throws -> [KnownRow] {
    let columns = """
      SELECT id, content_hash, embedding, content IS NOT NULL OR content_blob IS NOT NULL, metadata
      FROM embeddings WHERE collection_id = ?
      """
    let byID = try database.makeStatement(sql: columns + " AND id = ?")
    // Without the sign, SQLite may take the key's index and look through the whole collection.
    let byHash = try database.makeStatement(
      sql: columns.replacing("collection_id = ?", with: "+collection_id = ?")
        + " AND content_hash = ? LIMIT 1")
    var rows: [KnownRow] = []
    for id in ids {
      if let row = try Row.fetchOne(byID, arguments: [collection, id]) {
        rows.append(KnownRow(row, isNamed: true))
      }
    }
    for hash in hashes {
      if let row = try Row.fetchOne(byHash, arguments: [collection, Data(hash)]) {
        rows.append(KnownRow(row, isNamed: false))
      }
    }
    return rows
  }

  /// Whether it was found by its name.
  let isNamed: Bool

  private init(_ row: Row, isNamed: Bool) {
    id = Array((row.text(0) ?? "").utf8)
    hash = row.bytes(1) ?? []
    vector = row.bytes(2) ?? []
    hasContent = row.integer(3) == 1
    metadata = row.text(4)
    self.isNamed = isNamed
  }

  /// Whether the vector can be used: damaged ones and those of zeros only are made again.
  var hasVector: Bool {
    !vector.isEmpty && vector.count.isMultiple(of: 4) && vector.contains { $0 & 0x7F != 0 }
  }
}

/// The entries of one transaction, and what becomes of each.
struct CollectionBatch: Sendable {
  private let entries: [CollectionEntry]
  private let storesContent: Bool
  private let entryHashes: [[UInt8]]
  /// The last entry of each name.
  private var lastOfName: [[UInt8]: Int] = [:]
  private var known: [[UInt8]: KnownRow] = [:]
  /// Vectors that the collection had, by the hashes of their contents.
  private var copies: [[UInt8]: [UInt8]] = [:]
  /// Vectors that were computed, by the same.
  private var computed: [[UInt8]: [UInt8]] = [:]
  private(set) var dimensions: Int?
  /// The first entry that was refused.
  private(set) var failure: EmbedError?
  private var refused: Set<[UInt8]> = []

  init(_ entries: [CollectionEntry], storesContent: Bool) {
    self.entries = entries
    self.storesContent = storesContent
    entryHashes = entries.map(\.content.hash)
    for (index, entry) in entries.enumerated() { lastOfName[Array(entry.id.utf8)] = index }
  }

  /// The hashes of all contents.
  var hashes: Set<[UInt8]> { Set(entryHashes) }

  /// Takes what the collection has.
  mutating func add(_ rows: [KnownRow]) {
    for row in rows {
      if row.isNamed { known[row.id] = row }
      if row.hasVector { copies[row.hash] = row.vector }
    }
  }

  private func isLast(_ index: Int) -> Bool { lastOfName[Array(entries[index].id.utf8)] == index }

  /// The entries whose contents are to be embedded, one of each content.
  var missing: [Int] {
    var seen: Set<[UInt8]> = []
    return entries.indices.filter {
      isLast($0) && copies[entryHashes[$0]] == nil && seen.insert(entryHashes[$0]).inserted
    }
  }

  /// Takes the vector of an entry.
  mutating func add(_ result: Result<Embedding, EmbedError>, of index: Int) {
    do throws(EmbedError) {
      let embedding = try result.get()
      try check(embedding)
      dimensions = embedding.dimensions
      computed[entryHashes[index]] = embedding.littleEndianBytes
    } catch {
      refused.insert(entryHashes[index])
      failure = failure ?? error.ofRecord(entries[index].id, index: index)
    }
  }

  /// Refuses what cannot be compared, or would break llm's search.
  private func check(_ embedding: Embedding) throws(EmbedError) {
    guard embedding.vector.allSatisfy(\.isFinite) else {
      throw EmbedError(.invalidReply, "vector not finite")
    }
    guard embedding.vector.contains(where: { $0 != 0 }) else {
      throw EmbedError(
        .invalidReply, "vector of zeros", expected: "one that has a direction",
        got: "\(embedding.dimensions) zeros")
    }
    if let dimensions, dimensions != embedding.dimensions {
      throw EmbedError(
        .invalidReply, "vector of other dimensions", expected: "\(dimensions)",
        got: "\(embedding.dimensions)")
    }
  }

  // MARK: - Results

  private enum Outcome { case embedded, copied, updated, unchanged, refused }

  private func outcome(_ index: Int) -> Outcome {
    let hash = entryHashes[index]
    if refused.contains(hash) { return .refused }
    guard let row = known[Array(entries[index].id.utf8)], row.hash == hash, row.hasVector else {
      return computed[hash] == nil ? .copied : .embedded
    }
    let metadata = entries[index].metadata
    let isNew = metadata.map { $0.stored != row.metadata } ?? false
    return isNew || (storesContent && !row.hasContent) ? .updated : .unchanged
  }

  /// What became of the entries, those that another one of the same name replaces left out.
  var changes: CollectionChanges {
    var changes = CollectionChanges()
    var fresh: Set<[UInt8]> = []
    for index in entries.indices where isLast(index) {
      switch outcome(index) {
      case .embedded where !fresh.insert(entryHashes[index]).inserted: changes.copied += 1
      case .embedded: changes.embedded += 1
      case .copied: changes.copied += 1
      case .updated: changes.updated += 1
      case .unchanged: changes.unchanged += 1
      case .refused: break
      }
    }
    return changes
  }

  /// The rows that are to be written.
  var rows: [ChangedRow] {
    let now = Int(Date().timeIntervalSince1970)
    return entries.indices.compactMap { index in
      guard isLast(index) else { return nil }
      let hash = entryHashes[index]
      let row = known[Array(entries[index].id.utf8)]
      switch outcome(index) {
      case .unchanged, .refused: return nil
      case .updated, .embedded, .copied:
        let isSame = row?.hash == hash
        return ChangedRow(
          entry: entries[index], hash: hash, vector: computed[hash] ?? copies[hash] ?? [],
          content: storesContent ? .store : isSame ? .keep : .remove,
          metadata: entries[index].metadata.map(\.stored) ?? row?.metadata, updated: now)
      }
    }
  }
}

/// A row of the table `embeddings` that is new or replaces another.
struct ChangedRow: Sendable {
  enum Content { case store, keep, remove }

  let entry: CollectionEntry
  let hash: [UInt8]
  let vector: [UInt8]
  let content: Content
  let metadata: String?
  let updated: Int

  func write(_ database: Database, collection: Int) throws {
    var (text, bytes): (String?, Data?)
    switch entry.content {
    case .text(let content): text = content
    case .binary(let content): bytes = Data(content)
    }
    if content != .store { (text, bytes) = (nil, nil) }
    let kept = content == .keep ? "content = content" : "content = excluded.content"
    let blob = content == .keep ? "content_blob" : "excluded.content_blob"
    // What somebody else has changed since the row was read stays.
    let data = entry.metadata == nil ? "metadata" : "excluded.metadata"
    try database.execute(
      sql: """
        INSERT INTO embeddings
          (collection_id, id, embedding, content, content_blob, content_hash, metadata, updated)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (collection_id, id) DO UPDATE SET
          embedding = excluded.embedding, \(kept), content_blob = \(blob),
          content_hash = excluded.content_hash, metadata = \(data),
          updated = excluded.updated
        """,
      arguments: [
        collection, entry.id, Data(vector), text, bytes, Data(hash), metadata, updated,
      ])
  }
}
