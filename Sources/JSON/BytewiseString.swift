/// A string that is equal to another only if both have the same bytes, for dictionaries of names from files.
///
/// `String` compares by canonical equivalence: "é" would find the entry of "e" + U+0301.
package struct BytewiseString: Hashable, Sendable {
  package let text: String

  package init(_ text: String) { self.text = text }

  package static func == (left: BytewiseString, right: BytewiseString) -> Bool {
    left.text.hasSameBytes(as: right.text)
  }

  package func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}

extension String {
  /// Whether both strings have the same UTF-8 bytes; `==` would take "é" and "e" + U+0301 for the same.
  ///
  /// - Complexity: O(n) in the number of bytes.
  package func hasSameBytes(as other: String) -> Bool {
    utf8.elementsEqual(other.utf8)
  }
}
