import Embed
import Foundation

/// Where results go: standard output, or a file that appears whole or not at all.
///
/// A file is written beside its place under another name and renamed when it is complete; until then whatever stood
/// there stays, and if that never happens, the beginnings are removed. Devices and named pipes
/// are written directly.
struct OutputFile {
  private let descriptor: Descriptor
  private let replacement: Replacement?

  private struct Replacement {
    let file: TemporaryFile
    let path: String
  }

  /// Opens a file, or standard output for nil and `-`.
  ///
  /// - Throws: `EmbedError` with code `fileInaccessible`.
  init(path: String?) throws(EmbedError) {
    guard let path, path != "-" else {
      descriptor = .standardOutput
      replacement = nil
      return
    }
    // A link stays, and what it points to is replaced.
    let place = Self.resolvingLinks(path)
    var status = stat()
    let exists = stat(place, &status) == 0
    guard exists || errno == ENOENT else { throw .system("cannot write", errno, at: path) }
    if exists, status.st_mode & S_IFMT != S_IFREG {
      descriptor = try .open(place, flags: O_WRONLY)
      replacement = nil
      return
    }
    if exists, access(place, W_OK) < 0 { throw .system("cannot write", errno, at: path) }
    let file = try TemporaryFile(
      besides: place, mode: exists ? status.st_mode & 0o777 : nil, name: path)
    descriptor = file.descriptor
    replacement = Replacement(file: file, path: place)
  }

  /// Whether results appear on a screen.
  var isTerminal: Bool { descriptor.isTerminal }

  /// Appends bytes; an interruption finds all of them written or none.
  ///
  /// - Throws: `EmbedError` with code `fileInaccessible`; `ClosedPipe`.
  func write(_ bytes: [UInt8]) throws {
    try Interruption.withoutInterruption { try descriptor.write(bytes) }
  }

  /// Whether what was written can be replaced.
  var isCorrectable: Bool { replacement != nil }

  /// Replaces the first bytes.
  ///
  /// - Precondition: `isCorrectable`.
  /// - Throws: `EmbedError` with code `fileInaccessible`.
  func correct(_ bytes: [UInt8]) throws {
    precondition(isCorrectable, "only a file of our own can be corrected")
    try descriptor.write(bytes, at: 0)
  }

  /// Gives the file its name; nothing can be written after that.
  ///
  /// - Throws: `EmbedError` with code `fileInaccessible`.
  func commit() throws(EmbedError) {
    try descriptor.close()
    guard let replacement else { return }
    try replacement.file.rename(to: replacement.path, name: descriptor.name)
  }

  private static func resolvingLinks(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}
