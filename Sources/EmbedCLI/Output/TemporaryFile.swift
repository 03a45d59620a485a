import Embed
import Foundation

/// A new, empty file under a name of its own, which does not outlive the program.
struct TemporaryFile {
  let path: String
  let descriptor: Descriptor

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
    unlink(file.path)
    Interruption.shared.forgetTemporaryFile(file.path)
    return file.descriptor
  }

  /// - Parameter folder: with its slash at the end, or empty for the working directory.
  private init(folder: String, name: String) throws(EmbedError) {
    let path = folder + ".embed-" + String(UInt64.random(in: 0 ... .max), radix: 36) + ".tmp"
    self.path = path
    descriptor = try Interruption.shared.withoutInterruption { () throws(EmbedError) in
      let file = try Descriptor.open(
        path, flags: O_RDWR | O_CREAT | O_EXCL, mode: 0o666, name: name)
      Interruption.shared.registerTemporaryFile(path)
      return file
    }
  }
}
