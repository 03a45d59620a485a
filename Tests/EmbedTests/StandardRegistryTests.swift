import Embed
import EmbedTestSupport
import Testing

@Suite struct StandardRegistryTests {
  @Test func `the standard registry knows local models beside null and test`() async throws {
    #expect(EmbedderRegistry.standard.schemes == ["first", "local", "null", "test"])
    let folder = try TemporaryFolder()
    let error = await #expect(throws: EmbedError.self) {
      try await EmbedderRegistry.standard.embedder(
        EmbedderURI(scheme: "local", path: folder.path("absent")))
    }
    #expect(error?.code == .modelNotFound)
  }
}
