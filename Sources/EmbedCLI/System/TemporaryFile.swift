import Embed
import Foundation
import Synchronization

/// A new, empty file under a name of its own, which does not outlive the program; one at a time has a name.
struct TemporaryFile {
  let path: String
  let descriptor: Descriptor

  /// The path of the one that has a name, never freed: a signal's handler may be reading it.
  nonisolated(unsafe) private static let named = Atomic<UnsafeMutablePointer<CChar>?>(nil)

  /// Creates a file in the folder of another one, to be renamed to it.
  ///
  /// - Parameters:
  ///   - place: the other file's path.
  ///   - mode: the permissions; nil for those of any new file.
  ///   - name: what error messages call the file.
  /// - Throws: `EmbedError` with code `fileInaccessible`.
  init(besides place: String, mode: mode_t?, name: String) throws(EmbedError) {
    let folder = place.lastIndex(of: "/").map { String(place[...$0]) } ?? ""
    try self.init(folder: folder, name: name)
    if let mode, fchmod(descriptor.number, mode) < 0 {
      throw .system("cannot write", errno, at: name)
    }
  }

  /// Creates a file without a name, for data that do not fit in memory; its space is freed when it is closed.
  ///
  /// - Throws: `EmbedError` with code `fileInaccessible`.
  static func unnamed() throws(EmbedError) -> Descriptor {
    let folder = FileManager.default.temporaryDirectory.path
    let file = try TemporaryFile(folder: folder + "/", name: "temporary file in \(folder)")
    Self.remove()
    return file.descriptor
  }

  /// - Parameter folder: with its slash at the end, or empty for the working directory.
  private init(folder: String, name: String) throws(EmbedError) {
    let path = folder + ".embed-" + String(UInt64.random(in: 0 ... .max), radix: 36) + ".tmp"
    self.path = path
    descriptor = try Interruption.withoutInterruption { () throws(EmbedError) in
      // First, so that a crash at any moment finds it.
      let before = Self.named.exchange(strdup(path), ordering: .acquiringAndReleasing)
      precondition(before == nil, "one temporary file at a time has a name")
      do throws(EmbedError) {
        return try Descriptor.open(
          path, flags: O_RDWR | O_CREAT | O_EXCL, mode: 0o666, name: name)
      } catch {
        Self.named.store(nil, ordering: .releasing)
        throw error
      }
    }
  }

  /// Gives the file its final name, and so keeps it.
  ///
  /// - Parameter name: what error messages call the file.
  /// - Throws: `EmbedError` with code `fileInaccessible`.
  func rename(to place: String, name: String) throws(EmbedError) {
    try Interruption.withoutInterruption { () throws(EmbedError) in
      guard Foundation.rename(path, place) == 0 else {
        throw .system("cannot write", errno, at: name)
      }
      Self.named.store(nil, ordering: .releasing)
    }
  }

  /// Removes the file that has a name, if there is one; safe in a signal's handler.
  static func remove() {
    if let path = named.exchange(nil, ordering: .acquiringAndReleasing) { unlink(path) }
  }
}
