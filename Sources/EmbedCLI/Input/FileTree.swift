import Embed
import Foundation

/// The files of a folder whose paths match a pattern, as Python's `pathlib` finds them.
///
/// `*` and `?` stay within a name, `[abc]` is one of its characters, `**` stands for any folders, also none. Names that
/// begin with a dot match as others do. Links to folders are not followed by `**`.
enum FileTree {
  /// The paths below a folder, with slashes, sorted.
  ///
  /// - Throws: `EmbedError` with code `fileInaccessible` when there is no such folder or one below it cannot be read, for
  ///   its files would seem to be gone; `invalidOption` for a pattern that is empty or leads out of it.
  static func paths(in folder: String, matching pattern: String) throws(EmbedError) -> [String] {
    var status = stat()
    guard stat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw EmbedError(
        .fileInaccessible, "cannot read files", expected: "a folder",
        got: "something else or nothing",
        at: folder)
    }
    let parts = pattern.split(separator: "/").map(String.init)
    guard !parts.isEmpty, !pattern.hasPrefix("/"), !parts.contains("..") else {
      throw EmbedError(
        .invalidOption, "--files", expected: "a pattern of paths below the folder",
        got: "'\(pattern)'")
    }
    var found: Set<[UInt8]> = []
    try collect(folder, "", parts[...], &found)
    return found.map { String(decoding: $0, as: UTF8.self) }.sorted {
      $0.utf8.lexicographicallyPrecedes($1.utf8)
    }
  }

  /// - Parameter path: where the search is, below the folder; empty or ending in a slash.
  private static func collect(
    _ folder: String, _ path: String, _ parts: ArraySlice<String>, _ found: inout Set<[UInt8]>
  ) throws(EmbedError) {
    guard let part = parts.first else { return }
    if part == "**" {
      try collect(folder, path, parts.dropFirst(), &found)
    }
    for name in try names(in: "\(folder)/\(path)") {
      let child = path + name
      var status = stat()
      guard lstat("\(folder)/\(child)", &status) == 0 else { continue }
      if part == "**" {
        if status.st_mode & S_IFMT == S_IFDIR {
          try collect(folder, child + "/", parts, &found)
        }
        continue
      }
      guard fnmatch(part, name, 0) == 0, stat("\(folder)/\(child)", &status) == 0 else { continue }
      let kind = status.st_mode & S_IFMT
      if parts.count == 1 {
        // A pipe or a device would be read without end.
        if kind == S_IFREG { found.insert(Array(child.utf8)) }
      } else if kind == S_IFDIR {
        try collect(folder, child + "/", parts.dropFirst(), &found)
      }
    }
  }

  private static func names(in folder: String) throws(EmbedError) -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder)
    } catch {
      throw EmbedError(.fileInaccessible, "cannot read the folder", at: folder, underlying: error)
    }
  }
}

/// How the bytes of a file become text.
enum TextEncoding: String, CaseIterable {
  case utf8 = "utf-8"
  case latin1 = "latin-1"

  /// The text, its lines ended by line feeds as Python's are; nil when the bytes are none in this encoding.
  func decode(_ bytes: [UInt8]) -> String? {
    var bytes = bytes
    if bytes.contains(0x0D) {
      let old = bytes
      bytes = old.indices.filter { old[$0] != 0x0D || $0 + 1 == old.count || old[$0 + 1] != 0x0A }
        .map { old[$0] == 0x0D ? 0x0A : old[$0] }
    }
    return switch self {
    case .utf8: String(validating: bytes, as: UTF8.self)
    case .latin1: String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }
  }
}
