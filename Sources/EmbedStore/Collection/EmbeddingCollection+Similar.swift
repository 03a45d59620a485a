public import EmbedCore

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
  /// How they are found; scores are exact whatever it is.
  public var method: SearchMethod
  /// Whether of each document's passages only the nearest is taken; a record that is no passage is a document.
  public var onePerDocument: Bool

  /// Makes a filter.
  public init(
    count: Int = 10, prefix: String = "", metadata: [String: String] = [:],
    minimumScore: Double? = nil, method: SearchMethod = .exact, onePerDocument: Bool = false
  ) {
    precondition(count >= 0, "a number of records")
    self.count = count
    self.prefix = prefix
    self.metadata = metadata
    self.minimumScore = minimumScore
    self.method = method
    self.onePerDocument = onePerDocument
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
  /// The vectors, or what the filter's method needs of them, are held in memory until the database changes.
  ///
  /// - Throws: `EmbedError` with code `collectionNotFound`, or `recipeMismatch` when the text's vector cannot be compared.
  /// - Complexity: O(n · dimensions) for n records.
  public func similar(
    to text: String, _ filter: SimilarityFilter = SimilarityFilter()
  ) async throws -> [SimilarRecord] {
    try await similar(to: CollectionContent.text(text), filter)
  }

  /// The records whose vectors are nearest to that of each of some texts: quicker than one call for each.
  ///
  /// - Throws: as for one.
  /// - Complexity: O(n · q · dimensions) for n records and q texts.
  public func similar(
    to texts: [String], _ filter: SimilarityFilter = SimilarityFilter()
  ) async throws -> [[SimilarRecord]] {
    try await requireComparable()
    let vectors = try await embedder.embed(texts, options: queryOptions)
    return try await store.similar(to: vectors, in: name, filter)
  }

  /// The records whose vectors are nearest to that of a content.
  ///
  /// - Throws: as for a text.
  /// - Complexity: O(n · dimensions) for n records.
  public func similar(
    to content: CollectionContent, _ filter: SimilarityFilter = SimilarityFilter()
  ) async throws -> [SimilarRecord] {
    try await requireComparable()
    let vectors = try await embedder.embed([content.input], options: queryOptions)
    guard let vector = vectors.first else { return [] }
    return try await store.similar(to: vector, in: name, filter)
  }

  /// What costs nothing before a model is asked: refuses a collection that is not there, or of other vectors.
  private func requireComparable() async throws {
    try await store.read { database in
      guard try checkedRow(database) != nil else { throw EmbedError.noCollection(name) }
    }
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

  /// The records whose vectors are nearest to each of some vectors: quicker than one call for each.
  ///
  /// - Throws: as for one.
  /// - Complexity: O(n · q · dimensions) for n records and q vectors.
  public func similar(
    to vectors: [Embedding], _ filter: SimilarityFilter = SimilarityFilter()
  ) async throws -> [[SimilarRecord]] {
    try await store.similar(to: vectors, in: name, filter)
  }
}
