import Embed
import Testing

@Suite struct EmbedderRegistryTests {
  @Test func `the standard schemes make their embedders`() async throws {
    let registry = EmbedderRegistry.standard
    #expect(registry.schemes.contains("test"))
    #expect(try await registry.embedder("test://?dimensions=5").info.dimensions == 5)
    #expect(try await registry.embedder("null://").embed("x").vector.isEmpty)
  }

  @Test func `an unknown scheme is refused with those there are`() async {
    let error = await #expect(throws: EmbedError.self) {
      try await EmbedderRegistry.standard.embedder("openia:x")
    }
    #expect(error?.code == .invalidURI)
    #expect(error?.got == "'openia'")
    #expect(error?.expected?.contains("null, test") == true)
  }

  @Test func `a registered scheme is that copy's alone, and only once`() async throws {
    var registry = EmbedderRegistry.standard
    try registry.register("mine") { uri, registry in
      try await registry.embedder("test://?dimensions=\(uri.path)")
    }
    #expect(try await registry.embedder("mine:7").info.dimensions == 7)
    #expect(!EmbedderRegistry.standard.schemes.contains("mine"))
    #expect(throws: EmbedError.self) { try registry.register("null") { _, _ in NullEmbedder() } }
  }

  @Test(arguments: [
    "test://?dimensions=0", "test://?dimension=5", "null://?x", "test:?dimensions=70000",
  ])
  func `wrong parameters are refused`(address: String) async {
    let error = await #expect(throws: EmbedError.self) {
      try await EmbedderRegistry.standard.embedder(address)
    }
    #expect(error?.code == .invalidURI)
  }
}
