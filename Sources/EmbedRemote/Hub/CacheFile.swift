import EmbedCore
import Foundation

/// A file of the cache that is being written; to be used by one task.
final class CacheFile {
  let path: String
  private let descriptor: Int32

  /// Opens a file for reading and writing, made when it is not there; a link is refused.
  ///
  /// - Throws: as all functions here: `EmbedError` with code `resourceExhausted` when there is no room, else
  ///   `fileInaccessible`.
  init(path: String) throws(EmbedError) {
    self.path = path
    descriptor = Foundation.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o666)
    guard descriptor >= 0 else { throw .cache("cannot open", errno, at: path) }
  }

  deinit { close(descriptor) }

  /// How many bytes it has.
  var size: Int {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
  }

  /// Hands over everything that it has, in parts, and stands at its end then.
  func forEachPart(_ take: ([UInt8]) -> Void) throws(EmbedError) {
    lseek(descriptor, 0, SEEK_SET)
    var part = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = read(descriptor, &part, part.count)
      if count == 0 { return }
      if count > 0 {
        take(Array(part[..<count]))
      } else if errno != EINTR {
        throw .cache("cannot read", errno, at: path)
      }
    }
  }

  /// Writes all bytes at the end.
  func append(_ bytes: [UInt8]) throws(EmbedError) {
    var written = 0
    while written < bytes.count {
      let result = bytes[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if result >= 0 {
        written += result
      } else if errno != EINTR {
        throw .cache("cannot write", errno, at: path)
      }
    }
  }

  /// Forgets everything behind its first bytes, and stands there then.
  func truncate(to size: Int = 0) throws(EmbedError) {
    guard ftruncate(descriptor, off_t(size)) == 0, lseek(descriptor, off_t(size), SEEK_SET) >= 0
    else { throw .cache("cannot write", errno, at: path) }
  }

  /// Gives the file, once the disk has all of it, another name; whoever looks there finds it whole or not at all.
  func rename(to place: String) throws(EmbedError) {
    guard fsync(descriptor) == 0, Foundation.rename(path, place) == 0 else {
      throw .cache("cannot write", errno, at: place)
    }
  }
}

/// What the cache does with paths.
enum CachePath {
  /// The size of a regular file, links followed; nil when there is none.
  static func size(_ path: String) -> Int? {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Int(status.st_size)
  }

  /// Makes a folder and those around it.
  static func makeFolder(_ path: String) throws(EmbedError) {
    if mkdir(path, 0o777) == 0 || errno == EEXIST { return }
    guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
      throw .cache("cannot make folder", errno, at: path)
    }
    try makeFolder(String(path[..<slash]))
    guard mkdir(path, 0o777) == 0 || errno == EEXIST else {
      throw .cache("cannot make folder", errno, at: path)
    }
  }

  /// The folder that a path is in.
  static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
  }

  /// A name beside a path that nobody else has.
  static func temporary(beside path: String) -> String {
    "\(path).\(String(UInt64.random(in: 0 ... .max), radix: 36)).tmp"
  }

  /// Reads a file that is small.
  static func contents(_ path: String, limit: Int) throws(EmbedError) -> [UInt8] {
    guard let size = size(path), size <= limit else {
      throw EmbedError(
        .fileDamaged, "unexpected file", expected: "a file of at most \(limit) bytes",
        got: "another",
        at: path)
    }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw EmbedError(.fileInaccessible, "cannot read", at: path)
    }
    return [UInt8](data)
  }

  /// Writes a small file as a whole or not at all.
  static func write(_ bytes: [UInt8], to path: String) throws(EmbedError) {
    let file = try CacheFile(path: temporary(beside: path))
    do throws(EmbedError) {
      try file.append(bytes)
      try file.rename(to: path)
    } catch {
      unlink(file.path)
      throw error
    }
  }

  /// Copies a file as a whole or not at all.
  static func copy(_ source: String, to path: String) throws(EmbedError) {
    let input = try CacheFile(path: source)
    let output = try CacheFile(path: temporary(beside: path))
    var failure: EmbedError?
    do throws(EmbedError) {
      try input.forEachPart { bytes in
        guard failure == nil else { return }
        do throws(EmbedError) { try output.append(bytes) } catch { failure = error }
      }
      if let failure { throw failure }
      try output.rename(to: path)
    } catch {
      unlink(output.path)
      throw error
    }
  }
}

extension EmbedError {
  /// The error of a failed system call on the cache: `cannot write: got No space left on device (/home/…)`.
  static func cache(_ what: String, _ number: Int32, at path: String) -> EmbedError {
    let isFull = [ENOSPC, EDQUOT, EFBIG].contains(number)
    return EmbedError(
      isFull ? .resourceExhausted : .fileInaccessible, what, got: String(cString: strerror(number)),
      at: path)
  }
}
