import Foundation
import Kernels
import Synchronization

/// Memory for a model's prepared weights, in pages as large as the system has.
///
/// One pass over a short text reads all weights once. In pages of 4 KiB, finding out where they are in memory takes a
/// third of that time.
final class WeightArena: Sendable {
  private static let hugePage = 1 << 21
  /// What is reserved at a time; the system provides the pages when they are written to.
  private static let chunkSize = 1 << 26

  /// A mapping, and how much of it is in use, in bytes.
  private struct Chunk: @unchecked Sendable {
    let mapping: UnsafeMutableRawPointer
    let size: Int
    var used: Int
  }

  /// The start of memory that no one else has.
  private struct Memory: @unchecked Sendable {
    let start: UnsafeMutableRawPointer
  }

  private let chunks = Mutex<[Chunk]>([])

  deinit {
    chunks.withLock { chunks in
      for chunk in chunks { munmap(chunk.mapping, chunk.size) }
    }
  }

  /// Storage of `count` floats, filled by `initialize`, that keeps the arena alive.
  func storage(
    count: Int, initialize: (UnsafeMutablePointer<Float>) -> Void
  ) -> FloatStorage {
    let memory = allocate(count)
    initialize(memory)
    return FloatStorage(memory, count: count) { withExtendedLifetime(self) {} }
  }

  /// Memory for `count` floats, zeros, aligned to a cache line of 64 bytes.
  private func allocate(_ count: Int) -> UnsafeMutablePointer<Float> {
    let size = (count * MemoryLayout<Float>.stride + 63) / 64 * 64
    let memory = chunks.withLock { chunks in
      if chunks.last.map({ $0.size - $0.used < size }) ?? true {
        chunks.append(Self.reserve(size))
      }
      let last = chunks.count - 1
      defer { chunks[last].used += size }
      return Memory(start: chunks[last].mapping + chunks[last].used)
    }
    return memory.start.bindMemory(to: Float.self, capacity: count)
  }

  private static func reserve(_ request: Int) -> Chunk {
    let size = max(chunkSize, request) + hugePage
    let access = PROT_READ | PROT_WRITE
    guard let mapping = mmap(nil, size, access, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      mapping != MAP_FAILED
    else { fatalError("out of memory: \(size) bytes for weights") }
    #if os(Linux)
      // Only advice: without large pages everything works, more slowly.
      madvise(mapping, size, MADV_HUGEPAGE)
    #endif
    let start = -Int(bitPattern: mapping) & (hugePage - 1)
    return Chunk(mapping: mapping, size: size, used: start)
  }
}
