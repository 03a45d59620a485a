public import EmbedCore
import Foundation
import GRDB

extension CollectionStore {
  /// Opens a collection whose vectors may have been made in another way, and makes them anew if they were.
  ///
  /// The new vectors take the place of the old ones all at once, when the last of them is there. Until then they wait in
  /// a table of our own, batch by batch, so that a migration that was broken off goes on where it was; the collection
  /// stays what it was until then.
  ///
  /// - Parameters:
  ///   - name: the collection's name.
  ///   - embedder: what makes the new vectors.
  ///   - model: what llm calls the model; nil for the embedder's own name of it.
  ///   - options: how records are embedded.
  ///   - precision: what the embedder computes with, if more than one precision is to be kept apart.
  ///   - address: where the embedder is found again, for programs that are given none.
  ///   - contents: returns the next contents of records that were not stored, none at the end; it is called only if
  ///     vectors are made anew. What has the name of no such record is passed over.
  ///   - progress: is called with the records done and their number, after each batch.
  /// - Throws: `EmbedError` with code `recipeMismatch` when a record's content is neither stored nor among `contents`, so
  ///   that its vector cannot be made; what `contents` throws.
  public func migratedCollection(
    _ name: String, embedder: any Embedder, model: String? = nil,
    options: EmbedOptions = EmbedOptions(), precision: String? = nil, address: String? = nil,
    contents: (() async throws -> [CollectionEntry])? = nil,
    progress: @Sendable (_ done: Int, _ count: Int) -> Void = { _, _ in }
  ) async throws -> EmbeddingCollection {
    let collection = try await unchecked(
      name, embedder: embedder, model: model ?? embedder.info.modelID, options: options,
      precision: precision, address: address)
    do {
      _ = try await read { try collection.checkedRow($0) }
      return collection
    } catch let error as EmbedError where error.code == .recipeMismatch {
      try await Migration(collection: collection).run(contents, progress)
      return collection
    }
  }
}

/// Makes the vectors of a collection anew.
private struct Migration: Sendable {
  let collection: EmbeddingCollection

  private struct Source: Sendable {
    let id: String
    let content: CollectionContent
    let hash: [UInt8]
  }

  func run(
    _ contents: (() async throws -> [CollectionEntry])?, _ progress: (Int, Int) -> Void
  ) async throws {
    let (row, count) = try await begin(hasContents: contents != nil)
    var done = count.done
    progress(done, count.all)
    while let entries = try await contents?(), !entries.isEmpty {
      let batch = try await lacking(entries, row.id)
      try await embed(batch, row.id, isStored: false)
      done += batch.count
      progress(done, count.all)
    }
    while case let batch = try await nextBatch(row.id), !batch.isEmpty {
      try await embed(batch, row.id, isStored: true)
      done += batch.count
      progress(done, count.all)
    }
    try await finish(row)
  }

  /// Throws away what was begun with another recipe; counts what is there and what is to be done.
  ///
  /// - Throws: `EmbedError` when a record's content is nowhere to be had.
  private func begin(
    hasContents: Bool
  ) async throws -> (CollectionRow, (done: Int, all: Int)) {
    let recipe = collection.recipe.json
    return try await collection.store.write { database in
      guard let row = try CollectionRow.find(database, name: collection.name) else {
        throw EmbedError.noCollection(collection.name)
      }
      try database.execute(
        sql: "DELETE FROM embed_staging WHERE collection_id = ? AND recipe <> ?",
        arguments: [row.id, recipe])
      if !hasContents { try requireContents(database, row.id) }
      func count(_ table: String) throws -> Int {
        try Int.fetchOne(
          database, sql: "SELECT count(*) FROM \(table) WHERE collection_id = ?",
          arguments: [row.id]) ?? 0
      }
      return (row, (done: try count(RecipeTable.stagingName), all: try count("embeddings")))
    }
  }

  /// Refuses a record without a new vector whose content is not stored.
  private func requireContents(_ database: Database, _ id: Int) throws {
    let lacking = try Row.fetchOne(
      database,
      sql: """
        SELECT id FROM embeddings e
        WHERE collection_id = ? AND content IS NULL AND content_blob IS NULL AND NOT EXISTS (
          SELECT 1 FROM embed_staging s WHERE s.collection_id = e.collection_id AND s.id = e.id)
        LIMIT 1
        """, arguments: [id])
    guard let lacking else { return }
    throw EmbedError(
      .recipeMismatch, "vectors cannot be made anew",
      expected: "contents that are stored, or in an input that can be read twice",
      got: "none of record \((lacking.text(0) ?? "").quotedForMessage)",
      at: "collection \(collection.name.quotedForMessage)")
  }

  /// Those of some entries whose records need their contents, and have no new vector of these yet.
  private func lacking(_ entries: [CollectionEntry], _ id: Int) async throws -> [Source] {
    try await collection.store.read { database in
      let statement = try database.makeStatement(
        sql: """
          SELECT s.content_hash FROM embeddings e
          LEFT JOIN embed_staging s ON s.collection_id = e.collection_id AND s.id = e.id
          WHERE e.collection_id = ? AND e.id = ? AND content IS NULL AND content_blob IS NULL
          """)
      var sources: [[UInt8]: Source] = [:]
      for entry in entries {
        let source = Source(id: entry.id, content: entry.content, hash: entry.content.hash)
        let row = try Row.fetchOne(statement, arguments: [id, entry.id])
        // Of entries of the same name the last one counts.
        if let row { sources[Array(entry.id.utf8)] = row.bytes(0) == source.hash ? nil : source }
      }
      return sources.values.sorted { $0.id < $1.id }
    }
  }

  private func embed(_ batch: [Source], _ id: Int, isStored: Bool) async throws {
    let vectors = try await collection.embedder.embed(
      batch.map(\.content.input), options: collection.options)
    try await stage(zip(batch, vectors).map { ($0, $1) }, id, isStored: isStored)
  }

  /// The next records with a stored content and without a new vector.
  private func nextBatch(_ id: Int) async throws -> [Source] {
    try await collection.store.read { database in
      let rows = try Row.fetchAll(
        database,
        sql: """
          SELECT e.id, e.content, e.content_blob FROM embeddings e
          LEFT JOIN embed_staging s ON s.collection_id = e.collection_id AND s.id = e.id
            AND s.content_hash = e.content_hash
          WHERE e.collection_id = ? AND s.id IS NULL AND e.id IS NOT NULL
            AND (e.content IS NOT NULL OR e.content_blob IS NOT NULL) LIMIT ?
          """, arguments: [id, collection.preferredBatchSize])
      return rows.compactMap { row in
        let content =
          row.text(1).map(CollectionContent.text) ?? row.bytes(2).map(CollectionContent.binary)
        guard let content, let id = row.text(0) else { return nil }
        return Source(id: id, content: content, hash: content.hash)
      }
    }
  }

  private func stage(
    _ vectors: [(Source, Embedding)], _ id: Int, isStored: Bool
  ) async throws {
    var batch = CollectionBatch(
      vectors.map { CollectionEntry(id: $0.0.id, content: $0.0.content) }, storesContent: false)
    for (index, vector) in vectors.enumerated() { batch.add(.success(vector.1), of: index) }
    if let failure = batch.failure { throw failure }
    let recipe = collection.recipe.json
    try await collection.store.write { database in
      for (source, vector) in vectors {
        try database.execute(
          sql: "INSERT OR REPLACE INTO embed_staging VALUES (?, ?, ?, ?, ?)",
          arguments: [
            id, source.id, recipe, Data(source.hash), Data(vector.littleEndianBytes),
          ])
        // A hash that is not that of the stored content would be looked for without end.
        guard isStored else { continue }
        try database.execute(
          sql: "UPDATE embeddings SET content_hash = ? WHERE collection_id = ? AND id = ?",
          arguments: [Data(source.hash), id, source.id])
      }
    }
  }

  /// Puts all new vectors in their places at once.
  private func finish(_ row: CollectionRow) async throws {
    try await collection.store.write { database in
      try requireContents(database, row.id)
      let missing = try Int.fetchOne(
        database,
        sql: """
          SELECT count(*) FROM embeddings e WHERE collection_id = ? AND NOT EXISTS (
            SELECT 1 FROM embed_staging s WHERE s.collection_id = e.collection_id
              AND s.id = e.id AND (s.content_hash = e.content_hash
                OR e.content IS NULL AND e.content_blob IS NULL))
          """, arguments: [row.id])
      guard missing == 0 else {
        throw EmbedError(
          .databaseLocked, "another program changed the collection while it was migrated",
          expected: "nobody else to write to it", got: "\(missing ?? 0) new records; try again",
          at: "collection \(collection.name.quotedForMessage)")
      }
      try database.execute(
        sql: """
          UPDATE embeddings SET updated = CAST(strftime('%s', 'now') AS INTEGER),
            (embedding, content_hash) = (
              SELECT embedding, content_hash FROM embed_staging s
              WHERE s.collection_id = embeddings.collection_id AND s.id = embeddings.id)
          WHERE collection_id = :id;
          UPDATE collections SET model = :model WHERE id = :id
          """, arguments: ["id": row.id, "model": collection.model])
      var recipe = collection.recipe
      if let size = try Int.fetchOne(
        database,
        sql: "SELECT length(embedding) FROM embed_staging WHERE collection_id = ? LIMIT 1",
        arguments: [row.id])
      {
        recipe.dimensions = size / 4
      }
      try RecipeTable.delete(database, id: row.id)
      try RecipeTable.save(
        RecipeTable.Entry(recipe: recipe, address: collection.address), database, id: row.id,
        name: collection.name, model: collection.model)
    }
  }
}
