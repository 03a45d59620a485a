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
    do throws(SafetensorsError) {
      return try storage(name, shape)
    } catch {
      throw error.embedError(in: path)
    }
  }

  /// The hash of the whole file.
  ///
  /// - Complexity: O(n) in its size.
  var hash: UInt64 { file.withBytes { XXHash64.hash($0) } }

  /// As `MappedFile.releasePages`.
  func releasePages() { file.releasePages() }

  private func storage(_ name: String, _ shape: [Int]) throws(SafetensorsError) -> FloatStorage {
    guard let tensor = header[name] else { throw .tensorNotFound(name) }
    guard tensor.shape == shape else {
      throw .shapeMismatch(tensor: name, expected: shape, got: tensor.shape)
    }
    guard [.float32, .float16, .bfloat16].contains(tensor.type) else {
      throw .unsupportedType(tensor: name, type: tensor.type)
    }
    let count = tensor.range.count * 8 / tensor.type.bitWidth
    return file.withBytes { bytes in
      guard count > 0, let start = bytes.baseAddress else { return FloatStorage(count: 0) { _ in } }
      return floats(start + tensor.range.lowerBound, count: count, type: tensor.type)
    }
  }

  private func floats(
    _ source: UnsafeRawPointer, count: Int, type: SafetensorsType
  ) -> FloatStorage {
    switch type {
    case .float16:
      return FloatStorage(count: count) {
        HalfPrecision.convertBinary16(source, count: count, to: $0)
      }
    case .bfloat16:
      return FloatStorage(count: count) {
        HalfPrecision.convertBFloat16(source, count: count, to: $0)
      }
    default:
      guard UInt(bitPattern: source) % UInt(MemoryLayout<Float>.alignment) == 0 else {
        return FloatStorage(count: count) {
          UnsafeMutableRawPointer($0).copyMemory(from: source, byteCount: 4 * count)
        }
      }
      let floats = source.assumingMemoryBound(to: Float.self)
      return FloatStorage(floats, count: count) { [file] in withExtendedLifetime(file) {} }
    }
  }
}
