import EmbedCore
import JSON

extension JSONDocument {
  /// The most bytes of a configuration file; the largest, a `tokenizer.json`, has less than 20 MB.
  private static let sizeLimit = 100_000_000

  /// Reads a file that must be there and hold an object.
  init(path: String) throws(EmbedError) {
    try self.init(
      parsing: RegularFile(path: path).contents(limit: Self.sizeLimit), file: path)
  }

  /// Reads a file that holds an object; nil when there is none.
  static func ifPresent(path: String) throws(EmbedError) -> JSONDocument? {
    Folder.exists(path) ? try JSONDocument(path: path) : nil
  }

  /// Reads a file that must be there and hold an array of objects.
  static func array(path: String) throws(EmbedError) -> [JSONDocument] {
    let bytes = try RegularFile(path: path).contents(limit: sizeLimit)
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONParser.parse(bytes)
    } catch {
      throw error.embedError(in: path)
    }
    guard case .array(let elements) = value else {
      throw EmbedError(
        .fileDamaged, "wrong type", expected: "an array", got: value.summary, at: path)
    }
    var documents: [JSONDocument] = []
    for (index, element) in elements.enumerated() {
      documents.append(try JSONDocument(element, file: path, path: "[\(index)]."))
    }
    return documents
  }

  /// An error about a key whose value is right in itself but that this runtime does not follow.
  func unsupported(_ key: String, expected: String, got: String) -> EmbedError {
    EmbedError(
      .modelUnsupported, "unsupported model", expected: expected, got: got, at: location(key))
  }

  /// Refuses a key unless it is absent, null or one of the strings given.
  func require(_ key: String, toBe accepted: String...) throws(EmbedError) {
    try require(key, toBeOneOf: accepted)
  }

  /// Refuses a key unless it is absent, null or one of the strings in an array.
  func require(_ key: String, toBeOneOf accepted: [String]) throws(EmbedError) {
    guard let value = try value(key) else { return }
    guard case .string(let text) = value, accepted.contains(where: text.hasSameBytes) else {
      throw unsupported(
        key, expected: accepted.map(\.quotedForMessage).joined(separator: " or "),
        got: value.summary)
    }
  }

  /// Refuses a key unless it is absent, null, false, 0 or empty.
  func requireAbsent(_ key: String) throws(EmbedError) {
    switch try value(key) {
    case nil, .bool(false): return
    case .number(let text) where Double(text) == 0: return
    case .array(let elements) where elements.isEmpty: return
    case .object(let members) where members.isEmpty: return
    case let value?: throw unsupported(key, expected: "none", got: value.summary)
    }
  }
}
