import JSON
import ModelFiles

/// Makes safetensors files, good ones of tensors and bad ones of any header.
package struct SafetensorsWriter {
  /// The numbers of a file in one of the types that weights come in.
  package enum NumberType: Sendable, Hashable {
    case float32, float16, bfloat16

    /// The type's name in a header.
    package var name: String {
      switch self {
      case .float32: "F32"
      case .float16: "F16"
      case .bfloat16: "BF16"
      }
    }

    /// The bytes of a number.
    package var width: Int { self == .float32 ? 4 : 2 }

    /// The little-endian bytes of a number, rounded to the nearest, ties to even.
    package func bytes(_ value: Float) -> [UInt8] {
      var bytes: [UInt8] = []
      append(value, to: &bytes)
      return bytes
    }

    /// Appends the little-endian bytes of a number, rounded to the nearest, ties to even.
    func append(_ value: Float, to bytes: inout [UInt8]) {
      let pattern =
        switch self {
        case .float32: value.bitPattern
        case .float16: UInt32(truncatingIfNeeded: Self.binary16(value))
        case .bfloat16: (value.bitPattern + 0x7FFF + (value.bitPattern >> 16 & 1)) >> 16
        }
      for place in 0..<width { bytes.append(UInt8(truncatingIfNeeded: pattern >> (8 * place))) }
    }

    /// The pattern in IEEE 754 binary16 of a number that is small enough to have one, found by scaling so that the
    /// last place of the result is 1.
    private static func binary16(_ value: Float) -> Int {
      precondition(abs(value) <= 65_504, "no weight of a tiny model is as large as \(value)")
      let magnitude = abs(Double(value))
      let exponent = max(magnitude == 0 ? -14 : Int(magnitude.exponent), -14)
      let fraction = Int(
        (magnitude * .init(sign: .plus, exponent: 10 - exponent, significand: 1))
          .rounded(.toNearestOrEven))
      // A fraction of 1024 or more carries into the exponent.
      return (value.sign == .minus ? 0x8000 : 0) + (exponent + 14) * 1024 + fraction
    }
  }

  private var entries: [String] = []
  private var data: [UInt8] = []
  /// What goes into `__metadata__`.
  package var metadata: [(key: String, value: String)] = [("format", "pt")]
  /// The remainder modulo 8 of the offset at which the tensors' bytes begin; 0 is what today's writers produce.
  package var misalignment = 0

  package init() {}

  /// Appends a tensor of any type, with its bytes as they are.
  package mutating func append(_ name: String, type: String, shape: [Int], bytes: [UInt8]) {
    var writer = JSONWriter()
    writer.write(name)
    let dimensions = shape.map(String.init).joined(separator: ",")
    let offsets = "\(data.count),\(data.count + bytes.count)"
    entries.append(
      "\(writer.text):{\"dtype\":\"\(type)\",\"shape\":[\(dimensions)],"
        + "\"data_offsets\":[\(offsets)]}")
    data += bytes
  }

  /// Appends a tensor of floats.
  package mutating func append(
    _ name: String, _ values: [Float], shape: [Int], as type: NumberType = .float32
  ) {
    precondition(values.count == shape.reduce(1, *), "a tensor has the numbers of its shape")
    var bytes: [UInt8] = []
    bytes.reserveCapacity(values.count * type.width)
    for value in values { type.append(value, to: &bytes) }
    append(name, type: type.name, shape: shape, bytes: bytes)
  }

  /// The file's bytes.
  package func file() -> [UInt8] {
    var writer = JSONWriter()
    writer.write(.object(metadata.map { ($0.key, .string($0.value)) }))
    let header = "{" + (["\"__metadata__\":\(writer.text)"] + entries).joined(separator: ",") + "}"
    let padding = (8 - (header.utf8.count - misalignment) % 8) % 8
    return Self.file(header: header + String(repeating: " ", count: padding), data: data)
  }

  /// A file of any header and any bytes behind it; the length is the header's unless another is given.
  package static func file(
    header: String, data: [UInt8] = [], length: UInt64? = nil
  ) -> [UInt8] {
    littleEndian(length ?? UInt64(header.utf8.count)) + Array(header.utf8) + data
  }
}

/// The bytes of a number, the lowest first.
private func littleEndian<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
  (0..<T.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> T(8 * $0)) }
}
