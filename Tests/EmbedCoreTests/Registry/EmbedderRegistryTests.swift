import EmbedCore
import Testing

@Suite struct EmbedderRegistryTests {
  @Test func `a registry makes the embedders of its schemes`() async throws {
    let registry = EmbedderRegistry()
    #expect(registry.schemes.contains("test"))
    #expect(try await registry.embedder("test://?dimensions=5").info.dimensions == 5)
    #expect(try await registry.embedder("null://").embed("x").vector.isEmpty)
  }

  @Test func `an unknown scheme is refused with those there are`() async {
    let error = await #expect(throws: EmbedError.self) {
      try await EmbedderRegistry().embedder("openia:x")
    }
    #expect(error?.code == .invalidURI)
    #expect(error?.got == "'openia'")
    #expect(error?.expected?.contains("null, test") == true)
  }

  @Test func `a registered scheme is that copy's alone, and only once`() async throws {
    var registry = EmbedderRegistry()
    try registry.register("mine") { uri, registry in
      try await registry.embedder("test://?dimensions=\(uri.path)")
    }
    #expect(try await registry.embedder("mine:7").info.dimensions == 7)
    #expect(!EmbedderRegistry().schemes.contains("mine"))
    #expect(throws: EmbedError.self) { try registry.register("null") { _, _ in NullEmbedder() } }
  }

  @Test func `a scheme registered in upper case is found`() async throws {
    var registry = EmbedderRegistry()
    try registry.register("HTTP") { _, _ in NullEmbedder() }
    #expect(registry.schemes == ["first", "http", "null", "test"])
    #expect(try await registry.embedder("http://localhost").info.modelID == "null")
    #expect(try await registry.embedder("HTTP://localhost").info.modelID == "null")
    #expect(throws: EmbedError.self) { try registry.register("Http") { _, _ in NullEmbedder() } }
  }

  @Test(arguments: ["", "1a", "a b", "a:", "ä"])
  func `what no address can name is not registered`(scheme: String) {
    var registry = EmbedderRegistry()
    let error = #expect(throws: EmbedError.self) {
      try registry.register(scheme) { _, _ in NullEmbedder() }
    }
    #expect(error?.code == .invalidURI)
  }

  @Test(arguments: [
    "test://?dimensions=0", "test://?dimension=5", "null://?x", "test:?dimensions=70000",
  ])
  func `wrong parameters are refused`(address: String) async {
    let error = await #expect(throws: EmbedError.self) {
      try await EmbedderRegistry().embedder(address)
    }
    #expect(error?.code == .invalidURI)
  }
}
