public import EmbedCore
import GRDB

/// A named collection of records with their vectors, and the embedder that makes them.
///
/// Calls may be made from many tasks at once. Vectors are of one recipe: a record whose vector would be made in another
/// way is refused, and so is a search.
public struct EmbeddingCollection: Sendable {
  /// The database.
  public let store: CollectionStore
  /// The collection's name.
  public let name: String
  /// The model's name, as llm calls it.
  public let model: String
  /// What makes the vectors.
  public let embedder: any Embedder
  /// How records are embedded; the role is that of the collection.
  public let options: EmbedOptions
  /// How this program makes vectors; the collection's own, once it has one, agrees with it.
  let recipe: CollectionRecipe
  /// The names that llm may have for the embedder's model.
  let modelNames: [String]
  let address: String?

  /// How a search's text is embedded: as a query, where that makes a difference to the model.
  var queryOptions: EmbedOptions {
    var options = options
    if options.role == .document, embedder.info.roles.contains(.query) { options.role = .query }
    return options
  }
}

extension CollectionStore {
  /// A collection and the embedder for it; a new one appears in the database with its first record.
  ///
  /// - Parameters:
  ///   - name: the collection's name.
  ///   - embedder: what makes the vectors.
  ///   - model: what llm calls the model, such as `sentence-transformers/all-MiniLM-L6-v2`; nil for the embedder's own
  ///     name of it, or the one that the collection has.
  ///   - options: how records are embedded. The role `none` is turned into `document` where that makes a difference.
  ///   - precision: what the embedder computes with, if more than one precision is to be kept apart.
  ///   - address: where the embedder is found again, for programs that are given none.
  /// - Throws: `EmbedError` with code `recipeMismatch` when the collection's vectors were made in another way.
  public func collection(
    _ name: String, embedder: any Embedder, model: String? = nil,
    options: EmbedOptions = EmbedOptions(), precision: String? = nil, address: String? = nil
  ) async throws -> EmbeddingCollection {
    let collection = try await unchecked(
      name, embedder: embedder, model: model, options: options, precision: precision,
      address: address)
    try await read { _ = try collection.checkedRow($0) }
    return collection
  }

  /// The same, whatever the collection's vectors were made with.
  func unchecked(
    _ name: String, embedder: any Embedder, model: String?, options: EmbedOptions,
    precision: String?, address: String?
  ) async throws -> EmbeddingCollection {
    let (found, own) = try await read { database in
      let row = try CollectionRow.find(database, name: name)
      let own = try row.flatMap {
        try RecipeTable.find(database, id: $0.id, name: name, model: $0.model)
      }
      return (row, own?.recipe)
    }
    var options = options
    if options.role == .none {
      // llm knows no roles: what it has made is embedded without.
      options.role = own?.role ?? (found == nil ? .document : .none)
    }
    if !embedder.info.roles.contains(options.role) { options.role = .none }
    let recipe = try await CollectionRecipe(embedder, options, precision: precision)
    return EmbeddingCollection(
      store: self, name: name, model: model ?? found?.model ?? embedder.info.modelID,
      embedder: embedder, options: options,
      recipe: recipe,
      modelNames: [embedder.info.modelID] + (model.map { [$0] } ?? []), address: address)
  }
}

// MARK: - Recipes

extension EmbeddingCollection {
  /// The collection's row, if there is one, after a check that its vectors are made as this program makes them.
  ///
  /// - Throws: `EmbedError` with code `recipeMismatch`.
  func checkedRow(_ database: Database) throws -> CollectionRow? {
    guard let row = try CollectionRow.find(database, name: name) else { return nil }
    if let entry = try RecipeTable.find(database, id: row.id, name: name, model: row.model) {
      try entry.recipe.require(recipe, collection: name)
    } else {
      // llm keeps the model's name alone, perhaps with the dimensions behind it; vectors tell of the rest.
      try recipeOfStranger(row, database).require(recipe, collection: name)
    }
    return row
  }

  /// What is known of a collection that only llm has written to.
  private func recipeOfStranger(
    _ row: CollectionRow, _ database: Database
  ) throws -> CollectionRecipe {
    var stranger = recipe
    let names = modelNames.map(CollectionRecipe.essence)
    if !names.contains(CollectionRecipe.essence(of: row.model)) { stranger.model = row.model }
    let size = try Int.fetchOne(
      database,
      sql: "SELECT length(embedding) FROM embeddings WHERE collection_id = ? LIMIT 1",
      arguments: [row.id])
    stranger.dimensions = size.map { $0 / 4 }
    return stranger
  }

  /// The number of the collection, which is made if it is not there, and is given its recipe if it has none.
  ///
  /// - Parameter dimensions: those of the vectors that are to be added.
  /// - Throws: `EmbedError` with code `recipeMismatch`.
  func prepareRow(_ database: Database, dimensions: Int?) throws -> Int {
    var own = recipe
    own.dimensions = dimensions ?? own.dimensions
    let id: Int
    let model: String
    if let row = try checkedRow(database) {
      (id, model) = (row.id, row.model)
    } else {
      try database.execute(
        sql: "INSERT INTO collections (name, model) VALUES (?, ?)", arguments: [name, self.model])
      (id, model) = (Int(database.lastInsertedRowID), self.model)
    }
    var address = address
    if let entry = try RecipeTable.find(database, id: id, name: name, model: model) {
      try entry.recipe.require(own, collection: name)
      own = entry.recipe.merging(own)
      if own == entry.recipe { return id }
      address = entry.address ?? address
    }
    // What another collection left that had this number.
    try RecipeTable.delete(database, id: id)
    try RecipeTable.save(
      RecipeTable.Entry(recipe: own, address: address), database, id: id, name: name, model: model)
    return id
  }
}

// MARK: - Records

extension EmbeddingCollection {
  /// The number of records.
  ///
  /// - Throws: `EmbedError`.
  /// - Complexity: O(n) in their number.
  public func count() async throws -> Int { try await store.count(of: name) }

  /// Whether there is a record of that name.
  ///
  /// - Throws: `EmbedError`.
  public func exists(_ id: String) async throws -> Bool { try await record(id) != nil }

  /// A record; nil when there is none of that name.
  ///
  /// - Throws: `EmbedError`.
  public func record(_ id: String) async throws -> CollectionRecord? {
    try await store.read { database in
      guard let row = try CollectionRow.find(database, name: name) else { return nil }
      return try RecordRow.fetch(database, collection: row.id, ids: [id]).first
    }
  }

  /// The vector of a record; nil when there is none of that name.
  ///
  /// - Throws: `EmbedError` with code `fileDamaged` when it is not one.
  public func vector(of id: String) async throws -> Embedding? {
    try await store.read { database in
      guard let row = try CollectionRow.find(database, name: name) else { return nil }
      let stored = try Row.fetchOne(
        database, sql: "SELECT embedding FROM embeddings WHERE collection_id = ? AND id = ?",
        arguments: [row.id, id])
      return try stored.map { Embedding(try RecordRow.vector($0.bytes(0), id: id)) }
    }
  }

  /// Removes records; names that are not there are passed over.
  ///
  /// - Returns: how many were removed.
  /// - Throws: `EmbedError`.
  @discardableResult
  public func delete(_ ids: [String]) async throws -> Int {
    try await store.write { database in
      guard let row = try CollectionRow.find(database, name: name) else { return 0 }
      var count = 0
      for id in ids {
        try database.execute(
          sql: "DELETE FROM embeddings WHERE collection_id = ? AND id = ?", arguments: [row.id, id])
        count += database.changesCount
      }
      return count
    }
  }

  /// Removes all records but those of some names, so that the collection follows what it is made of.
  ///
  /// - Parameters:
  ///   - ids: the names that stay, byte by byte.
  ///   - documents: the names of documents whose passages stay.
  ///   - prefix: of the records whose names do not begin with it, all stay.
  /// - Returns: how many were removed.
  /// - Throws: `EmbedError`.
  @discardableResult
  public func deleteAll(
    except ids: some Sequence<String>, passagesOf documents: [String] = [], prefix: String = ""
  ) async throws -> Int {
    // Strings are equal when they look the same; names are when their bytes are.
    let kept = Set(ids.map { Array($0.utf8) })
    let cut = Set(documents.map { Array($0.utf8) })
    let start = Array(prefix.utf8)
    let gone = try await store.read { database -> [String] in
      guard let row = try CollectionRow.find(database, name: name) else { return [] }
      let rows = try Row.fetchCursor(
        database,
        sql: "SELECT id, metadata FROM embeddings WHERE collection_id = ? AND id IS NOT NULL",
        arguments: [row.id])
      var gone: [String] = []
      while let row = try rows.next() {
        guard let id = row.text(0), id.utf8.starts(with: start), !kept.contains(Array(id.utf8))
        else { continue }
        if !cut.isEmpty {
          let metadata = row.text(1).flatMap { try? RecordMetadata(json: $0) }
          if let document = PassageName.document(of: id, metadata), cut.contains(document) {
            continue
          }
        }
        gone.append(id)
      }
      return gone
    }
    return try await delete(gone)
  }
}

extension CollectionStore {
  /// The number of a collection's records; 0 when there is no such collection.
  func count(of name: String) async throws -> Int {
    try await read { database in
      guard let row = try CollectionRow.find(database, name: name) else { return 0 }
      return try Int.fetchOne(
        database, sql: "SELECT count(*) FROM embeddings WHERE collection_id = ?",
        arguments: [row.id]) ?? 0
    }
  }

  /// The names of a collection's records, in the order of their bytes.
  ///
  /// - Throws: `EmbedError` with code `collectionNotFound`.
  /// - Complexity: O(n) in their number.
  public func ids(in collection: String) async throws -> [String] {
    try await read { database in
      guard let row = try CollectionRow.find(database, name: collection) else {
        throw EmbedError.noCollection(collection)
      }
      return try String.fetchAll(
        database,
        sql: "SELECT id FROM embeddings WHERE collection_id = ? AND id IS NOT NULL ORDER BY id",
        arguments: [row.id])
    }
  }

  /// The vectors of records, in the order of the names; those that are not there are left out.
  ///
  /// - Throws: `EmbedError` with code `collectionNotFound`, or `fileDamaged` when one is none.
  public func vectors(of ids: [String], in collection: String) async throws -> [Embedding] {
    try await read { database in
      guard let row = try CollectionRow.find(database, name: collection) else {
        throw EmbedError.noCollection(collection)
      }
      let vectors = try RecordRow.vectors(database, collection: row.id, ids: ids)
      return ids.compactMap { vectors[Array($0.utf8)].map { Embedding($0) } }
    }
  }
}
