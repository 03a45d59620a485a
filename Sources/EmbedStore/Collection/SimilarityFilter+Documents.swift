import EmbedCore

extension SimilarityFilter {
  /// How many records are asked for at first for each document that is wanted.
  private static let passagesPerDocument = 4
  /// More records than a collection has.
  private static let recordLimit = 1 << 40

  /// What a search finds; of each document one record, if the filter says so: then more and more are asked for, until
  /// there are enough documents.
  ///
  /// - Parameter search: returns the nearest records that another filter takes, the nearest first.
  /// - Throws: what the search throws.
  /// - Complexity: O(log n) searches at most, for n records.
  func grouping(
    _ search: (SimilarityFilter) async throws -> [SimilarRecord]
  ) async throws -> [SimilarRecord] {
    guard onePerDocument, count > 0 else { return try await search(self) }
    var wider = self
    wider.onePerDocument = false
    while true {
      if wider.count < Self.recordLimit { wider.count *= Self.passagesPerDocument }
      let records = try await search(wider)
      var documents: Set<[UInt8]> = []
      let nearest = records.filter { record in
        let document = PassageName.document(of: record.id, record.metadata)
        return documents.insert(document ?? Array(record.id.utf8)).inserted
      }
      if nearest.count >= count || records.count < wider.count {
        return Array(nearest.prefix(count))
      }
    }
  }
}
