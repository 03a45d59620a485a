import EmbedStore
import JSON

extension CollectionRecord {
  /// The record as a JSON object with its id and its content, null for none and for images.
  var idAndContent: JSONValue {
    let content: JSONValue = if case .text(let text)? = content { .string(text) } else { .null }
    return .object([("id", .string(id)), ("content", content)])
  }
}

extension [UInt8] {
  /// Appends a record for people: its id two spaces in, its content four.
  mutating func appendIndented(_ record: CollectionRecord) {
    append("  \(record.id.withoutControls)\n")
    if case .text(let text)? = record.content, !text.isEmpty {
      append(text.indented(by: 4) + "\n")
    }
  }
}
