import Foundation

/// A new folder for one test, removed with all its content when the last reference is gone.
package final class TemporaryFolder: Sendable {
  /// The folder's absolute path.
  package let path: String

  /// Makes an empty folder under the system's place for temporary files.
  package init() throws {
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("swift-embed-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of something in the folder.
  package func path(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a file, with the folders that its name asks for, and returns its path.
  @discardableResult
  package func write(_ bytes: [UInt8], to name: String) throws -> String {
    let path = path(name)
    try makeFolder(String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)]))
    // Foundation would wait for the disk, which thousands of files for one test need not.
    guard let file = fopen(path, "wb") else { throw CocoaError(.fileWriteUnknown) }
    let count = fwrite(bytes, 1, bytes.count, file)
    guard fclose(file) == 0, count == bytes.count else { throw CocoaError(.fileWriteUnknown) }
    return path
  }

  /// Writes a text file and returns its path.
  @discardableResult
  package func write(_ text: String, to name: String) throws -> String {
    try write(Array(text.utf8), to: name)
  }

  /// The bytes of a file in the folder.
  package func read(_ name: String) throws -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: path(name)) else {
      throw CocoaError(.fileReadNoSuchFile)
    }
    return [UInt8](data)
  }

  /// Makes a folder in the folder.
  package func makeFolder(named name: String) throws { try makeFolder(path(name)) }

  /// Removes a file or a folder in the folder.
  package func remove(_ name: String) throws {
    try FileManager.default.removeItem(atPath: path(name))
  }

  /// Makes a symbolic link in the folder.
  package func link(_ name: String, to destination: String) throws {
    try FileManager.default.createSymbolicLink(
      atPath: path(name), withDestinationPath: destination)
  }

  private func makeFolder(_ path: String) throws {
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true)
  }
}
