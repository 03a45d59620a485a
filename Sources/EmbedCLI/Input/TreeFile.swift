import Embed
import Foundation

/// A file below a folder, whose path there is its id.
///
/// One that cannot be read is passed over, which is told on standard error.
struct TreeFile {
  let folder: String
  /// The path in the folder.
  let path: String

  /// What error messages call it.
  var location: String { "\(folder)/\(path)" }

  /// The text; nil when the file cannot be read, or is in none of some encodings.
  ///
  /// - Throws: `EmbedError` or `ClosedPipe` when that cannot be told.
  func text(_ encodings: [TextEncoding]) throws -> String? {
    guard let bytes = try bytes() else { return nil }
    if let text = encodings.lazy.compactMap({ $0.decode(bytes) }).first { return text }
    try passOver("it is not \(encodings.map(\.rawValue).joined(separator: " or "))")
    return nil
  }

  /// The bytes; nil when the file cannot be read.
  ///
  /// - Throws: `EmbedError` or `ClosedPipe` when that cannot be told.
  func bytes() throws -> [UInt8]? {
    do throws(EmbedError) {
      return try Self.bytes(of: location)
    } catch {
      try passOver(error.what)
      return nil
    }
  }

  private func passOver(_ problem: String) throws {
    try Descriptor.standardError.write(Failure.line("passed over: \(location): \(problem)"))
  }

  private static func bytes(of path: String) throws(EmbedError) -> [UInt8] {
    let descriptor = try Descriptor.open(path, flags: O_RDONLY)
    var bytes: [UInt8] = []
    do throws(EmbedError) {
      while case let piece = try descriptor.read(upTo: 1 << 20), !piece.isEmpty { bytes += piece }
    } catch {
      try descriptor.close()
      throw error
    }
    try descriptor.close()
    return bytes
  }
}
