import Embed
import JSON

/// How vectors are written.
enum VectorFormat: String, CaseIterable {
  /// A line is a JSON array.
  case json
  /// A line is a JSON object with the record's `id`, what is kept of it, and its `embedding`.
  case jsonl
  /// A line is the little-endian float32 bytes in base64.
  case base64
  /// A line is the little-endian float32 bytes in lower-case hexadecimal.
  case hex
  /// Little-endian float32 bytes, one vector after another.
  case blob
  /// A NumPy array of float32, `(count, dimensions)`.
  case npy

  /// Whether it spoils a terminal.
  var isBinary: Bool { self == .blob || self == .npy }
}

extension [UInt8] {
  /// Appends a vector in a format; of `npy`, the part behind the header.
  ///
  /// - Parameter countsTokens: whether JSON lines tell the number of tokens, and whether the text was cut.
  /// - Precondition: the vector's components are finite.
  /// - Complexity: O(dimensions).
  mutating func append(
    _ embedding: Embedding, of record: Record, format: VectorFormat, countsTokens: Bool
  ) {
    switch format {
    case .json:
      appendJSON(embedding.vector)
    case .jsonl:
      append("{\"id\":")
      appendJSON(record.id)
      for (name, value) in record.keptFields {
        append(",")
        appendJSON(.string(name))
        append(":")
        appendJSON(value)
      }
      append(",\"embedding\":")
      appendJSON(embedding.vector)
      if countsTokens {
        append(",\"tokens\":\(embedding.tokenCount),\"truncated\":\(embedding.isTruncated)")
      }
      append("}")
    case .base64:
      append(embedding.base64)
    case .hex:
      appendHexadecimal(embedding.littleEndianBytes)
    case .blob, .npy:
      append(contentsOf: embedding.littleEndianBytes)
    }
    if !format.isBinary { append("\n") }
  }

  /// Appends a text's UTF-8.
  mutating func append(_ text: String) { append(contentsOf: text.utf8) }

  /// Appends a JSON value.
  mutating func appendJSON(_ value: JSONValue) {
    var writer = JSONWriter()
    writer.write(value)
    append(contentsOf: writer.bytes)
  }

  /// Appends a JSON array of numbers, each the shortest that reads back as the same float.
  ///
  /// - Precondition: the numbers are finite.
  mutating func appendJSON(_ numbers: some Sequence<Float>) {
    append("[")
    for (index, number) in numbers.enumerated() {
      if index > 0 { append(",") }
      // Short enough to need no memory of its own.
      append(number.description)
    }
    append("]")
  }

  private mutating func appendHexadecimal(_ bytes: [UInt8]) {
    let digits = Array("0123456789abcdef".utf8)
    for byte in bytes {
      append(digits[Int(byte >> 4)])
      append(digits[Int(byte & 0xF)])
    }
  }
}
