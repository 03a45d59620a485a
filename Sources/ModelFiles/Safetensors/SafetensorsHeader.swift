import JSON

/// The table of tensors at the start of a safetensors file, checked as a whole.
///
/// The file is 8 bytes of little-endian header length, the header in JSON, then the tensors' bytes without hole or
/// overlap to the end of the file; offsets count from the end of the header. Every rule of the reference reader
/// (`Metadata::validate` in `safetensors/src/tensor.rs`) is enforced, and duplicate names are refused, which it
/// overlooks. Unlike it, names are compared byte by byte.
package struct SafetensorsHeader: Sendable {
  /// The longest header, in bytes, as in the reference reader.
  package static let maximumLength = 100_000_000
  /// The most dimensions of a tensor; the reference reader has no limit, and no model more than eight.
  package static let maximumRank = 64
  /// The most tensors of a file; the reference reader has no limit, and no model more than some ten thousand.
  package static let maximumTensorCount = 100_000

  /// One tensor's place and shape.
  package struct Tensor: Sendable, Hashable {
    package var name: String
    package var type: SafetensorsType
    package var shape: [Int]
    /// The bytes in the file.
    package var range: Range<Int>
  }

  /// The tensors in the order of their bytes.
  package let tensors: [Tensor]
  /// What the file says of itself, such as `format`: `pt`.
  package let metadata: [(key: String, value: String)]
  private let indices: [BytewiseString: Int]

  /// Reads and checks the header of a whole file's bytes.
  ///
  /// - Complexity: O(h + t log t) for a header of h bytes and t tensors; the tensors' bytes are not touched.
  package init(file: UnsafeRawBufferPointer) throws(SafetensorsError) {
    guard file.count >= 8 else { throw .fileTooSmall(size: file.count) }
    let declared = UInt64(littleEndian: file.loadUnaligned(as: UInt64.self))
    guard declared <= UInt64(Self.maximumLength) else { throw .headerTooLarge(length: declared) }
    let length = Int(declared)
    guard length <= file.count - 8 else {
      throw .headerBeyondEnd(length: length, fileSize: file.count)
    }

    let members = try Self.members([UInt8](file[8..<8 + length]))
    var tensors: [Tensor] = []
    var metadata: [(key: String, value: String)] = []
    var names = Set<BytewiseString>(minimumCapacity: members.count)
    for (name, value) in members {
      guard names.insert(BytewiseString(name)).inserted else { throw .duplicateName(name) }
      if name.hasSameBytes(as: "__metadata__") {
        metadata = try Self.metadata(value)
      } else {
        tensors.append(try Self.tensor(name, value, dataStart: 8 + length))
      }
    }
    tensors.sort {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }
    try Self.checkLayout(tensors, dataStart: 8 + length, fileSize: file.count)

    self.tensors = tensors
    self.metadata = metadata
    var indices: [BytewiseString: Int] = [:]
    for (index, tensor) in tensors.enumerated() { indices[BytewiseString(tensor.name)] = index }
    self.indices = indices
  }

  /// The tensor of a name.
  package subscript(_ name: String) -> Tensor? {
    indices[BytewiseString(name)].map { tensors[$0] }
  }
}

// MARK: - Parsing

extension SafetensorsHeader {
  private static func members(
    _ header: [UInt8]
  ) throws(SafetensorsError) -> [(key: String, value: JSONValue)] {
    let value: JSONValue
    do throws(JSONError) {
      // Parsed, a hostile header would take twenty times its length.
      value = try JSONParser.parse(
        header, limits: .init(arrayLength: maximumRank, memberCount: maximumTensorCount))
    } catch {
      if case .invalidUTF8 = error.problem { throw .headerNotUTF8(offset: 8 + error.offset) }
      throw .headerNotJSON(error)
    }
    guard case .object(let members) = value else { throw .headerNotObject(got: value.summary) }
    return members
  }

  private static func metadata(
    _ value: JSONValue
  ) throws(SafetensorsError) -> [(key: String, value: String)] {
    if case .null = value { return [] }
    guard case .object(let members) = value else {
      throw .metadataNotStrings(key: nil, got: value.summary)
    }
    var result: [(key: String, value: String)] = []
    var names = Set<BytewiseString>()
    for (key, value) in members {
      guard names.insert(BytewiseString(key)).inserted else { throw .duplicateName(key) }
      guard case .string(let text) = value else {
        throw .metadataNotStrings(key: key, got: value.summary)
      }
      result.append((key, text))
    }
    return result
  }

  /// One entry, checked on its own: its bytes are as many as its shape and type need.
  private static func tensor(
    _ name: String, _ value: JSONValue, dataStart: Int
  ) throws(SafetensorsError) -> Tensor {
    guard case .object(let fields) = value else {
      throw .invalidField(
        tensor: name, field: "its entry", expected: "an object", got: value.summary)
    }
    var known: [String: JSONValue] = [:]
    for (key, value) in fields {
      // Other fields are for readers to come.
      guard let field = ["dtype", "shape", "data_offsets"].first(where: key.hasSameBytes) else {
        continue
      }
      guard known.updateValue(value, forKey: field) == nil else {
        throw .invalidField(tensor: name, field: field, expected: "one value", got: "two")
      }
    }

    guard case .string(let typeName)? = known["dtype"] else {
      throw invalid(name, "dtype", "a string", known["dtype"])
    }
    guard
      let type = SafetensorsType.allCases.first(where: { typeName.hasSameBytes(as: $0.rawValue) })
    else { throw .unknownType(tensor: name, name: typeName) }
    guard let shape = naturalNumbers(known["shape"]) else {
      throw invalid(name, "shape", "an array of natural numbers", known["shape"])
    }
    guard let offsets = naturalNumbers(known["data_offsets"]), offsets.count == 2 else {
      throw invalid(name, "data_offsets", "two natural numbers", known["data_offsets"])
    }
    guard offsets[0] <= offsets[1] else {
      throw .reversedOffsets(tensor: name, begin: offsets[0], end: offsets[1])
    }
    let size = try byteCount(name, shape, type)
    guard offsets[1] - offsets[0] == size else {
      throw .sizeMismatch(tensor: name, expected: size, got: offsets[1] - offsets[0])
    }
    let (end, overflow) = offsets[1].addingReportingOverflow(dataStart)
    guard !overflow else { throw .sizeOverflow(tensor: name, shape: shape) }
    return Tensor(name: name, type: type, shape: shape, range: end - size..<end)
  }

  private static func invalid(
    _ tensor: String, _ field: String, _ expected: String, _ value: JSONValue?
  ) -> SafetensorsError {
    .invalidField(
      tensor: tensor, field: field, expected: expected, got: value?.summary ?? "nothing")
  }

  /// An array of whole numbers that are not negative; nil when it is anything else.
  private static func naturalNumbers(_ value: JSONValue?) -> [Int]? {
    guard case .array(let elements)? = value else { return nil }
    var numbers: [Int] = []
    for element in elements {
      // "-0" parses as 0, but is a fraction to the reference reader.
      guard case .number(let text) = element, !text.hasPrefix("-"), let number = Int(text) else {
        return nil
      }
      numbers.append(number)
    }
    return numbers
  }

  private static func byteCount(
    _ name: String, _ shape: [Int], _ type: SafetensorsType
  ) throws(SafetensorsError) -> Int {
    var count = 1
    for factor in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: factor)
      guard !overflow else { throw .sizeOverflow(tensor: name, shape: shape) }
      count = product
    }
    let (bits, overflow) = count.multipliedReportingOverflow(by: type.bitWidth)
    guard !overflow else { throw .sizeOverflow(tensor: name, shape: shape) }
    guard bits % 8 == 0 else { throw .partialByte(tensor: name, bits: bits) }
    return bits / 8
  }

  /// Checks that sorted tensors cover the file from the end of the header to its end, each byte once.
  private static func checkLayout(
    _ tensors: [Tensor], dataStart: Int, fileSize: Int
  ) throws(SafetensorsError) {
    var end = dataStart
    for tensor in tensors {
      let begin = tensor.range.lowerBound
      let (expected, got) = (end - dataStart, begin - dataStart)
      if begin > end { throw .hole(tensor: tensor.name, expected: expected, got: got) }
      if begin < end { throw .overlap(tensor: tensor.name, expected: expected, got: got) }
      end = tensor.range.upperBound
    }
    if end > fileSize { throw .incomplete(expected: end, got: fileSize) }
    if end < fileSize { throw .trailingBytes(expected: end, got: fileSize) }
  }
}

/// The types of numbers in a safetensors file; the raw values are their names in the header.
///
/// Source: `Dtype` of the reference reader, safetensors 0.8 (`safetensors/src/tensor.rs`).
package enum SafetensorsType: String, Sendable, Hashable, CaseIterable {
  case bool = "BOOL"
  case float4 = "F4"
  case float6E2M3 = "F6_E2M3"
  case float6E3M2 = "F6_E3M2"
  case unsigned8 = "U8"
  case signed8 = "I8"
  case float8E5M2 = "F8_E5M2"
  case float8E4M3 = "F8_E4M3"
  case float8E8M0 = "F8_E8M0"
  case float8E4M3FNUZ = "F8_E4M3FNUZ"
  case float8E5M2FNUZ = "F8_E5M2FNUZ"
  case signed16 = "I16"
  case unsigned16 = "U16"
  case float16 = "F16"
  case bfloat16 = "BF16"
  case signed32 = "I32"
  case unsigned32 = "U32"
  case float32 = "F32"
  case complex64 = "C64"
  case float64 = "F64"
  case signed64 = "I64"
  case unsigned64 = "U64"

  /// The bits of one number.
  package var bitWidth: Int {
    switch self {
    case .float4: 4
    case .float6E2M3, .float6E3M2: 6
    case .bool, .unsigned8, .signed8, .float8E5M2, .float8E4M3, .float8E8M0, .float8E4M3FNUZ,
      .float8E5M2FNUZ:
      8
    case .signed16, .unsigned16, .float16, .bfloat16: 16
    case .signed32, .unsigned32, .float32: 32
    case .complex64, .float64, .signed64, .unsigned64: 64
    }
  }
}
