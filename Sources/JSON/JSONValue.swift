import EmbedCore

/// A JSON value as its text spells it: members in order, duplicate names kept, numbers as written.
///
/// Foundation's parser keeps none of these and compares names by canonical equivalence; a vocabulary needs exact names,
/// an id is echoed exactly, a duplicate name is an attack to detect, and a program that starts within milliseconds
/// cannot spend tens of them on a vocabulary.
///
/// Source: RFC 8259.
package enum JSONValue: Sendable {
  case null
  case bool(Bool)
  /// A number as its source spells it, such as `1e-12`; grammatical whenever it comes from the parser.
  case number(String)
  case string(String)
  case array([JSONValue])
  /// The members in the order of the text; a name may occur more than once.
  case object([(key: String, value: JSONValue)])
}

extension JSONValue: Equatable {
  /// Whether both have the same structure, names and strings byte by byte, members in the same order.
  ///
  /// - Complexity: O(n) in the size of the smaller value.
  package static func == (left: JSONValue, right: JSONValue) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.bool(let left), .bool(let right)): left == right
    case (.number(let left), .number(let right)): left.hasSameBytes(as: right)
    case (.string(let left), .string(let right)): left.hasSameBytes(as: right)
    case (.array(let left), .array(let right)): left == right
    case (.object(let left), .object(let right)):
      left.count == right.count
        && zip(left, right).allSatisfy {
          $0.key.hasSameBytes(as: $1.key) && $0.value == $1.value
        }
    default: false
    }
  }
}

extension JSONValue {
  /// The first member of that name, compared byte by byte; nil when there is none or this is no object.
  ///
  /// - Complexity: O(n) in the number of members.
  package subscript(_ key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key.hasSameBytes(as: key) }?.value
  }

  /// The text of a string value.
  package var stringValue: String? {
    if case .string(let text) = self { text } else { nil }
  }

  /// The value in a few words, for error messages: `the string "tanh"`, `an array of 3`.
  package var summary: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .number(let text): "the number \(text.prefix(40))"
    case .string(let text): "the string \(text.quotedForMessage)"
    case .array(let elements): "an array of \(elements.count)"
    case .object(let members): "an object of \(members.count)"
    }
  }
}
