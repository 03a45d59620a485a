import Embed

/// The first bytes of a NumPy file of vectors, `(count, dimensions)`.
///
/// Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html.
struct NumpyHeader: Equatable {
  /// The length in bytes of a header that is written: a multiple of 64, with room for any count, so that it can be
  /// written first and corrected when the number of vectors is known.
  static let length = 128
  fileprivate static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// The type of a number.
  enum ElementType: String {
    case float32 = "<f4"
    case int8 = "|i1"
    case uint8 = "|u1"
  }

  let count: Int
  let dimensions: Int
  var type = ElementType.float32

  /// The header in version 1.0, `length` bytes.
  var bytes: [UInt8] {
    let dictionary =
      "{'descr': '\(type.rawValue)', 'fortran_order': False, 'shape': (\(count), \(dimensions)), }"
    let preamble = Self.magic + [1, 0]
    // A little-endian length of two bytes, then the dictionary, spaces, and a line feed.
    let dictionaryLength = Self.length - preamble.count - 2
    let padding = dictionaryLength - dictionary.utf8.count - 1
    precondition(padding >= 0, "two numbers fit in the header")
    return preamble + [UInt8(dictionaryLength & 0xFF), UInt8(dictionaryLength >> 8)]
      + Array(dictionary.utf8) + [UInt8](repeating: UInt8(ascii: " "), count: padding)
      + [UInt8(ascii: "\n")]
  }
}

/// The vectors in a NumPy file of float32, read in pieces.
struct NumpyFile {
  /// The most bytes of a header that is read; NumPy's own limit is 10,000 characters.
  private static let headerLimit = 1 << 16

  private let descriptor: Descriptor
  let header: NumpyHeader
  /// How many vectors have been handed out.
  private(set) var position = 0

  /// Whether a regular file at its start is a NumPy file: no text in UTF-8 begins as one.
  static func isOne(_ descriptor: Descriptor) -> Bool {
    descriptor.regularFileSize != nil && (try? descriptor.read(upTo: 6, at: 0)) == NumpyHeader.magic
  }

  /// Reads the header of a regular file, and checks it against the file's size.
  ///
  /// - Throws: `EmbedError` with code `fileDamaged` for a file that breaks the format's rules, `invalidInput` for one
  ///   that holds anything but a table of float32, `fileInaccessible`.
  init(_ descriptor: Descriptor) throws(EmbedError) {
    self.descriptor = descriptor
    let preamble = try descriptor.readExactly(8)
    // Version 1 has a header length of two bytes, versions 2 and 3 of four.
    let version = preamble[6]
    guard preamble.starts(with: NumpyHeader.magic), (1...3).contains(version) else {
      throw EmbedError(
        .fileDamaged, "unknown version of a NumPy file", expected: "1 to 3", got: "\(version)",
        at: descriptor.name)
    }
    let lengthBytes = try descriptor.readExactly(version == 1 ? 2 : 4)
    let length = lengthBytes.reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= Self.headerLimit else {
      throw EmbedError(
        .fileDamaged, "invalid header of a NumPy file",
        expected: "at most \(Self.headerLimit) bytes",
        got: "\(length)", at: descriptor.name)
    }
    var parser = NumpyHeaderParser(
      text: Array(try descriptor.readExactly(length)), file: descriptor.name)
    header = try parser.header()
    let (vectorBytes, overflow) = header.dimensions.multipliedReportingOverflow(by: 4)
    let (dataBytes, overflows) = vectorBytes.multipliedReportingOverflow(by: header.count)
    let size = (descriptor.regularFileSize ?? 0) - preamble.count - lengthBytes.count - length
    guard !overflow, !overflows, dataBytes == size else {
      throw EmbedError(
        .fileDamaged, "invalid data of a NumPy file",
        expected: "\(header.count) vectors of \(header.dimensions) dimensions",
        got: "\(size) bytes", at: descriptor.name)
    }
  }

  /// What error messages call the file.
  var name: String { descriptor.name }

  /// The next vectors, about a megabyte of them; nil at the end.
  ///
  /// - Throws: `EmbedError` with code `invalidInput` for a component that is no number, `fileDamaged` for a file that
  ///   was cut short, `fileInaccessible`.
  mutating func next() throws(EmbedError) -> [ArraySlice<Float>]? {
    let dimensions = header.dimensions
    let count = min(max(1, (1 << 18) / max(1, dimensions)), header.count - position)
    guard count > 0 else { return nil }
    let bytes = try descriptor.readExactly(count * dimensions * 4)
    let components = try Embedding(littleEndianBytes: bytes).vector
    if let index = components.firstIndex(where: { !$0.isFinite }) {
      throw EmbedError(
        .invalidInput, "vector not finite",
        at: "\(name), vector \(position + index / dimensions)")
    }
    position += count
    return (0..<count).map { components[$0 * dimensions..<($0 + 1) * dimensions] }
  }
}

extension Descriptor {
  /// So many bytes.
  ///
  /// - Throws: `EmbedError` with code `fileDamaged` when the file has fewer, `fileInaccessible`.
  fileprivate func readExactly(_ count: Int) throws(EmbedError) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    while bytes.count < count {
      let piece = try read(upTo: count - bytes.count)
      guard !piece.isEmpty else {
        throw EmbedError(
          .fileDamaged, "NumPy file cut short", expected: "\(count) bytes more",
          got: "\(bytes.count)", at: name)
      }
      bytes += piece
    }
    return bytes
  }
}

/// Reads the dictionary of a header: `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`, in any order.
private struct NumpyHeaderParser {
  private var rest: ArraySlice<UInt8>
  private let file: String

  init(text: [UInt8], file: String) {
    rest = text[...]
    self.file = file
  }

  /// The table's size.
  ///
  /// - Throws: `EmbedError` with code `fileDamaged` for anything but the dictionary, `invalidInput` for a dictionary
  ///   of something else than a table of float32.
  mutating func header() throws(EmbedError) -> NumpyHeader {
    var values: [String: String] = [:]
    try expect("{")
    while !accept("}") {
      let key = try string()
      try expect(":")
      let value = try peek("'") ? string() : peek("(") ? tuple() : word()
      guard values.updateValue(value, forKey: key) == nil else {
        throw damaged("each key once", got: key)
      }
      if !accept(",") {
        try expect("}")
        break
      }
    }
    guard peek(nil) else { throw damaged("nothing behind the dictionary", got: "more") }
    try require("descr", NumpyHeader.ElementType.float32.rawValue, in: values)
    try require("fortran_order", "False", in: values)
    var numbers = (values["shape"] ?? "").split(separator: ",", omittingEmptySubsequences: false)
    if numbers.last?.isEmpty == true { numbers.removeLast() }
    let shape = numbers.map { Int($0) }
    guard shape.count == 2, let count = shape[0], let dimensions = shape[1],
      dimensions > 0 || count == 0
    else {
      throw EmbedError(
        .invalidInput, "invalid shape of a NumPy file", expected: "(count, dimensions)",
        got: "(\(values["shape"] ?? ""))", at: file)
    }
    return NumpyHeader(count: count, dimensions: dimensions)
  }

  private func require(
    _ key: String, _ expected: String, in values: [String: String]
  ) throws(EmbedError) {
    guard values[key] != expected else { return }
    throw EmbedError(
      .invalidInput, "invalid '\(key)' of a NumPy file", expected: expected,
      got: values[key]?.printable ?? "none", at: file)
  }

  // MARK: - Tokens

  private mutating func skipSpaces() {
    rest = rest.drop { $0 == 0x20 || $0 == 0x0A }
  }

  /// Whether a character comes next; nil is the end.
  private mutating func peek(_ character: Unicode.Scalar?) -> Bool {
    skipSpaces()
    return rest.first == character.map { UInt8(ascii: $0) }
  }

  private mutating func accept(_ character: Unicode.Scalar) -> Bool {
    guard peek(character) else { return false }
    rest.removeFirst()
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(EmbedError) {
    guard accept(character) else {
      throw damaged("'\(character)'", got: String(decoding: rest.prefix(20), as: UTF8.self))
    }
  }

  private mutating func string() throws(EmbedError) -> String {
    try expect("'")
    let text = take { $0 != UInt8(ascii: "'") }
    try expect("'")
    return text
  }

  /// The numbers of a tuple, divided by commas.
  private mutating func tuple() throws(EmbedError) -> String {
    try expect("(")
    let text = take { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ",") || $0 == 0x20 }
    try expect(")")
    return text.filter { $0 != " " }
  }

  private mutating func word() throws(EmbedError) -> String {
    let text = take { (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) }
    guard !text.isEmpty else { throw damaged("a value", got: "something else") }
    return text
  }

  private mutating func take(while isPart: (UInt8) -> Bool) -> String {
    let part = rest.prefix(while: isPart)
    rest = rest.dropFirst(part.count)
    return String(decoding: part, as: UTF8.self)
  }

  private func damaged(_ expected: String, got: String) -> EmbedError {
    EmbedError(
      .fileDamaged, "invalid header of a NumPy file", expected: expected, got: got.quotedForMessage,
      at: file)
  }
}
