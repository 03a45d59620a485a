import Embed
import EmbedStore
import Foundation
import JSON

/// The entries of a collection, read batch by batch.
struct EntryReader {
  /// Where entries come from.
  enum Source {
    case table(TableReader)
    /// Files, and the encodings to try; nil for bytes.
    case files([TreeFile], [TextEncoding]?)
    case query(SQLRows)
  }

  /// An entry, and where it stands, for error messages.
  struct Located {
    let entry: CollectionEntry
    let location: String
  }

  /// The bytes of contents behind which a batch ends.
  private static let batchBytes = 16 << 20

  private var source: Source
  private let mapping: RowMapping
  /// How many rows or files have been handed out.
  private var position = 0
  /// The ids of files that could not be read, whose records stay.
  private(set) var unreadableIDs: [String] = []
  /// The error of the row behind the last batch.
  private var failure: EmbedError?

  init(_ source: Source, _ mapping: RowMapping) {
    self.source = source
    self.mapping = mapping
  }

  /// The part of the input that has been handed out, from 0 to 1, where its size is known.
  var fraction: Double? {
    switch source {
    case .table(let table):
      table.progress.flatMap { $0.size > 0 ? min(1, Double($0.consumed) / Double($0.size)) : nil }
    case .files(let files, _): Double(position) / Double(max(1, files.count))
    case .query(let rows): Double(position) / Double(max(1, rows.count))
    }
  }

  /// The next entries; none at the end.
  ///
  /// - Throws: `EmbedError` for one that is not acceptable, after all before it were handed out.
  mutating func nextBatch(_ size: Int) throws -> [Located] {
    if let failure { throw failure }
    var batch: [Located] = []
    var bytes = 0
    func append(_ entry: Located) {
      batch.append(entry)
      bytes += entry.entry.content.byteCount
    }
    do {
      switch source {
      case .table(var table):
        defer { source = .table(table) }
        while batch.count < size, bytes < Self.batchBytes, let row = try table.next() {
          append(try entry(of: row))
        }
      case .files(let files, let encodings):
        while batch.count < size, bytes < Self.batchBytes, position < files.count {
          defer { position += 1 }
          if let entry = try entry(of: files[position], encodings) { append(entry) }
        }
      case .query(let rows):
        for values in try rows.rows(position..<position + size) {
          position += 1
          batch.append(try entry(of: row(values, rows.columns)))
        }
      }
    } catch let error as EmbedError {
      if batch.isEmpty { throw error }
      failure = error
    }
    return batch
  }

  private func entry(of row: TableRow) throws(EmbedError) -> Located {
    let parts = try mapping.parts(of: row)
    let metadata = mapping.metadataColumns.isEmpty ? nil : RecordMetadata(parts.metadata)
    return Located(
      entry: CollectionEntry(id: parts.id, text: parts.text, metadata: metadata),
      location: row.location)
  }

  private func row(
    _ values: [SQLRows.Value], _ columns: [String]
  ) throws(EmbedError) -> TableRow {
    let location = "--sql, row \(position)"
    var cells: [(name: String, value: JSONValue)] = []
    for (name, value) in zip(columns, values) {
      switch value {
      case .null: cells.append((name, .null))
      case .integer(let number): cells.append((name, .number("\(number)")))
      case .real(let number):
        cells.append((name, number.isFinite ? .number("\(number)") : .string("\(number)")))
      case .text(let text): cells.append((name, .string(text)))
      case .blob(let bytes):
        guard let text = String(validating: bytes, as: UTF8.self) else {
          throw EmbedError(
            .invalidInput, "a value of --sql", expected: "text or a number",
            got: "bytes that are no UTF-8", at: "\(location), column \(name)")
        }
        cells.append((name, .string(text)))
      }
    }
    return TableRow(cells: cells, location: location)
  }

  /// The entry of a file; nil when it cannot be read.
  private mutating func entry(of file: TreeFile, _ encodings: [TextEncoding]?) throws -> Located? {
    let id = mapping.prefix + file.path
    let content: CollectionContent? =
      if let encodings {
        try file.text(encodings).map { .text(mapping.prepend + $0) }
      } else {
        try file.bytes().map { .binary($0) }
      }
    guard let content else {
      unreadableIDs.append(id)
      return nil
    }
    return Located(entry: CollectionEntry(id: id, content: content), location: file.location)
  }
}

extension CollectionContent {
  fileprivate var byteCount: Int {
    switch self {
    case .text(let text): text.utf8.count
    case .binary(let bytes): bytes.count
    }
  }
}
