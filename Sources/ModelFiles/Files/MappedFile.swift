package import EmbedCore

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A regular file in memory, read-only, for as long as this object lives.
///
/// Only the pages that are touched take memory, and processes that map the same file share them. A file that another
/// program shortens while it is mapped is out of scope: the system ends a process that touches what is gone.
package final class MappedFile: Sendable {
  /// The file's path as it was given, for messages.
  package let path: String
  private nonisolated(unsafe) let bytes: UnsafeRawBufferPointer

  /// Maps a file.
  ///
  /// Throws `fileInaccessible` when it is absent, unreadable or not a regular file.
  package init(path: String) throws(EmbedError) {
    let file = try RegularFile(path: path)
    self.path = path
    guard file.size > 0 else {
      // An empty file cannot be mapped.
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    let address = mmap(nil, file.size, PROT_READ, MAP_PRIVATE, file.descriptor, 0)
    guard let address, address != MAP_FAILED else {
      throw EmbedError(
        .fileInaccessible, "cannot map file", got: String(cString: strerror(errno)),
        at: path.printable)
    }
    bytes = UnsafeRawBufferPointer(start: address, count: file.size)
  }

  /// Calls a closure with the file's content, whose start is aligned to a page.
  ///
  /// Pointers into it stay valid as long as this object lives.
  package func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(bytes)
  }

  /// Gives the memory back that the content takes in this process; a page that is touched again is read again, from the
  /// system's cache as a rule.
  ///
  /// - Complexity: O(number of pages in memory).
  func releasePages() { releasePages(of: bytes.indices) }

  /// The same of the pages that lie within a range.
  func releasePages(of range: Range<Int>) {
    guard let address = bytes.baseAddress else { return }
    let pageSize = Int(sysconf(Int32(_SC_PAGESIZE)))
    let start = (range.lowerBound + pageSize - 1) / pageSize * pageSize
    let end =
      range.upperBound == bytes.count ? range.upperBound : range.upperBound / pageSize * pageSize
    guard start < end else { return }
    // Nothing is lost: the map is private and was never written to.
    madvise(UnsafeMutableRawPointer(mutating: address + start), end - start, MADV_DONTNEED)
  }

  deinit {
    if let address = bytes.baseAddress {
      munmap(UnsafeMutableRawPointer(mutating: address), bytes.count)
    }
  }
}
