import EmbedCore
import Foundation
import Kernels
import ModelFiles
import Synchronization
import Transformer

/// Memory for a model's prepared weights, in pages as large as the system has, reserved at once.
///
/// One pass over a short text reads all weights once. In pages of 4 KiB, finding out where they are in memory takes a
/// third of that time.
final class WeightArena: Sendable {
  private static let hugePage = 1 << 21

  /// The mapping, which nobody else has, and how much of it is in use.
  private struct Memory: @unchecked Sendable {
    let mapping: UnsafeMutableRawPointer
    let size: Int
    var used: Int
  }

  private let memory: Mutex<Memory>

  /// Reserves memory; the system provides the pages when they are written to.
  ///
  /// - Throws: `EmbedError` with code `resourceExhausted` when the process may not have as much.
  init(byteCount: Int) throws(EmbedError) {
    let size = min(byteCount, .max - Self.hugePage) + Self.hugePage
    let access = PROT_READ | PROT_WRITE
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    guard let mapping = mmap(nil, size, access, flags, -1, 0), mapping != MAP_FAILED else {
      throw EmbedError(
        .resourceExhausted, "no memory for the model's weights", expected: "\(size) bytes",
        got: String(cString: strerror(errno)))
    }
    #if os(Linux)
      // Only advice: without large pages everything works, more slowly.
      madvise(mapping, size, MADV_HUGEPAGE)
    #endif
    let start = -Int(bitPattern: mapping) & (Self.hugePage - 1)
    memory = Mutex(Memory(mapping: mapping, size: size, used: start))
  }

  deinit { _ = memory.withLock { munmap($0.mapping, $0.size) } }

  /// Storage of `count` floats, zeros that `initialize` fills, aligned to a cache line of 64 bytes; it keeps the arena
  /// alive.
  ///
  /// - Precondition: as much is left of what was reserved.
  func storage(
    count: Int, initialize: (UnsafeMutablePointer<Float>) -> Void
  ) -> FloatStorage {
    let floats = memory.withLock { memory in
      let size = (count * MemoryLayout<Float>.stride + 63) / 64 * 64
      precondition(memory.size - memory.used >= size, "an arena holds what it was reserved for")
      defer { memory.used += size }
      return Part(start: memory.mapping + memory.used)
    }.start.bindMemory(to: Float.self, capacity: count)
    initialize(floats)
    return FloatStorage(floats, count: count) { withExtendedLifetime(self) {} }
  }

  /// The start of memory that no one else has.
  private struct Part: @unchecked Sendable {
    let start: UnsafeMutableRawPointer
  }
}

extension WeightArena {
  /// Reserves memory for all weights of a model that an engine may prepare.
  ///
  /// - Throws: `EmbedError` with code `resourceExhausted` when the process may not have as much.
  convenience init(for folder: ModelFolder) throws(EmbedError) {
    let encoder = folder.configuration
    let (hidden, intermediate) = (encoder.hiddenSize, encoder.intermediateSize)
    var total = 0.0
    // Panels are filled up, by no more than 63 rows or columns.
    func add(_ outputs: Int, _ inputs: Int, times: Int = 1) {
      total += 4 * Double(times) * (Double(outputs) + 63) * (Double(inputs) + 63)
    }
    add(3 * hidden, hidden, times: encoder.layerCount)
    add(hidden, hidden, times: encoder.layerCount)
    add(hidden, intermediate, times: (encoder.feedForward.isGated ? 3 : 2) * encoder.layerCount)
    for case .dense(let dense, _) in folder.modules {
      add(dense.outputs, dense.inputs, times: dense.usesResidual ? 2 : 1)
    }
    if let classifier = folder.classifier {
      add(hidden, hidden)
      add(classifier.labels.count, hidden)
    }
    if folder.splade != nil {
      add(hidden, hidden)
      add(encoder.vocabularySize, hidden)
    }
    // The sizes are the configuration's claims. When the tensors do not bear them out, that is said sooner than that there
    // is no memory: so much address space there is.
    try self.init(byteCount: Int(min(total, 0x1p46)))
  }
}
