import Embed
import Foundation

/// An open file, pipe or terminal of the operating system, with the name that errors call it by.
///
/// Reads and writes are repeated when a signal breaks them off, and wait where another program has set the pipe that it
/// shares with this one not to wait. A descriptor is a plain number: who opens it closes it.
struct Descriptor {
  /// The system's number for it.
  let number: Int32
  /// What error messages call it: a path, or `standard output`.
  let name: String

  static let standardInput = Descriptor(number: STDIN_FILENO, name: "standard input")
  static let standardOutput = Descriptor(number: STDOUT_FILENO, name: "standard output")
  static let standardError = Descriptor(number: STDERR_FILENO, name: "standard error")

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - flags: those of open(2).
  ///   - mode: the permissions of a file that is created, which the process's mask restricts.
  ///   - name: what error messages call it; nil for its path.
  /// - Throws: `EmbedError` with code `fileInaccessible`.
  static func open(
    _ path: String, flags: Int32, mode: mode_t = 0, name: String? = nil
  ) throws(EmbedError) -> Descriptor {
    let name = name ?? path
    while true {
      let number = Foundation.open(path, flags | O_CLOEXEC, mode)
      if number >= 0 { return Descriptor(number: number, name: name) }
      if errno != EINTR { throw .system("cannot open", errno, at: name) }
    }
  }

  /// Whether it is a terminal.
  var isTerminal: Bool { isatty(number) == 1 }

  /// The size of a regular file from its start; nil for everything else.
  var regularFileSize: Int? {
    var status = stat()
    guard fstat(number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Int(status.st_size)
  }

  /// The bytes that are there, at most `limit`, after waiting for the first; none at the end.
  ///
  /// Reads at the current position, or from `offset` of a file on, which leaves the position where it is.
  ///
  /// - Throws: `EmbedError` with code `fileInaccessible`.
  func read(upTo limit: Int, at offset: Int? = nil) throws(EmbedError) -> [UInt8] {
    while true {
      var failure: Int32 = 0
      let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
        let result =
          if let offset {
            pread(number, buffer.baseAddress, limit, off_t(offset))
          } else {
            Foundation.read(number, buffer.baseAddress, limit)
          }
        if result < 0 { failure = errno }
        count = max(0, result)
      }
      if failure == 0 { return bytes }
      guard canRetry(after: failure, waitingFor: POLLIN) else {
        throw .system("cannot read", failure, at: name)
      }
    }
  }

  /// Writes all bytes, at the current position or from `offset` of a file on.
  ///
  /// - Throws: `EmbedError` with code `fileInaccessible`; `ClosedPipe` when nobody reads any more.
  func write(_ bytes: [UInt8], at offset: Int? = nil) throws {
    var written = 0
    while written < bytes.count {
      let result = bytes[written...].withUnsafeBytes { rest in
        if let offset {
          pwrite(number, rest.baseAddress, rest.count, off_t(offset + written))
        } else {
          Foundation.write(number, rest.baseAddress, rest.count)
        }
      }
      let failure = errno
      if result >= 0 {
        written += result
      } else if failure == EPIPE {
        throw ClosedPipe()
      } else if !canRetry(after: failure, waitingFor: POLLOUT) {
        throw EmbedError.system("cannot write", failure, at: name)
      }
    }
  }

  /// Writes a text.
  ///
  /// - Throws: as `write(_:at:)`.
  func write(_ text: String) throws { try write(Array(text.utf8)) }

  /// Whether a failed call is worth another try, after waiting until there is room or data.
  private func canRetry(after failure: Int32, waitingFor event: Int32) -> Bool {
    guard failure == EAGAIN || failure == EWOULDBLOCK else { return failure == EINTR }
    var request = pollfd(fd: number, events: Int16(event), revents: 0)
    return poll(&request, 1, -1) >= 0 || errno == EINTR
  }

  /// Goes back to the first byte of a file.
  ///
  /// - Throws: `EmbedError` with code `fileInaccessible`.
  func rewind() throws(EmbedError) {
    if lseek(number, 0, SEEK_SET) < 0 { throw .system("cannot rewind", errno, at: name) }
  }

  /// Gives the descriptor back; some file systems tell of a failed write only now.
  ///
  /// - Throws: `EmbedError` with code `fileInaccessible`.
  func close() throws(EmbedError) {
    if Foundation.close(number) < 0, errno != EINTR {
      throw .system("cannot write", errno, at: name)
    }
  }
}

/// The reader of a pipe has gone: `embed … | head -1` has all that it wants, which is no failure.
struct ClosedPipe: Error {}

extension EmbedError {
  /// The error of a failed system call: `cannot write: No space left on device (out.npy)`.
  static func system(_ what: String, _ number: Int32, at location: String) -> EmbedError {
    EmbedError(.fileInaccessible, "\(what): \(String(cString: strerror(number)))", at: location)
  }
}
