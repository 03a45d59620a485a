package import EmbedCore

/// One object of a configuration file, with typed look-ups whose errors name the file and the key.
///
/// A look-up of a name that occurs twice throws, because readers differ in which one they take. Null counts as absent,
/// as it does for the Python classes that these files configure.
package struct JSONDocument: Sendable {
  /// The file, for messages.
  package let file: String
  /// The keys from the root to this object, such as `normalizer.`; empty or ending in a dot.
  package let path: String
  /// The members in the order of the text.
  package let members: [(key: String, value: JSONValue)]

  /// Takes a value that must be an object.
  package init(
    _ value: JSONValue, file: String, path: String = ""
  ) throws(EmbedError) {
    guard case .object(let members) = value else {
      throw EmbedError(
        .fileDamaged, "wrong type", expected: "an object", got: value.summary,
        at: path.isEmpty ? file : "\(file), \(path.dropLast())")
    }
    self.file = file
    self.path = path
    self.members = members
  }

  /// Parses a text that must be an object.
  package init(parsing bytes: [UInt8], file: String) throws(EmbedError) {
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONParser.parse(bytes)
    } catch {
      throw error.embedError(in: file)
    }
    try self.init(value, file: file)
  }

  /// The place of a key, for messages.
  package func location(_ key: String) -> String { "\(file), \(path)\(key.printable)" }

  /// The value of a key; nil when it is absent or null.
  package func value(_ key: String) throws(EmbedError) -> JSONValue? {
    var found: JSONValue?
    for member in members where member.key.hasSameBytes(as: key) {
      guard found == nil else {
        throw EmbedError(
          .fileDamaged, "duplicate name", expected: "each name once", got: "it twice",
          at: location(key))
      }
      found = member.value
    }
    if case .null? = found { return nil }
    return found
  }

  /// The value of a key that must be there, made of it by a conversion that may refuse it.
  private func required<T>(
    _ key: String, _ expected: String, _ value: T?
  ) throws(EmbedError) -> T {
    guard let value else {
      throw EmbedError(
        .fileDamaged, "missing key", expected: expected, got: "nothing", at: location(key))
    }
    return value
  }

  private func wrongType(_ key: String, _ expected: String, _ value: JSONValue) -> EmbedError {
    EmbedError(
      .fileDamaged, "wrong type", expected: expected, got: value.summary, at: location(key))
  }
}

// MARK: - Typed look-ups

extension JSONDocument {
  /// A whole number in a range; nil when absent.
  package func optionalInteger(
    _ key: String, in range: ClosedRange<Int>
  ) throws(EmbedError) -> Int? {
    guard let value = try value(key) else { return nil }
    let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
    guard case .number(let text) = value else { throw wrongType(key, expected, value) }
    guard let number = Int(text), range.contains(number) else {
      throw EmbedError(
        .fileDamaged, "value out of range", expected: expected, got: "\(text.prefix(40))",
        at: location(key))
    }
    return number
  }

  /// A whole number in a range that must be there.
  package func integer(_ key: String, in range: ClosedRange<Int>) throws(EmbedError) -> Int {
    try required(key, "a whole number", try optionalInteger(key, in: range))
  }

  /// A finite number; nil when absent.
  package func optionalDouble(_ key: String) throws(EmbedError) -> Double? {
    guard let value = try value(key) else { return nil }
    guard case .number(let text) = value else { throw wrongType(key, "a number", value) }
    guard let number = Double(text), number.isFinite else {
      throw EmbedError(
        .fileDamaged, "value out of range", expected: "a finite number", got: "\(text.prefix(40))",
        at: location(key))
    }
    return number
  }

  /// A Boolean; nil when absent.
  package func optionalBool(_ key: String) throws(EmbedError) -> Bool? {
    guard let value = try value(key) else { return nil }
    guard case .bool(let flag) = value else { throw wrongType(key, "true or false", value) }
    return flag
  }

  /// A string; nil when absent.
  package func optionalString(_ key: String) throws(EmbedError) -> String? {
    guard let value = try value(key) else { return nil }
    guard case .string(let text) = value else { throw wrongType(key, "a string", value) }
    return text
  }

  /// A string that must be there.
  package func string(_ key: String) throws(EmbedError) -> String {
    try required(key, "a string", try optionalString(key))
  }

  /// An array; nil when absent.
  package func optionalArray(_ key: String) throws(EmbedError) -> [JSONValue]? {
    guard let value = try value(key) else { return nil }
    guard case .array(let elements) = value else { throw wrongType(key, "an array", value) }
    return elements
  }

  /// An array that must be there.
  package func array(_ key: String) throws(EmbedError) -> [JSONValue] {
    try required(key, "an array", try optionalArray(key))
  }

  /// An object; nil when absent.
  package func optionalObject(_ key: String) throws(EmbedError) -> JSONDocument? {
    guard let value = try value(key) else { return nil }
    guard case .object = value else { throw wrongType(key, "an object", value) }
    return try JSONDocument(value, file: file, path: "\(path)\(key).")
  }

  /// An object that must be there.
  package func object(_ key: String) throws(EmbedError) -> JSONDocument {
    try required(key, "an object", try optionalObject(key))
  }

  /// An array of objects that must be there.
  package func objects(_ key: String) throws(EmbedError) -> [JSONDocument] {
    var objects: [JSONDocument] = []
    for (index, element) in try array(key).enumerated() {
      objects.append(try JSONDocument(element, file: file, path: "\(path)\(key)[\(index)]."))
    }
    return objects
  }
}
