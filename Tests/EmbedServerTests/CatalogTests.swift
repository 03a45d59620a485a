import EmbedCore
import EmbedServer
import HTTPTypes
import JSON
import Logging
import Synchronization
import Testing

/// The models that a server offers.
@Suite struct CatalogTests {
  /// Counts how often each model is loaded.
  private final class Loads: Sendable {
    private let counts = Mutex<[String: Int]>([:])

    var current: [String: Int] { counts.withLock { $0 } }

    func model(_ id: String, memory: Int) -> ServedModel {
      ServedModel(id) {
        self.counts.withLock { $0[id, default: 0] += 1 }
        return LoadedModel(TestEmbedder(dimensions: 4), memory: memory)
      }
    }
  }

  private func requests(
    _ models: [String]
  ) -> [(method: HTTPRequest.Method, path: String, body: String)] {
    models.map { (.post, "/v1/embeddings", #"{"model":"\#($0)","input":"a"}"#) }
  }

  @Test func `a model is loaded when it is first asked for, once`() async throws {
    let loads = Loads()
    var server = TestServer()
    server.models = [loads.model("a", memory: 1), loads.model("b", memory: 1)]
    let answers = try await server.ask(requests(["b", "b", "b"]))
    #expect(answers.map(\.status) == [200, 200, 200])
    #expect(loads.current == ["b": 1])
  }

  @Test func `models that were not used the longest make room`() async throws {
    let loads = Loads()
    var server = TestServer()
    server.models = ["a", "b", "c"].map { loads.model($0, memory: 10) }
    server.configuration.modelMemory = 20
    let answers = try await server.ask(requests(["a", "b", "a", "c", "a", "b"]))
    #expect(answers.map(\.status) == [200, 200, 200, 200, 200, 200])
    // With c, b had to go; a stayed.
    #expect(loads.current == ["a": 1, "b": 2, "c": 1])
  }

  @Test func `a model that alone takes too much is served all the same`() async throws {
    let loads = Loads()
    var server = TestServer()
    server.models = [loads.model("a", memory: 100)]
    server.configuration.modelMemory = 20
    #expect(try await server.ask(requests(["a", "a"])).map(\.status) == [200, 200])
    #expect(loads.current == ["a": 1])
  }

  @Test func `names that do not fit together are refused`() {
    func code(_ models: [String], _ aliases: [String: String]) -> EmbedError.Code? {
      var configuration = ServerConfiguration()
      configuration.aliases = aliases
      let models = models.map { TestServer.model($0) }
      do throws(EmbedError) {
        _ = try EmbedServer(configuration, models: models, logger: Logger(label: "test"))
        return nil
      } catch {
        return error.code
      }
    }
    #expect(code(["a", "b"], ["c": "a"]) == nil)
    #expect(code([], [:]) == .invalidOption)
    #expect(code(["a", "a"], [:]) == .invalidOption)
    #expect(code(["a"], ["b": "c"]) == .invalidOption)
    #expect(code(["a", "b"], ["b": "a"]) == .invalidOption)
  }

  @Test func `a busy server asks to come again`() async throws {
    var server = TestServer()
    server.models = [
      ServedModel("busy") {
        LoadedModel(FailingEmbedder(EmbedError(.overloaded, "too many inputs wait")))
      }
    ]
    let answer = try await server.ask(requests(["busy"]))[0]
    #expect(answer.status == 429)
    #expect(answer.headers[.retryAfter] == "1")
    #expect(answer.json["error"]?["type"] == .string("rate_limit_error"))
    #expect(answer.json["error"]?["code"] == .string("rate_limit_exceeded"))
  }

  @Test(arguments: [
    (EmbedError.Code.fileDamaged, 500), (.resourceExhausted, 503), (.unreachable, 502),
    (.timedOut, 504), (.unauthorized, 502), (.serviceFailed, 502), (.invalidReply, 502),
    (.invalidInput, 400), (.inputTooLong, 400),
  ])
  func `a failure has its status, and tells no more than it may`(
    _ code: EmbedError.Code, _ status: Int
  ) async throws {
    var server = TestServer()
    server.models = [
      ServedModel("failing") {
        LoadedModel(FailingEmbedder(EmbedError(code, "went wrong", at: "/secret/place")))
      }
    ]
    let answer = try await server.ask(requests(["failing"]))[0]
    #expect(answer.status == status)
    #expect(status == 400 || !answer.text.contains("secret"))
  }
}

/// An embedder that throws.
private struct FailingEmbedder: Embedder {
  let error: EmbedError
  let info = EmbedderInfo(
    modelID: "failing", dimensions: 2, maximumTokens: 8, preferredBatchSize: 8)

  init(_ error: EmbedError) { self.error = error }

  @concurrent
  func embed(_ inputs: [EmbeddingInput], options: EmbedOptions) async throws -> [Embedding] {
    throw error
  }
}
