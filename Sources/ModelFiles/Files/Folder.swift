import Foundation

/// Questions about paths.
package enum Folder {
  /// A path inside a folder; the folder itself when the name is empty.
  package static func join(_ folder: String, _ name: String) -> String {
    if name.isEmpty { return folder }
    return folder.hasSuffix("/") || folder.isEmpty ? folder + name : "\(folder)/\(name)"
  }

  /// Whether there is anything at a path, links followed.
  package static func exists(_ path: String) -> Bool {
    isPath(path) && FileManager.default.fileExists(atPath: path)
  }

  /// Whether there is a folder at a path, links followed.
  package static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return isPath(path) && FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      && isFolder.boolValue
  }

  /// The names in a folder in the order of their bytes; none when it cannot be read.
  ///
  /// - Complexity: O(n log n) in the number of names.
  package static func names(in path: String) -> [String] {
    guard isPath(path), let names = try? FileManager.default.contentsOfDirectory(atPath: path)
    else { return [] }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Whether a text can be a path at all: the system would stop at U+0000 and find another file.
  private static func isPath(_ text: String) -> Bool {
    !text.isEmpty && !text.utf8.contains(0)
  }
}
