public import EmbedCore
import JSON

extension EmbeddingCollection {
  /// Cuts documents into passages, embeds these, and removes the passages that a document has no more.
  ///
  /// Each passage is a record of its own. Its name is that of its document, `#` and a number of at least four digits,
  /// counted from 1: `guide/install.md#0003`. Its metadata are the document's and `document`, the document's name; `start`
  /// and `end`, its place in the document, in bytes of UTF-8; and `line`, the number of its first line, counted from 1.
  ///
  /// Passages go into the collection batch by batch, those that are no more with the last of their document, so that a
  /// call that was broken off goes on where it was when it is made again. What is there already is not embedded again.
  ///
  /// ```swift
  /// let cutter = try PassageCutter(
  ///   embedder.tokenizer, limit: 200, overlap: 20, options: collection.options)
  /// try await collection.embed(documents, inPassagesOf: cutter, storing: true)
  /// ```
  ///
  /// - Parameters:
  ///   - documents: entries of texts, in any number.
  ///   - cutter: what cuts them; its prefix becomes a part of each content.
  ///   - storesContent: whether passages are kept beside their vectors.
  ///   - batchSize: the passages of a transaction; nil for what suits the embedder.
  /// - Throws: `EmbedError`, of a document that is refused with its place in the call as `inputIndex`: it has bytes or its
  ///   metadata one of those names, before which nothing was done; or one of its passages was refused.
  @discardableResult
  public func embed(
    _ documents: [CollectionEntry], inPassagesOf cutter: PassageCutter,
    storing storesContent: Bool = false, batchSize: Int? = nil
  ) async throws -> CollectionChanges {
    for (index, document) in documents.enumerated() { try document.requireCuttable(index) }
    let size = max(1, batchSize ?? preferredBatchSize)
    var batch = PassageBatch()
    var changes = CollectionChanges()
    for (index, document) in documents.enumerated() {
      guard case .text(let text) = document.content else { continue }
      let passages = cutter.passages(of: text)
      for (number, passage) in passages.enumerated() {
        if batch.entries.count >= size {
          changes = try await changes + embed(batch, storesContent)
          batch = PassageBatch()
        }
        let name = PassageName.name(of: number + 1, among: passages.count, in: document.id)
        batch.entries.append(document.entry(of: passage, named: name, prefix: cutter.prefix))
        batch.documents.append(index)
      }
      batch.finished.append(FinishedDocument(id: document.id, count: passages.count))
    }
    return try await changes + embed(batch, storesContent)
  }

  /// - Throws: as `embed(_:storing:)`, but with the document's place as `inputIndex`.
  private func embed(
    _ batch: PassageBatch, _ storesContent: Bool
  ) async throws -> CollectionChanges {
    do {
      return try await embed(batch.entries, finishing: batch.finished, storing: storesContent)
    } catch let error as EmbedError {
      guard let index = error.inputIndex, batch.documents.indices.contains(index) else {
        throw error
      }
      throw error.about(input: batch.documents[index])
    }
  }
}

/// Passages of one transaction.
private struct PassageBatch {
  var entries: [CollectionEntry] = []
  /// The place of each entry's document in the call.
  var documents: [Int] = []
  /// The documents whose last passage is in this batch.
  var finished: [FinishedDocument] = []
}

extension CollectionEntry {
  /// The names of what a passage's metadata tell of its place.
  package static let passageMetadata = ["document", "start", "end", "line"]

  /// - Throws: `EmbedError` with code `invalidInput` when this is no document that can be cut.
  fileprivate func requireCuttable(_ index: Int) throws(EmbedError) {
    guard case .text = content else {
      throw EmbedError(
        .invalidInput, "unsupported kind of document", expected: "a text to cut", got: "bytes",
        input: index)
    }
    for (name, _) in metadata?.members ?? [] where Self.passageMetadata.contains(name) {
      throw EmbedError(
        .invalidInput, "metadata of a document", expected: "names that its passages do not have",
        got: name.quotedForMessage, input: index)
    }
  }

  fileprivate func entry(
    of passage: Passage, named name: String, prefix: String
  ) -> CollectionEntry {
    let place: [(key: String, value: JSONValue)] = [
      ("document", .string(id)), ("start", .number("\(passage.range.lowerBound)")),
      ("end", .number("\(passage.range.upperBound)")), ("line", .number("\(passage.line)")),
    ]
    return CollectionEntry(
      id: name, text: prefix + passage.text,
      metadata: RecordMetadata((metadata?.members ?? []) + place))
  }
}
