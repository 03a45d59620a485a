public import EmbedCore
import GRDB
import KernelDispatch

/// Which records a search takes, and how many.
public struct SimilarityFilter: Sendable, Hashable {
  /// The most records that are returned.
  public var count: Int
  /// What the names begin with, byte by byte.
  public var prefix: String
  /// What the metadata have: names and their values, as `RecordMetadata` gives them.
  public var metadata: [String: String]
  /// The least cosine.
  public var minimumScore: Double?

  /// Makes a filter.
  public init(
    count: Int = 10, prefix: String = "", metadata: [String: String] = [:],
    minimumScore: Double? = nil
  ) {
    precondition(count >= 0, "a number of records")
    self.count = count
    self.prefix = prefix
    self.metadata = metadata
    self.minimumScore = minimumScore
  }
}

/// A record that was found.
public struct SimilarRecord: Sendable, Hashable {
  /// The record's name.
  public let id: String
  /// The cosine of the angle between both vectors, from -1 to 1.
  public let score: Double
  /// What was embedded, if it was stored.
  public let content: CollectionContent?
  /// What is kept beside it.
  public let metadata: RecordMetadata?
}

extension EmbeddingCollection {
  /// The records whose vectors are nearest to that of a text, the nearest first.
  ///
  /// All vectors are compared, so that the result is exact: that of double precision. They are held in memory until the
  /// database changes.
  ///
  /// - Throws: `EmbedError` with code `collectionNotFound`, or `recipeMismatch` when the text's vector cannot be compared.
  /// - Complexity: O(n · dimensions) for n records.
  public func similar(
    to text: String, _ filter: SimilarityFilter = SimilarityFilter()
  ) async throws -> [SimilarRecord] {
    try await similar(to: CollectionContent.text(text), filter)
  }

  /// The records whose vectors are nearest to that of a content.
  ///
  /// - Throws: as for a text.
  /// - Complexity: O(n · dimensions) for n records.
  public func similar(
    to content: CollectionContent, _ filter: SimilarityFilter = SimilarityFilter()
  ) async throws -> [SimilarRecord] {
    // What costs nothing comes first: a collection that is not there, or of other vectors.
    try await store.read { database in
      guard try checkedRow(database) != nil else { throw EmbedError.noCollection(name) }
    }
    let vectors = try await embedder.embed([content.input], options: queryOptions)
    guard let vector = vectors.first else { return [] }
    return try await store.similar(to: vector, in: name, filter)
  }

  /// The records whose vectors are nearest to that of one of them, itself left out.
  ///
  /// - Throws: `EmbedError` with code `collectionNotFound` when there is no such collection or record.
  /// - Complexity: O(n · dimensions) for n records.
  public func similar(
    toRecord id: String, _ filter: SimilarityFilter = SimilarityFilter()
  ) async throws -> [SimilarRecord] {
    try await store.similar(toRecord: id, in: name, filter)
  }

  /// The records whose vectors are nearest to a vector.
  ///
  /// - Throws: `EmbedError` with code `collectionNotFound`, or `invalidInput` for a vector of other dimensions.
  /// - Complexity: O(n · dimensions) for n records.
  public func similar(
    to vector: Embedding, _ filter: SimilarityFilter = SimilarityFilter()
  ) async throws -> [SimilarRecord] {
    try await store.similar(to: vector, in: name, filter)
  }
}

extension CollectionStore {
  /// The records of a collection whose vectors are nearest to that of one of them, itself left out.
  ///
  /// - Throws: `EmbedError` with code `collectionNotFound` when there is no such collection or record.
  /// - Complexity: O(n · dimensions) for n records.
  public func similar(
    toRecord id: String, in collection: String, _ filter: SimilarityFilter = SimilarityFilter()
  ) async throws -> [SimilarRecord] {
    let vector = try await read { database -> [Float] in
      guard let row = try CollectionRow.find(database, name: collection) else {
        throw EmbedError.noCollection(collection)
      }
      let stored = try Row.fetchOne(
        database, sql: "SELECT embedding FROM embeddings WHERE collection_id = ? AND id = ?",
        arguments: [row.id, id])
      guard let stored else { throw EmbedError.noRecord(id, in: collection) }
      return try RecordRow.vector(stored.bytes(0), id: id)
    }
    return try await search(vector, in: collection, filter, skipping: id)
  }

  /// The records of a collection whose vectors are nearest to a vector.
  ///
  /// - Throws: `EmbedError` with code `collectionNotFound`, or `invalidInput` for a vector of other dimensions.
  /// - Complexity: O(n · dimensions) for n records.
  public func similar(
    to vector: Embedding, in collection: String, _ filter: SimilarityFilter = SimilarityFilter()
  ) async throws -> [SimilarRecord] {
    try await search(vector.vector, in: collection, filter, skipping: nil)
  }

  private func search(
    _ vector: [Float], in name: String, _ filter: SimilarityFilter, skipping id: String?
  ) async throws -> [SimilarRecord] {
    let (row, vectors, allowed) = try await read { database in
      guard let row = try CollectionRow.find(database, name: name) else {
        throw EmbedError.noCollection(name)
      }
      let vectors = try matrices.matrix(database, collection: row.id)
      return (row, vectors, try Self.allowed(vectors, filter, skipping: id, database, row.id))
    }
    guard let matrix = vectors.matrix else { return [] }
    guard matrix.dimensions == vector.count else {
      throw EmbedError(
        .invalidInput, "vectors of other dimensions",
        expected: "\(matrix.dimensions), as the collection's", got: "\(vector.count)",
        at: "collection \(name.quotedForMessage)")
    }
    let search = ExactSearch(matrix: matrix, query: vector, allowed: allowed)
    let nearest = try await search.nearest(filter.count, minimumScore: filter.minimumScore)
    let ids = nearest.map { vectors.ids[$0.index] }
    // A record may be gone by now; it is left out.
    let records = try await read { database in
      try RecordRow.fetch(database, collection: row.id, ids: ids)
    }
    let byID = Dictionary(records.map { (Array($0.id.utf8), $0) }) { first, _ in first }
    return zip(ids, nearest).compactMap { id, match in
      byID[Array(id.utf8)].map { record in
        SimilarRecord(
          id: id, score: match.score, content: record.content, metadata: record.metadata)
      }
    }
  }

  /// Which rows of a matrix a filter takes; nil when it takes all.
  private static func allowed(
    _ vectors: CollectionMatrix, _ filter: SimilarityFilter, skipping id: String?,
    _ database: Database, _ collection: Int
  ) throws -> [Bool]? {
    if filter.prefix.isEmpty, filter.metadata.isEmpty, id == nil { return nil }
    let prefix = Array(filter.prefix.utf8)
    let skipped = id.map { Array($0.utf8) }
    var withMetadata: Set<[UInt8]>?
    if !filter.metadata.isEmpty {
      let rows = try Row.fetchCursor(
        database,
        sql: "SELECT id, metadata FROM embeddings WHERE collection_id = ? AND metadata IS NOT NULL",
        arguments: [collection])
      var found: Set<[UInt8]> = []
      while let row = try rows.next() {
        guard let json = row.text(1), let metadata = try? RecordMetadata(json: json) else {
          continue
        }
        if filter.metadata.allSatisfy({ metadata[$0.key] == $0.value }) {
          found.insert(Array((row.text(0) ?? "").utf8))
        }
      }
      withMetadata = found
    }
    return vectors.ids.map { id in
      guard id.utf8.starts(with: prefix) else { return false }
      let id = Array(id.utf8)
      return id != skipped && withMetadata?.contains(id) ?? true
    }
  }
}
