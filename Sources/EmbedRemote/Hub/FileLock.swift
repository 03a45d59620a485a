import EmbedCore
import Foundation

/// A lock that one process or task at a time has, Hugging Face's libraries among them: flock(2) on a file.
final class FileLock {
  private let descriptor: Int32

  private init(descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }

  /// Waits until the lock is free, and takes it; it is given back when the result is released.
  ///
  /// - Parameter wait: what to do between two attempts.
  /// - Throws: `EmbedError` with code `fileInaccessible`; what `wait` throws.
  static func acquire(_ path: String, wait: () async throws -> Void) async throws -> FileLock {
    while true {
      let descriptor = Foundation.open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o664)
      guard descriptor >= 0 else { throw EmbedError.cache("cannot open", errno, at: path) }
      let lock = FileLock(descriptor: descriptor)
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 {
        // Some remove the file when they are done with it; then this lock is nobody's.
        if lock.isAt(path) { return lock }
      } else if errno != EWOULDBLOCK, errno != EINTR {
        // A file system without locks: whoever comes second fetches the file too, and its checksum is right or not.
        return lock
      } else {
        try await wait()
      }
    }
  }

  /// Gives the lock back; to be called last, so that the lock lasts until then.
  func release() { flock(descriptor, LOCK_UN) }

  private func isAt(_ path: String) -> Bool {
    var (own, other) = (stat(), stat())
    return fstat(descriptor, &own) == 0 && stat(path, &other) == 0
      && own.st_dev == other.st_dev && own.st_ino == other.st_ino
  }
}
