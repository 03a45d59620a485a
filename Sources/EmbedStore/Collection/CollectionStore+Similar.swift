public import EmbedCore
import GRDB
import JSON
import KernelDispatch

extension CollectionStore {
  /// The records of a collection whose vectors are nearest to that of one of them, itself left out.
  ///
  /// - Throws: `EmbedError` with code `collectionNotFound` when there is no such collection or record.
  /// - Complexity: O(n · dimensions) for n records.
  public func similar(
    toRecord id: String, in collection: String, _ filter: SimilarityFilter = SimilarityFilter()
  ) async throws -> [SimilarRecord] {
    try await filter.grouping { filter in
      try await search(in: collection, filter, skipping: id) { database, row in
        let vectors = try RecordRow.vectors(database, collection: row.id, ids: [id])
        guard let vector = vectors[Array(id.utf8)] else {
          throw EmbedError.noRecord(id, in: collection)
        }
        return [vector]
      }[0]
    }
  }

  /// The records of a collection whose vectors are nearest to a vector.
  ///
  /// - Throws: `EmbedError` with code `collectionNotFound`, or `invalidInput` for a vector of other dimensions.
  /// - Complexity: O(n · dimensions) for n records.
  public func similar(
    to vector: Embedding, in collection: String, _ filter: SimilarityFilter = SimilarityFilter()
  ) async throws -> [SimilarRecord] {
    try await filter.grouping { filter in
      try await search(in: collection, filter, skipping: nil) { _, _ in [vector.vector] }[0]
    }
  }

  /// The records of a collection whose vectors are nearest to each of some vectors: quicker than one call for each.
  ///
  /// - Throws: `EmbedError` with code `collectionNotFound`, or `invalidInput` for a vector of other dimensions.
  /// - Complexity: O(n · q · dimensions) for n records and q vectors.
  public func similar(
    to vectors: [Embedding], in collection: String, _ filter: SimilarityFilter = SimilarityFilter()
  ) async throws -> [[SimilarRecord]] {
    var found: [[SimilarRecord]] = []
    if filter.onePerDocument {
      // How many passages must be looked at differs from one to the next.
      for vector in vectors {
        found.append(try await similar(to: vector, in: collection, filter))
      }
      return found
    }
    // So many that the vectors in memory are read seldom, so few that what is found takes little memory.
    for start in stride(from: 0, to: vectors.count, by: 256) {
      let some = vectors[start..<min(vectors.count, start + 256)].map(\.vector)
      found += try await search(in: collection, filter, skipping: nil) { _, _ in some }
    }
    return found
  }

  private func search(
    in name: String, _ filter: SimilarityFilter, skipping id: String?,
    _ queries: @Sendable (Database, CollectionRow) throws -> [[Float]]
  ) async throws -> [[SimilarRecord]] {
    // All in one transaction: nobody changes the rows that were found.
    try await read { database in
      guard let row = try CollectionRow.find(database, name: name) else {
        throw EmbedError.noCollection(name)
      }
      let queries = try queries(database, row)
      let vectors = try matrices.matrix(database, collection: row.id, for: filter.method)
      guard let matrix = vectors.matrix else { return queries.map { _ in [] } }
      for query in queries where query.count != matrix.dimensions {
        throw EmbedError(
          .invalidInput, "vectors of other dimensions",
          expected: "\(matrix.dimensions), as the collection's", got: "\(query.count)",
          at: "collection \(name.quotedForMessage)")
      }
      let search = CandidateSearch(
        matrix: matrix,
        // One more, for the record that is left out.
        count: min(filter.count, matrix.count) + (id == nil ? 0 : 1),
        allowed: try filter.rowIDs(database, collection: row.id).map { allowed in
          vectors.rowIDs.map(allowed.contains)
        })
      let candidates = search.candidates(for: queries).map { $0.map { vectors.rowIDs[$0] } }
      return try ScoredRow.sorted(candidates, by: queries, database).map { nearest in
        var nearest = nearest
        if let id { nearest.removeAll { $0.id.hasSameBytes(as: id) } }
        return try filter.records(of: nearest, database)
      }
    }
  }
}

/// A row and its exact score.
private struct ScoredRow {
  let rowID: Int64
  let id: String
  let score: Double

  /// The candidates of each query, the nearest first.
  ///
  /// Equally near ones are in the order of llm, which is that of their names' bytes. Vectors that are not finite are left
  /// out.
  ///
  /// - Parameter candidates: the rows of each query, different ones.
  /// - Throws: `EmbedError` with code `fileDamaged`.
  static func sorted(
    _ candidates: [[Int64]], by queries: [[Float]], _ database: Database
  ) throws -> [[ScoredRow]] {
    let cosines = queries.map(ExactCosine.init)
    var queriesOfRow: [Int64: [Int]] = [:]
    for (query, rows) in candidates.enumerated() {
      for row in rows { queriesOfRow[row, default: []].append(query) }
    }
    var scored = [[ScoredRow]](repeating: [], count: queries.count)
    try read(queriesOfRow.keys.sorted(), database) { rowID, vector, id in
      for query in queriesOfRow[rowID] ?? [] {
        let score = cosines[query](vector)
        if score.isNaN { continue }
        scored[query].append(ScoredRow(rowID: rowID, id: id, score: score))
      }
    }
    return scored.map { rows in
      rows.sorted {
        $0.score == $1.score
          ? $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) : $0.score > $1.score
      }
    }
  }

  /// Reads rows, a few hundred at a time in the order in which they are stored: far quicker than a query for each.
  private static func read(
    _ rowIDs: [Int64], _ database: Database,
    _ body: (_ rowID: Int64, _ vector: [Float], _ id: String) -> Void
  ) throws {
    var vector: [Float] = []
    for start in stride(from: 0, to: rowIDs.count, by: 500) {
      let list = rowIDs[start..<min(rowIDs.count, start + 500)].map(String.init)
      let rows = try Row.fetchCursor(
        database,
        sql: """
          SELECT rowid, typeof(embedding) = 'blob', embedding, id FROM embeddings
          WHERE rowid IN (\(list.joined(separator: ",")))
          """)
      while let row = try rows.next() {
        body(try RecordRow.read(row, into: &vector, database), vector, row.text(3) ?? "")
      }
    }
  }
}

extension SimilarityFilter {
  /// The records of those that are good enough.
  fileprivate func records(
    of nearest: [ScoredRow], _ database: Database
  ) throws -> [SimilarRecord] {
    let least = minimumScore ?? -.infinity
    let best = nearest.prefix(count).prefix { $0.score >= least }
    return zip(best, try RecordRow.fetch(database, rowIDs: best.map(\.rowID))).map { row, record in
      SimilarRecord(
        id: row.id, score: row.score, content: record.content, metadata: record.metadata)
    }
  }

  /// The rows that it takes by their names and metadata; nil when it takes all.
  fileprivate func rowIDs(_ database: Database, collection: Int) throws -> Set<Int64>? {
    if prefix.isEmpty, metadata.isEmpty { return nil }
    // Names are in the order of their bytes: those with the prefix stand together.
    let rows = try Row.fetchCursor(
      database,
      sql: """
        SELECT rowid, id\(metadata.isEmpty ? "" : ", metadata") FROM embeddings
        WHERE collection_id = ? AND id >= ? ORDER BY id
        """, arguments: [collection, prefix])
    var found: Set<Int64> = []
    while let row = try rows.next(), (row.text(1) ?? "").utf8.starts(with: prefix.utf8) {
      if metadata.isEmpty || hasMetadata(row.text(2)) { found.insert(row[0]) }
    }
    return found
  }

  private func hasMetadata(_ json: String?) -> Bool {
    guard let json, let record = try? RecordMetadata(json: json) else { return false }
    return metadata.allSatisfy { record[$0.key] == $0.value }
  }
}
