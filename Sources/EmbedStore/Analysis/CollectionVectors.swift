import EmbedCore
import GRDB
import KernelDispatch

/// The vectors of a collection that are analyzed, in the order of their names.
struct CollectionVectors: Sendable {
  /// The number of the collection's row.
  let collection: Int
  let ids: [String]
  /// nil when there is no vector.
  let matrix: VectorMatrix?
}

extension CollectionVectors {
  /// The vectors with the length 1, without those that have no direction: zeros, and numbers that are not finite.
  ///
  /// - Complexity: O(n · dimensions).
  var directions: CollectionVectors {
    guard let matrix else { return self }
    var unit = VectorMatrix(dimensions: matrix.dimensions)
    unit.reserveCapacity(matrix.count)
    var ids: [String] = []
    ids.reserveCapacity(matrix.count)
    for row in 0..<matrix.count {
      let square = matrix.squaredLength(row)
      guard square > 0, square.isFinite else { continue }
      let scale = 1 / square.squareRoot()
      unit.append(matrix.row(row).map { Float(Double($0) * scale) })
      ids.append(self.ids[row])
    }
    return CollectionVectors(collection: collection, ids: ids, matrix: ids.isEmpty ? nil : unit)
  }
}

extension CollectionStore {
  /// The vectors of the records whose names begin with a prefix, byte by byte.
  ///
  /// - Throws: `EmbedError` with code `collectionNotFound`, or `fileDamaged` when a vector is not one.
  func vectors(of name: String, prefix: String = "") async throws -> CollectionVectors {
    try await read { database in
      guard let row = try CollectionRow.find(database, name: name) else {
        throw EmbedError.noCollection(name)
      }
      let all = try StoredVectors<VectorMatrix>(database, collection: row.id)
      guard let matrix = all.matrix else {
        return CollectionVectors(collection: row.id, ids: [], matrix: nil)
      }
      let places = Dictionary(zip(all.rowIDs, 0...)) { first, _ in first }
      let names = try Row.fetchCursor(
        database, sql: "SELECT rowid, id FROM embeddings WHERE collection_id = ? ORDER BY id",
        arguments: [row.id])
      var ids: [String] = []
      var rows: [Int] = []
      while let name = try names.next() {
        let id = name.text(1) ?? ""
        guard let place = places[name[0]], id.utf8.starts(with: prefix.utf8) else { continue }
        ids.append(id)
        rows.append(place)
      }
      // Most often the matrix is what is asked for.
      let selection =
        rows.elementsEqual(0..<matrix.count) ? matrix : rows.isEmpty ? nil : matrix.selecting(rows)
      return CollectionVectors(collection: row.id, ids: ids, matrix: selection)
    }
  }

  /// The records of some names, by the bytes of their names, without contents that are no text; those that are gone by
  /// now are left out.
  ///
  /// - Parameter limit: the most characters of a text.
  func records(
    _ ids: some Sequence<String> & Sendable, collection: Int, limit: Int = .max
  ) async throws -> [[UInt8]: CollectionRecord] {
    let records = try await read { database in
      try RecordRow.fetch(database, collection: collection, ids: Array(ids), textLimit: limit)
    }
    return Dictionary(records.map { (Array($0.id.utf8), $0) }) { first, _ in first }
  }
}

extension VectorMatrix {
  /// The components of one vector, in place.
  func row(_ index: Int) -> ArraySlice<Float> {
    components[index * dimensions..<(index + 1) * dimensions]
  }

  /// A matrix of some of the vectors.
  ///
  /// - Complexity: O(n · `dimensions`) for n of them.
  func selecting(_ rows: some Collection<Int>) -> VectorMatrix {
    var selection = VectorMatrix(dimensions: dimensions)
    selection.reserveCapacity(rows.count)
    for row in rows { selection.append(self.row(row)) }
    return selection
  }
}
