import EmbedCore
import EmbedTestSupport
import Foundation
import GRDB

@testable import EmbedStore

/// Random vectors, the same every time.
struct SeededVectors {
  let dimensions: Int
  private var generator = SplitMix64(seed: 1)

  init(dimensions: Int) { self.dimensions = dimensions }

  /// Components from -1 to 1.
  func vectors(_ count: Int) -> [[Float]] {
    var generator = generator
    return (0..<count).map { _ in
      (0..<dimensions).map { _ in Float.random(in: -1...1, using: &generator) }
    }
  }

  /// Vectors around planted centres, group after group: each of `sizes` vectors deviates from its centre, whose
  /// components are from -1 to 1, by at most `spread` in each component.
  func groups(_ sizes: [Int], spread: Float) -> [[Float]] {
    var generator = generator
    return sizes.flatMap { size -> [[Float]] in
      let center = (0..<dimensions).map { _ in Float.random(in: -1...1, using: &generator) }
      return (0..<size).map { _ in
        center.map { $0 + spread * Float.random(in: -1...1, using: &generator) }
      }
    }
  }
}

extension StoreFixture {
  /// Makes a collection of vectors as they are, zeros and NaN included, with the names 0000, 0001, ….
  @discardableResult
  func fill(
    _ name: String, _ vectors: [[Float]], in store: CollectionStore
  ) async throws -> [(id: String, vector: [Float])] {
    let records = vectors.enumerated().map { (id: String(format: "%04d", $0), vector: $1) }
    try await store.write { database in
      try database.execute(
        sql: "INSERT INTO collections (name, model) VALUES (?, 'test')", arguments: [name])
      let collection = database.lastInsertedRowID
      for record in records {
        try database.execute(
          sql: "INSERT INTO embeddings (collection_id, id, embedding) VALUES (?, ?, ?)",
          arguments: [
            collection, record.id, Data(Embedding(record.vector).littleEndianBytes),
          ])
      }
    }
    return records
  }
}
