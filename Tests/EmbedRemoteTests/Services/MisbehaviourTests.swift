import EmbedCore
import RemoteTestSupport
import Testing

@testable import EmbedRemote

/// What each backend does when its service goes wrong.
@Suite struct MisbehaviourTests {
  private let texts = (0..<40).map { "text \($0)" }

  /// Runs a body with a service that goes wrong.
  private func run(
    _ address: RemoteAddress, _ misbehaviour: StandInServices.Misbehaviour, times: Int = .max,
    _ more: String = "", _ body: (RemoteEmbedder, StandInServer) async throws -> Void
  ) async throws {
    let services = StandInServices()
    services.misbehave(misbehaviour, times: times)
    try await StandInServer.run(services.respond) { server in
      try await body(try address.embedder(server, more), server)
    }
  }

  /// The error of embedding texts.
  private func error(
    _ address: RemoteAddress, _ misbehaviour: StandInServices.Misbehaviour, _ more: String = "",
    of texts: [String]? = nil
  ) async throws -> EmbedError {
    var found: EmbedError?
    try await run(address, misbehaviour, more) { embedder, _ in
      found = await #expect(throws: EmbedError.self) {
        try await embedder.embed(texts ?? self.texts)
      }
    }
    return try #require(found)
  }

  @Test(arguments: RemoteAddress.all)
  func `is patient with a service that has too much to do`(_ address: RemoteAddress) async throws {
    let busy = StandInServices.Misbehaviour.status(429, headers: [("retry-after-ms", "5")])
    try await run(address, busy, times: 2) { embedder, server in
      let result = try await embedder.embed(["a"])
      #expect(result.count == 1)
      #expect(server.requests.count >= 3)
    }
  }

  @Test(arguments: RemoteAddress.all, [500, 502, 503, 408, 409])
  func `tries again when a service fails`(_ address: RemoteAddress, _ status: Int) async throws {
    let failing = StandInServices.Misbehaviour.status(status, headers: [("retry-after-ms", "1")])
    try await run(address, failing, times: 1) { embedder, _ in
      let result = try await embedder.embed(["a", "b"])
      #expect(result.count == 2)
    }
  }

  @Test(arguments: RemoteAddress.all)
  func `gives up on a service that keeps failing, and says what it said`(
    _ address: RemoteAddress
  ) async throws {
    let failing = StandInServices.Misbehaviour.status(
      500, headers: [("retry-after-ms", "1")], body: #"{"error":"out of memory"}"#)
    let error = try await error(address, failing, "retries=2&concurrency=1", of: ["a"])
    #expect(error.code == .serviceFailed)
    #expect(error.got == "status 500, out of memory")
  }

  @Test func `does not wait longer than anybody would`() async throws {
    let away = StandInServices.Misbehaviour.status(429, headers: [("retry-after", "3600")])
    let error = try await error(RemoteAddress.all[0], away)
    #expect(error.code == .overloaded)
  }

  @Test func `never repeats what the service calls final`() async throws {
    let final = StandInServices.Misbehaviour.status(503, headers: [("x-should-retry", "false")])
    try await run(RemoteAddress.all[0], final) { embedder, server in
      await #expect(throws: EmbedError.self) { try await embedder.embed("a") }
      #expect(server.requests.count == 1)
    }
  }

  @Test(arguments: RemoteAddress.all.filter(\.takesLists))
  func `refuses a reply with a vector too few`(_ address: RemoteAddress) async throws {
    let error = try await error(address, .wrongCount)
    #expect(error.code == .invalidReply)
    #expect(error.what == "wrong number of vectors")
  }

  @Test(arguments: RemoteAddress.all.filter(\.hasIndices))
  func `puts vectors into order by their index`(_ address: RemoteAddress) async throws {
    try await run(address, .shuffledIndex) { embedder, _ in
      let vectors = try await embedder.embed(texts)
      let expected = try await TestEmbedder().embed(texts)
      #expect(zip(vectors, expected).allSatisfy { $0.cosineSimilarity(to: $1) > 0.999 })
    }
  }

  @Test(arguments: RemoteAddress.all.filter(\.hasIndices))
  func `refuses a reply with an index twice`(_ address: RemoteAddress) async throws {
    let error = try await error(address, .repeatedIndex)
    #expect(error.code == .invalidReply)
    #expect(error.what == "wrong index of a vector")
  }

  @Test(arguments: RemoteAddress.all)
  func `takes floats where it asked for base64`(_ address: RemoteAddress) async throws {
    try await run(address, .floatsInsteadOfBase64) { embedder, _ in
      let result = try await embedder.embed(texts)
      #expect(result.count == texts.count)
    }
  }

  @Test(
    arguments: RemoteAddress.all,
    [StandInServices.Misbehaviour.notANumber, .nulls, .allZero])
  func `a vector that is none costs its text alone`(
    _ address: RemoteAddress, _ misbehaviour: StandInServices.Misbehaviour
  ) async throws {
    var texts = texts
    texts[17] = "a bad text"
    try await run(address, misbehaviour) { embedder, server in
      let results = try await embedder.embedEach(texts.map { .text($0) }, options: EmbedOptions())
      for (index, result) in results.enumerated() {
        switch result {
        case .success(let embedding): #expect(index != 17 && embedding.dimensions == 8)
        case .failure(let error):
          #expect(index == 17 && error.inputIndex == 17 && error.code == .invalidReply)
        }
      }
      let count = server.requests.count
      let error = await #expect(throws: EmbedError.self) { try await embedder.embed(texts) }
      #expect(error?.inputIndex == 17)
      // What came with it is known to be good: nothing is sent twice.
      #expect(server.requests.count <= 2 * count)
    }
  }

  @Test(arguments: RemoteAddress.all, [400, 413, 422])
  func `finds the text that a service refuses`(_ address: RemoteAddress, _ status: Int) async throws
  {
    var texts = texts
    texts[17] = "a bad text"
    texts[31] = "another bad text"
    try await run(address, .refusal(status)) { embedder, server in
      let error = await #expect(throws: EmbedError.self) { try await embedder.embed(texts) }
      #expect(error?.inputIndex == 17 || error?.inputIndex == 31)
      #expect(error?.code == .invalidInput)
      #expect(error?.got?.contains("I do not like one of these") == true)
      let results = try await embedder.embedEach(texts.map { .text($0) }, options: EmbedOptions())
      let refused = results.indices.filter { (try? results[$0].get()) == nil }
      #expect(refused == [17, 31])
    }
  }

  @Test func `a failure of the server that an input is to blame for is the input's`() async throws {
    let llama = try #require(RemoteAddress.all.first { $0.scheme == "llamacpp" })
    var texts = (0..<6).map { "text \($0)" }
    texts[3] = "a bad text"
    try await run(llama, .tooLarge) { embedder, server in
      let error = await #expect(throws: EmbedError.self) { try await embedder.embed(texts) }
      #expect(error?.inputIndex == 3 && error?.code == .inputTooLong)
      // Nothing is sent again unchanged.
      #expect(server.requests.count == 3)
      #expect(Set(server.requests.map(\.body)).count == 3)
    }
  }

  @Test func `halving sends no text more often than it must`() async throws {
    var texts = (0..<64).map { "text \($0)" }
    texts[37] = "a bad text"
    try await run(RemoteAddress.all[0], .refusal(400)) { embedder, server in
      let error = await #expect(throws: EmbedError.self) { try await embedder.embed(texts) }
      #expect(error?.inputIndex == 37)
      // 64, 0-31, 32-47, 32-39, 32-35, 36, 37: what is known to be refused is not sent whole.
      #expect(server.requests.count <= 8)
    }
  }

  @Test func `blames the service when it refuses everything`() async throws {
    try await run(RemoteAddress.all[0], .status(400)) { embedder, server in
      let error = await #expect(throws: EmbedError.self) {
        try await embedder.embedEach(
          (0..<200).map { .text("text \($0)") }, options: EmbedOptions())
      }
      #expect(error?.inputIndex == nil)
      #expect(server.requests.count < 40)
    }
  }

  @Test(arguments: RemoteAddress.all.filter(\.takesLists))
  func `refuses vectors of different dimensions`(_ address: RemoteAddress) async throws {
    let error = try await error(address, .growingDimensions)
    #expect(error.what == "vectors of different dimensions in one reply")
  }

  @Test(arguments: RemoteAddress.all)
  func `shows the words of a page instead of its tags`(_ address: RemoteAddress) async throws {
    let page =
      "<html><head><style>b{}</style></head><body><h1>Bad  Gateway</h1>\nnginx</body></html>"
    let failing = StandInServices.Misbehaviour.status(403, body: page)
    let error = try await error(address, failing)
    #expect(error.got == "status 403, Bad Gateway nginx")
  }

  @Test(arguments: RemoteAddress.all)
  func `tries again when the connection ends inside a reply`(_ address: RemoteAddress) async throws
  {
    try await run(address, .cut, times: 1) { embedder, server in
      let result = try await embedder.embed(["a"])
      #expect(result.count == 1)
      #expect(server.requests.count >= 2)
    }
  }

  @Test(arguments: RemoteAddress.all)
  func `gives up on a service that is too slow`(_ address: RemoteAddress) async throws {
    let error = try await error(address, .slow(.seconds(30)), "timeout=1&retries=0", of: ["a"])
    #expect(error.code == .timedOut)
  }

  @Test(arguments: RemoteAddress.all)
  func `does not read a reply that has no end`(_ address: RemoteAddress) async throws {
    let error = try await error(address, .hugeBody(16 << 20), of: ["a"])
    #expect(error.code == .invalidReply)
    #expect(error.got?.contains("bytes") == true)
  }

  @Test func `a cancelled call ends while it waits`() async throws {
    let away = StandInServices.Misbehaviour.status(429, headers: [("retry-after", "60")])
    try await run(RemoteAddress.all[0], away) { embedder, server in
      let task = Task { try await embedder.embed("a") }
      while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(1)) }
      task.cancel()
      await #expect(throws: CancellationError.self) { try await task.value }
    }
  }

  @Test func `says that nothing listens, at once`() async throws {
    let server = try await StandInServer { _ in StandInResponse() }
    let embedder = try RemoteAddress.all[0].embedder(server)
    try await server.stop()
    let error = await #expect(throws: EmbedError.self) { try await embedder.embed("a") }
    #expect(error?.code == .unreachable)
    #expect(error?.got == "connection refused")
  }
}

extension RemoteAddress {
  /// Whether a request holds several texts.
  fileprivate var takesLists: Bool {
    !["llamafile", "openclip"].contains(scheme) && path != "/old"
  }

  /// Whether vectors come with their indices.
  fileprivate var hasIndices: Bool {
    ["openai", "localai", "mistral", "jina", "voyage", "azure-openai", "llamacpp"].contains(scheme)
  }
}
