#if os(Linux)
  #if canImport(Glibc)
    import Glibc
  #else
    import Musl
  #endif
#endif

extension Array {
  /// Asks for large pages for the array's memory, which is filled and read through more quickly.
  ///
  /// To be called after room was reserved and before it is filled; a few megabytes or more are worth it.
  mutating func preferHugePages() {
    #if os(Linux)
      let byteCount = capacity * MemoryLayout<Element>.stride
      guard byteCount >= 1 << 22 else { return }
      withUnsafeMutableBytes { bytes in
        guard let address = bytes.baseAddress else { return }
        // Whole pages alone: what is beside them is not ours.
        let pageSize = 4096
        let start = (UInt(bitPattern: address) + UInt(pageSize) - 1) / UInt(pageSize)
        let end = (UInt(bitPattern: address) + UInt(byteCount)) / UInt(pageSize)
        _ = madvise(
          UnsafeMutableRawPointer(bitPattern: start * UInt(pageSize)), Int(end - start) * pageSize,
          MADV_HUGEPAGE)
      }
    #endif
  }
}
