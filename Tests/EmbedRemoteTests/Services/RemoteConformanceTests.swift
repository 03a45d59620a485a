import EmbedCore
import EmbedTesting
import JSON
import RemoteTestSupport
import Testing

@testable import EmbedRemote

@Suite struct RemoteConformanceTests {
  @Test(arguments: RemoteAddress.all)
  func `keeps what the protocol promises`(_ address: RemoteAddress) async throws {
    let services = StandInServices()
    try await StandInServer.run(services.respond) { server in
      let check = EmbedderConformance(
        try address.embedder(server), takesEmptyTexts: address.takesEmptyTexts)
      #expect(await check.violations() == [])
    }
  }

  @Test func `every scheme is tried`() {
    #expect(Set(RemoteAddress.all.map(\.scheme)) == Set(ServiceDescription.all.map(\.scheme)))
  }

  @Test(arguments: RemoteAddress.all)
  func `vectors are the service's, those of queries and documents as well`(
    _ address: RemoteAddress
  ) async throws {
    let services = StandInServices()
    try await StandInServer.run(services.respond) { server in
      let embedder = try address.embedder(server)
      for role in EmbedOptions.Role.allCases {
        let vectors = try await embedder.embed(["a", "b"], options: EmbedOptions(role: role))
        let expected = try await services.embedder.embed(["a", "b"])
        for (a, b) in zip(vectors, expected) {
          #expect(zip(a.vector, b.vector).allSatisfy { abs($0 - $1) < 1e-6 })
        }
      }
    }
  }

  @Test(arguments: RemoteAddress.all)
  func `takes token ids and images where the service does`(_ address: RemoteAddress) async throws {
    let services = StandInServices()
    try await StandInServer.run(services.respond) { server in
      let embedder = try address.embedder(server)
      let description = try #require(
        ServiceDescription.all.first { $0.scheme == address.scheme })
      for (input, isTaken) in [
        (EmbeddingInput.tokens([1, 2, 3]), description.takesTokens),
        (.image([0xFF, 0xD8, 0xFF, 4]), description.takesImages),
      ] {
        if isTaken {
          let own = try await embedder.embed([input], options: EmbedOptions())
          let expected = try await services.embedder.embed([input], options: EmbedOptions())
          #expect(zip(own[0].vector, expected[0].vector).allSatisfy { abs($0 - $1) < 1e-6 })
        } else {
          let error = await #expect(throws: EmbedError.self) {
            try await embedder.embed([.text("a"), input], options: EmbedOptions())
          }
          #expect(error?.code == .invalidInput && error?.inputIndex == 1)
        }
      }
    }
  }
}
