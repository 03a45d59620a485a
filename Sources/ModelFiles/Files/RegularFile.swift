package import EmbedCore

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A regular file that is open for reading; anything else, such as a folder or a pipe, is refused and never waited for.
package struct RegularFile: ~Copyable {
  /// The file's path as it was given, for messages.
  package let path: String
  /// The length in bytes when it was opened.
  package let size: Int
  package let descriptor: Int32

  /// Opens a file.
  ///
  /// Throws `fileInaccessible` when it is absent, unreadable or not a regular file.
  package init(path: String) throws(EmbedError) {
    guard !path.utf8.contains(0) else {
      throw EmbedError(
        .fileInaccessible, "cannot open file", expected: "a path without U+0000",
        got: path.printable)
    }
    // Without O_NONBLOCK, opening a pipe would wait for its other end.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw EmbedError(
        .fileInaccessible, "cannot open file", got: String(cString: strerror(errno)),
        at: path.printable)
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw EmbedError(
        .fileInaccessible, "cannot open file", expected: "a regular file",
        got: "something else, such as a folder", at: path.printable)
    }
    self.path = path
    self.descriptor = descriptor
    self.size = Int(status.st_size)
  }

  deinit { close(descriptor) }

  /// The whole content.
  ///
  /// Throws `fileDamaged` when it is longer than `limit`, `fileInaccessible` when reading fails.
  ///
  /// - Complexity: O(n) in the file's size.
  package borrowing func contents(limit: Int) throws(EmbedError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: min(size, limit) + 1)
    var count = 0
    while true {
      let result = bytes.withUnsafeMutableBytes { buffer -> Int in
        let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
        return read(descriptor, rest.baseAddress, rest.count)
      }
      if result < 0, errno == EINTR { continue }
      guard result >= 0 else {
        throw EmbedError(
          .fileInaccessible, "cannot read file", got: String(cString: strerror(errno)),
          at: path.printable)
      }
      count += result
      if result == 0 || count > limit { break }
      if count == bytes.count {
        // The file has grown since it was opened.
        bytes.append(contentsOf: repeatElement(0, count: min(count, limit + 1 - count)))
      }
    }
    guard count <= limit else {
      throw EmbedError(
        .fileDamaged, "file too large", expected: "at most \(limit) bytes", got: "more",
        at: path.printable)
    }
    bytes.removeLast(bytes.count - count)
    return bytes
  }
}
