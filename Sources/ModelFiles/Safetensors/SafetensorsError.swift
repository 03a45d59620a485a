package import EmbedCore
package import JSON

/// A broken rule of the safetensors format, or a tensor that is not what is asked for.
///
/// Names in it come from the file. `embedError(in:)` puts it into words.
package enum SafetensorsError: Error, Sendable, Hashable {
  // === The header ===

  /// The file has no room for the header's length.
  case fileTooSmall(size: Int)
  /// The header's length is over the limit of the format.
  case headerTooLarge(length: UInt64)
  /// The header ends behind the end of the file.
  case headerBeyondEnd(length: Int, fileSize: Int)
  /// The header is not UTF-8; the offset is in the file.
  case headerNotUTF8(offset: Int)
  /// The header is not JSON.
  case headerNotJSON(JSONError)
  /// The header is JSON, but not an object.
  case headerNotObject(got: String)
  /// A name stands twice in the header or in the metadata.
  case duplicateName(String)
  /// The metadata is not an object of strings.
  case metadataNotStrings(key: String?, got: String)

  // === One tensor's entry ===

  /// A field of a tensor's entry is missing or malformed.
  case invalidField(tensor: String, field: String, expected: String, got: String)
  /// The type has no name of the format.
  case unknownType(tensor: String, name: String)
  /// The number of bytes of the shape does not fit an integer.
  case sizeOverflow(tensor: String, shape: [Int])
  /// The shape's numbers end inside a byte.
  case partialByte(tensor: String, bits: Int)
  /// The tensor's bytes are fewer or more than its shape and type need.
  case sizeMismatch(tensor: String, expected: Int, got: Int)

  // === The layout of the tensors ===

  /// A tensor ends before it begins.
  case reversedOffsets(tensor: String, begin: Int, end: Int)
  /// Bytes between a tensor and the one before belong to none.
  case hole(tensor: String, expected: Int, got: Int)
  /// A tensor begins inside the one before.
  case overlap(tensor: String, expected: Int, got: Int)
  /// The last tensor ends behind the end of the file.
  case incomplete(expected: Int, got: Int)
  /// Bytes behind the last tensor.
  case trailingBytes(expected: Int, got: Int)

  // === Use of a tensor ===

  /// No tensor of that name.
  case tensorNotFound(String)
  /// The tensor's numbers cannot be weights.
  case unsupportedType(tensor: String, expected: [SafetensorsType], type: SafetensorsType)
  /// The tensor has another shape.
  case shapeMismatch(tensor: String, expected: [Int], got: [Int])
}

extension SafetensorsError {
  /// The error in words, with the file it is about.
  package func embedError(in file: String) -> EmbedError {
    let file = file.printable
    func error(
      _ what: String, _ expected: String, _ got: String, tensor: String? = nil,
      code: EmbedError.Code = .fileDamaged
    ) -> EmbedError {
      EmbedError(
        code, what, expected: expected, got: got,
        at: tensor.map { "\(file), tensor \($0.printable)" } ?? file)
    }
    let header = "damaged safetensors header"
    let layout = "damaged safetensors layout"

    switch self {
    case .fileTooSmall(let size):
      return error("no safetensors file", "at least 8 bytes", "\(size)")
    case .headerTooLarge(let length):
      return error(
        header, "a length of at most \(SafetensorsHeader.maximumLength) bytes", "\(length)")
    case .headerBeyondEnd(let length, let size):
      return error(header, "at most \(size - 8) bytes to the end of the file", "\(length)")
    case .headerNotUTF8(let offset):
      return error(header, "UTF-8", "an invalid byte at offset \(offset)")
    case .headerNotJSON(let json):
      return json.embedError(in: "\(file), header")
    case .headerNotObject(let got):
      return error(header, "an object", got)
    case .duplicateName(let name):
      return error(header, "each name once", "\(name.printable) twice")
    case .metadataNotStrings(let key, let got):
      return error(
        header, "metadata of strings", key.map { "\(got) for \($0.printable)" } ?? got)

    case .invalidField(let tensor, let field, let expected, let got):
      return error(header, "\(expected) as \(field)", got, tensor: tensor)
    case .unknownType(let tensor, let name):
      let names = SafetensorsType.allCases.map(\.rawValue).joined(separator: " ")
      return error("unknown tensor type", "one of \(names)", name.printable, tensor: tensor)
    case .sizeOverflow(let tensor, let shape):
      return error(
        header, "a shape whose size fits 63 bits", "\(shape.shapeForMessage)", tensor: tensor)
    case .partialByte(let tensor, let bits):
      return error(header, "a whole number of bytes", "\(bits) bits", tensor: tensor)
    case .sizeMismatch(let tensor, let expected, let got):
      return error(
        layout, "\(expected) bytes by shape and type", "\(got) by offsets", tensor: tensor)

    case .reversedOffsets(let tensor, let begin, let end):
      return error(layout, "an end at \(begin) or later", "\(end)", tensor: tensor)
    case .hole(let tensor, let expected, let got):
      return error(
        layout, "a begin at \(expected), where the tensor before ends", "a hole up to \(got)",
        tensor: tensor)
    case .overlap(let tensor, let expected, let got):
      return error(
        layout, "a begin at \(expected), where the tensor before ends", "an overlap from \(got)",
        tensor: tensor)
    case .incomplete(let expected, let got):
      return error("incomplete safetensors file", "\(expected) bytes", "\(got)")
    case .trailingBytes(let expected, let got):
      return error(layout, "\(expected) bytes in all", "\(got)")

    case .tensorNotFound(let name):
      return error("missing tensor", "a tensor of that name", "none", tensor: name)
    case .unsupportedType(let tensor, let expected, let type):
      let names = expected.map(\.rawValue)
      return error(
        "unsupported weights",
        names.dropLast().joined(separator: ", ") + " or " + (names.last ?? ""), type.rawValue,
        tensor: tensor, code: .modelUnsupported)
    case .shapeMismatch(let tensor, let expected, let got):
      return error(
        "wrong tensor shape", expected.shapeForMessage, got.shapeForMessage, tensor: tensor)
    }
  }
}

extension [Int] {
  /// The shape in parentheses, cut when a hostile file gives it very many dimensions.
  fileprivate var shapeForMessage: String {
    "(\(prefix(16).map(String.init).joined(separator: ", "))\(count > 16 ? ", …" : ""))"
  }
}
