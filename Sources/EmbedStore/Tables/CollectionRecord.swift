import Crypto
public import EmbedCore
import Foundation
package import JSON

/// What a record's vector is made of.
public enum CollectionContent: Sendable, Hashable {
  /// A text.
  case text(String)
  /// The bytes of an encoded image, for embedders that take images.
  case binary([UInt8])

  /// MD5 of the bytes, by which llm recognizes content.
  var hash: [UInt8] {
    switch self {
    case .text(let text): Array(Insecure.MD5.hash(data: Data(text.utf8)))
    case .binary(let bytes): Array(Insecure.MD5.hash(data: bytes))
    }
  }

  var input: EmbeddingInput {
    switch self {
    case .text(let text): .text(text)
    case .binary(let bytes): .image(bytes)
    }
  }
}

/// A record to be embedded.
public struct CollectionEntry: Sendable, Hashable {
  /// The name by which the record is found; another one of the same name is replaced.
  public var id: String
  /// What is embedded.
  public var content: CollectionContent
  /// What is kept beside it; nil leaves what is there.
  public var metadata: RecordMetadata?

  /// Makes an entry.
  public init(id: String, content: CollectionContent, metadata: RecordMetadata? = nil) {
    self.id = id
    self.content = content
    self.metadata = metadata
  }

  /// Makes an entry of a text.
  public init(id: String, text: String, metadata: RecordMetadata? = nil) {
    self.init(id: id, content: .text(text), metadata: metadata)
  }
}

/// A record of a collection, without its vector.
public struct CollectionRecord: Sendable, Hashable {
  /// The record's name.
  public let id: String
  /// What was embedded, if it was stored.
  public let content: CollectionContent?
  /// What is kept beside it.
  public let metadata: RecordMetadata?
  /// When the record was last changed, in seconds since 1970.
  public let updated: Int?
}

/// A JSON object that is kept beside a record.
public struct RecordMetadata: Sendable, Hashable {
  /// The object as llm stores it: ASCII, on one line.
  public let json: String

  /// Makes metadata of a JSON object.
  ///
  /// - Throws: `EmbedError` with code `invalidInput` when the text is none.
  public init(json: String) throws(EmbedError) {
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONParser.parse(Array(json.utf8))
    } catch {
      throw error.embedError(.invalidInput, in: "metadata")
    }
    guard case .object(let members) = value else {
      throw EmbedError(.invalidInput, "metadata", expected: "a JSON object", got: value.summary)
    }
    self.init(members)
  }

  /// Makes metadata of names and texts, sorted by their names.
  public init(_ values: [String: String]) {
    self.init(values.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.string($0.value)) })
  }

  package init(_ members: [(key: String, value: JSONValue)]) {
    var writer = JSONWriter(style: .python)
    writer.write(.object(members))
    json = writer.text
  }

  /// The members in their order.
  ///
  /// - Complexity: O(n) in the length of the text.
  package var members: [(key: String, value: JSONValue)] {
    guard case .object(let members)? = try? JSONParser.parse(Array(json.utf8)) else { return [] }
    return members
  }

  /// The value of a name: a text as it is, everything else in JSON; nil when there is no such name.
  ///
  /// - Complexity: O(n) in the length of the text.
  public subscript(name: String) -> String? {
    guard let value = JSONValue.object(members)[name] else { return nil }
    if let text = value.stringValue { return text }
    var writer = JSONWriter()
    writer.write(value)
    return writer.text
  }

  /// What is stored: llm stores nothing for an object without members.
  var stored: String? { json == "{}" ? nil : json }
}
