import Embed
import JSON

/// How vectors are written.
enum VectorFormat: String, CaseIterable {
  /// A line is a JSON array.
  case json
  /// A line is a JSON object with the record's `id`, what is kept of it, and its `embedding`.
  case jsonl
  /// A line is the vector's bytes, little-endian, in base64.
  case base64
  /// A line is the vector's bytes in lower-case hexadecimal.
  case hex
  /// The vectors' bytes, one vector after another.
  case blob
  /// A NumPy array, `(count, dimensions)`.
  case npy

  /// Whether it spoils a terminal.
  var isBinary: Bool { self == .blob || self == .npy }
}

/// A vector's numbers as they are written.
enum VectorNumbers {
  case float32(Embedding)
  case integers(QuantizedEmbedding)

  /// The numbers of a vector; nil leaves it as it is.
  ///
  /// - Throws: `EmbedError` when the ranges are of other dimensions.
  init(_ embedding: Embedding, _ quantization: Quantization?) throws(EmbedError) {
    if let quantization {
      self = .integers(try embedding.quantized(quantization))
    } else {
      self = .float32(embedding)
    }
  }

  fileprivate var bytes: [UInt8] {
    switch self {
    case .float32(let embedding): embedding.littleEndianBytes
    case .integers(let embedding): embedding.bytes
    }
  }

  fileprivate var base64: String {
    switch self {
    case .float32(let embedding): embedding.base64
    case .integers(let embedding): embedding.base64
    }
  }
}

extension [UInt8] {
  /// Appends a vector in a format; of `npy`, the part behind the header.
  ///
  /// - Parameters:
  ///   - embedding: what the numbers were made of.
  ///   - countsTokens: whether JSON lines tell the number of tokens, and whether the text was cut.
  /// - Precondition: the vector's components are finite.
  /// - Complexity: O(dimensions).
  mutating func append(
    _ numbers: VectorNumbers, of embedding: Embedding, _ record: Record, format: VectorFormat,
    countsTokens: Bool
  ) {
    switch format {
    case .json:
      appendJSON(numbers)
    case .jsonl:
      let counts = (tokens: embedding.tokenCount, isTruncated: embedding.isTruncated)
      appendObject(of: record, counts: countsTokens ? counts : nil) { $0.appendJSON(numbers) }
    case .base64:
      append(numbers.base64)
    case .hex:
      appendHexadecimal(numbers.bytes)
    case .blob, .npy:
      append(contentsOf: numbers.bytes)
    }
    if !format.isBinary { append("\n") }
  }

  /// Appends a record's JSON object, without the end of its line.
  ///
  /// - Parameters:
  ///   - counts: the number of tokens, and whether the text was cut; nil leaves them out.
  ///   - appendEmbedding: appends the member `embedding`.
  mutating func appendObject(
    of record: Record, counts: (tokens: Int, isTruncated: Bool)?,
    _ appendEmbedding: (inout [UInt8]) -> Void
  ) {
    append("{\"id\":")
    appendJSON(record.id)
    for (name, value) in record.keptFields {
      append(",")
      appendJSON(.string(name))
      append(":")
      appendJSON(value)
    }
    append(",\"embedding\":")
    appendEmbedding(&self)
    if let counts {
      append(",\"tokens\":\(counts.tokens),\"truncated\":\(counts.isTruncated)")
    }
    append("}")
  }

  /// Appends a text's UTF-8.
  mutating func append(_ text: String) { append(contentsOf: text.utf8) }

  /// Appends a JSON value.
  mutating func appendJSON(_ value: JSONValue) {
    var writer = JSONWriter()
    writer.write(value)
    append(contentsOf: writer.bytes)
  }

  private mutating func appendJSON(_ numbers: VectorNumbers) {
    switch numbers {
    case .float32(let embedding): appendJSON(embedding.vector)
    case .integers(let embedding): appendJSON(embedding.integers)
    }
  }

  /// Appends a JSON array of numbers, of floats each the shortest that reads back as the same one.
  ///
  /// - Precondition: the numbers are finite.
  mutating func appendJSON(_ numbers: some Sequence<some CustomStringConvertible & Numeric>) {
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
