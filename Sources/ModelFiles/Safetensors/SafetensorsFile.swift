package import EmbedCore
package import Kernels

/// A mapped safetensors file whose tensors are read as floats.
package struct SafetensorsFile: Sendable {
  package let header: SafetensorsHeader
  private let file: MappedFile

  /// The file's path, for messages.
  package var path: String { file.path }

  /// Maps a file and checks its header.
  ///
  /// Throws `fileInaccessible`, or `fileDamaged` for a broken rule of the format.
  package init(path: String) throws(EmbedError) {
    let file = try MappedFile(path: path)
    do throws(SafetensorsError) {
      header = try file.withBytes { (bytes) throws(SafetensorsError) in
        try SafetensorsHeader(file: bytes)
      }
    } catch {
      throw error.embedError(in: path)
    }
    self.file = file
  }

  /// A tensor's numbers in row-major order.
  ///
  /// F32 at an address that is a multiple of 4 is used where it is mapped, without a copy; the storage keeps the map
  /// alive. F16, BF16 and unaligned F32 are copied.
  ///
  /// - Complexity: O(1) without a copy, else O(n) in the number of floats.
  package func floats(_ name: String, shape: [Int]) throws(EmbedError) -> FloatStorage {
    try reading { () throws(SafetensorsError) in
      try storage(name, shape, types: [.float32, .float16, .bfloat16])
    }
  }

  /// As `floats`, of F64 and I8 too, each number by its value.
  ///
  /// Not for weights of layers: those in I8 mean something only with factors that stand elsewhere.
  func anyNumbers(_ name: String, shape: [Int]) throws(EmbedError) -> FloatStorage {
    try reading { () throws(SafetensorsError) in
      try storage(name, shape, types: [.float32, .float16, .bfloat16, .float64, .signed8])
    }
  }

  /// A tensor's whole numbers, in I32 or I64.
  ///
  /// - Complexity: O(n) in their number.
  func integers(_ name: String, shape: [Int]) throws(EmbedError) -> [Int] {
    let tensor = try reading { () throws(SafetensorsError) -> SafetensorsHeader.Tensor in
      try self.tensor(name, shape, types: [.signed32, .signed64])
    }
    let size = tensor.type.bitWidth / 8
    return file.withBytes { bytes in
      stride(from: tensor.range.lowerBound, to: tensor.range.upperBound, by: size).map { offset in
        tensor.type == .signed32
          ? Int(Int32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self)))
          : Int(Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int64.self)))
      }
    }
  }

  /// A tensor's bytes, of I8, where they are mapped; the storage keeps the map alive.
  func signedBytes(_ name: String, shape: [Int]) throws(EmbedError) -> NumberStorage<Int8> {
    let tensor = try reading { () throws(SafetensorsError) -> SafetensorsHeader.Tensor in
      try self.tensor(name, shape, types: [.signed8])
    }
    return file.withBytes { [file] bytes in
      guard let start = bytes.baseAddress else { preconditionFailure("a file has a header") }
      let codes = (start + tensor.range.lowerBound).assumingMemoryBound(to: Int8.self)
      return NumberStorage(
        codes, count: tensor.range.count, releasePages: { file.releasePages(of: tensor.range) }
      ) { withExtendedLifetime(file) {} }
    }
  }

  /// The bytes of a tensor as they are in the file.
  ///
  /// - Complexity: O(n) in their number.
  func rawBytes(_ tensor: SafetensorsHeader.Tensor) -> [UInt8] {
    file.withBytes { Array($0[tensor.range]) }
  }

  /// The hash of the whole file.
  ///
  /// - Complexity: O(n) in its size.
  var hash: UInt64 { file.withBytes { XXHash64.hash($0) } }

  /// As `MappedFile.releasePages`.
  func releasePages() { file.releasePages() }

  private func reading<Value>(
    _ read: () throws(SafetensorsError) -> Value
  ) throws(EmbedError) -> Value {
    do throws(SafetensorsError) {
      return try read()
    } catch {
      throw error.embedError(in: path)
    }
  }

  private func tensor(
    _ name: String, _ shape: [Int], types: [SafetensorsType]
  ) throws(SafetensorsError) -> SafetensorsHeader.Tensor {
    guard let tensor = header[name] else { throw .tensorNotFound(name) }
    guard tensor.shape == shape else {
      throw .shapeMismatch(tensor: name, expected: shape, got: tensor.shape)
    }
    guard types.contains(tensor.type) else {
      throw .unsupportedType(tensor: name, expected: types, type: tensor.type)
    }
    return tensor
  }

  private func storage(
    _ name: String, _ shape: [Int], types: [SafetensorsType]
  ) throws(SafetensorsError) -> FloatStorage {
    let tensor = try tensor(name, shape, types: types)
    let count = tensor.range.count * 8 / tensor.type.bitWidth
    return file.withBytes { bytes in
      guard count > 0, let start = bytes.baseAddress else { return FloatStorage(count: 0) { _ in } }
      return floats(start, tensor, count: count)
    }
  }

  private func floats(
    _ start: UnsafeRawPointer, _ tensor: SafetensorsHeader.Tensor, count: Int
  ) -> FloatStorage {
    let source = start + tensor.range.lowerBound
    switch tensor.type {
    case .float16:
      return FloatStorage(count: count) {
        HalfPrecision.convertBinary16(source, count: count, to: $0)
      }
    case .bfloat16:
      return FloatStorage(count: count) {
        HalfPrecision.convertBFloat16(source, count: count, to: $0)
      }
    case .float64:
      return FloatStorage(count: count) {
        for index in 0..<count {
          let bits = source.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self)
          $0[index] = Float(Double(bitPattern: UInt64(littleEndian: bits)))
        }
      }
    case .signed8:
      return FloatStorage(count: count) {
        let numbers = source.assumingMemoryBound(to: Int8.self)
        for index in 0..<count { $0[index] = Float(numbers[index]) }
      }
    default:
      guard UInt(bitPattern: source) % UInt(MemoryLayout<Float>.alignment) == 0 else {
        return FloatStorage(count: count) {
          UnsafeMutableRawPointer($0).copyMemory(from: source, byteCount: 4 * count)
        }
      }
      let floats = source.assumingMemoryBound(to: Float.self)
      return FloatStorage(
        floats, count: count, releasePages: { [file] in file.releasePages(of: tensor.range) }
      ) { [file] in withExtendedLifetime(file) {} }
    }
  }
}
