import EmbedCore
import Kernels
import Testing

@testable import Embed

@Suite struct WeightArenaTests {
  @Test func `memory that the system does not have is refused, not fatal`() {
    let error = #expect(throws: EmbedError.self) { try WeightArena(byteCount: .max) }
    // Behind the name are the bytes and the system's reason.
    #expect(error?.code == .resourceExhausted)
    #expect(error?.description.hasPrefix("no memory for the model's weights: expected ") == true)
  }

  @Test func `storage is aligned, apart from others and outlives the arena`() throws {
    var arena: WeightArena? = try WeightArena(byteCount: 4096)
    let storages = try [1, 17, 100].map { count in
      try #require(arena).storage(count: count) { $0.update(repeating: Float(count), count: count) }
    }
    arena = nil
    for (storage, count) in zip(storages, [1, 17, 100]) {
      #expect(storage.values == [Float](repeating: Float(count), count: count))
      #expect(Int(bitPattern: storage.pointer) % 64 == 0)
    }
  }
}
