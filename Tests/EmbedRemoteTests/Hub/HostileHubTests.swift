import EmbedCore
import EmbedTestSupport
import Foundation
import JSON
import NIOHTTP1
import RemoteTestSupport
import Testing

@testable import EmbedRemote

/// Names, sizes and lists that nobody may believe.
@Suite struct HostileHubTests {
  private static let hostileNames = [
    "../outside", "a/../../outside", "/etc/outside", "a//b", "a/./b", "a\\b", "a\u{7}b", "a\u{0}b",
    "a\nb",
    String(repeating: "a", count: 300),
  ]

  private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  private func quoted(_ text: String) -> String {
    var writer = JSONWriter()
    writer.write(text)
    return writer.text
  }

  @Test(arguments: hostileNames)
  func `refuses a module's folder outside of the model's`(_ name: String) async throws {
    let modules = """
      [{"path":"","type":"a.Transformer"},{"path":\(quoted(name)),"type":"a.Pooling"}]
      """
    let fixture = try await HubFixture(files: [
      ("config.json", bytes("{}")), ("modules.json", bytes(modules)),
      ("model.safetensors", [1]), ("\(name)/config.json", bytes("{}")),
    ])
    let error = try #require(await fixture.failure())
    #expect(error.code == .invalidReply)
    #expect(error.what == "invalid name of a file")
    #expect(fixture.isInvisible)
  }

  @Test(arguments: hostileNames)
  func `refuses a shard outside of the model's folder`(_ name: String) async throws {
    let name = name + ".safetensors"
    let fixture = try await HubFixture(files: [
      ("config.json", bytes("{}")), (name, [1]),
      ("model.safetensors.index.json", bytes("{\"weight_map\":{\"a\":\(quoted(name))}}")),
    ])
    let error = try #require(await fixture.failure())
    #expect(error.what == "invalid name of a file")
    #expect(fixture.isInvisible)
  }

  @Test func `does not mind odd names of files that are not needed`() async throws {
    let odd = Self.hostileNames.map { (name: $0, bytes: [UInt8(1)]) }
    let fixture = try await HubFixture(files: HubFixture.files + odd)
    try await fixture.pull()
    #expect(fixture.names(in: "snapshots/\(StandInHub.commit(1))") == HubFixture.needed)
  }

  @Test(arguments: [
    ("", "invalid JSON"), ("[]", "wrong type"), ("{}", "missing key"),
    (#"{"sha":"../../x","siblings":[]}"#, "invalid checksum"),
    (#"{"sha":"COMMIT"}"#, "missing key"),
    (#"{"sha":"COMMIT","siblings":[{"rfilename":"config.json"}]}"#, "missing key"),
    (
      #"{"sha":"COMMIT","siblings":[{"rfilename":"config.json","size":-1,"blobId":"COMMIT"}]}"#,
      "value out of range"
    ),
    (
      #"{"sha":"COMMIT","siblings":[{"rfilename":"config.json","size":1e99,"blobId":"COMMIT"}]}"#,
      "value out of range"
    ),
    (
      #"{"sha":"COMMIT","siblings":[{"rfilename":"config.json","size":1,"blobId":"../x"}]}"#,
      "invalid checksum"
    ),
    (
      #"{"sha":"COMMIT","siblings":[{"rfilename":"config.json","size":1,"blobId":"COMMIT","lfs":{"size":1,"sha256":"/x"}}]}"#,
      "invalid checksum"
    ),
  ])
  func `refuses a list that makes no sense`(_ list: String, _ what: String) async throws {
    let fixture = try await HubFixture()
    let body = bytes(list.replacingOccurrences(of: "COMMIT", with: StandInHub.commit(1)))
    fixture.hub.alter("/revision/main") { response, _ in response = StandInResponse(body: body) }
    let error = try #require(await fixture.failure())
    #expect(error.code == .invalidReply)
    #expect(error.what == what)
    #expect(fixture.isInvisible)
  }

  @Test func `refuses a list without end`() async throws {
    let fixture = try await HubFixture()
    fixture.hub.alter("/revision/main") { response, _ in
      response = StandInResponse(body: [UInt8](repeating: 0x20, count: 1 << 26))
    }
    #expect(await fixture.failure()?.what == "reply too large")
  }

  @Test func `does not mind a name that is listed twice`() async throws {
    let fixture = try await HubFixture(files: [HubFixture.files[1]] + HubFixture.files)
    #expect(await fixture.failure() == nil)
  }

  // MARK: - Repositories without a model

  @Test func `names the weights that a repository has instead`() async throws {
    let fixture = try await HubFixture(files: [
      ("config.json", bytes("{}")), ("pytorch_model.bin", [1]), ("onnx/model.onnx", [2]),
    ])
    let error = try #require(await fixture.failure())
    #expect(error.code == .modelUnsupported)
    #expect(
      error.description
        == "no weights in safetensors: expected model.safetensors, got onnx/model.onnx, pytorch_model.bin "
        + "(org/tiny at \(StandInHub.commit(1).prefix(12)))")
    #expect(fixture.downloads(of: "pytorch_model.bin") == 0)
  }

  @Test func `names a module whose weights are not in safetensors`() async throws {
    let files = HubFixture.files.filter { $0.name != "2_Dense/model.safetensors" }
    let error = try #require(await HubFixture(files: files).failure())
    #expect(error.code == .modelUnsupported)
    #expect(
      error.description.contains(
        "expected 2_Dense/model.safetensors, got 2_Dense/pytorch_model.bin"))
  }

  @Test func `names what a repository has that is no model`() async throws {
    let error = try #require(await HubFixture(files: [("data.csv", [1])]).failure())
    #expect(error.code == .modelUnsupported)
    #expect(
      error.description.hasPrefix(
        "no model in the repository: expected config.json or modules.json, got data.csv"))
  }

  @Test func `says which shard is not there`() async throws {
    let fixture = try await HubFixture(files: [
      ("config.json", bytes("{}")),
      ("model.safetensors.index.json", bytes(#"{"weight_map":{"a":"x.safetensors"}}"#)),
    ])
    let error = try #require(await fixture.failure())
    #expect(error.description.contains("x.safetensors"))
  }

  // MARK: - Names of users

  @Test(arguments: [
    "", "a/b/c", "../x", "a/..", "/a", "a/", "a b/c", "a--b/c", "-a/b", "a/b.", "ä/b",
  ])
  func `refuses names of models that cannot be`(_ id: String) async throws {
    let fixture = try await HubFixture()
    #expect(await fixture.failure(id: id)?.code == .invalidInput)
    #expect(fixture.server.requests.isEmpty)
  }

  @Test(arguments: ["", "../x", "a/../b", "a..b", "/a", "a b", "-x", "a.lock", "a\\b", "a?b"])
  func `refuses revisions that cannot be`(_ revision: String) async throws {
    let fixture = try await HubFixture()
    #expect(await fixture.failure(revision: revision)?.code == .invalidInput)
    #expect(fixture.server.requests.isEmpty)
  }

  @Test func `a name alone is one of sentence-transformers`() async throws {
    let fixture = try await HubFixture()
    _ = await fixture.failure(id: "tiny")
    #expect(fixture.requested() == ["/api/models/sentence-transformers/tiny/revision/main"])
  }

  @Test(arguments: [
    "huggingface.co", "ftp://hub", "https://", "https://name:mellon@hub", "https://hub?a=b",
  ])
  func `refuses a hub without a proper address`(_ endpoint: String) async throws {
    let error = try #require(await HubFixture().failure(["HF_ENDPOINT": endpoint]))
    #expect(error.code == .invalidOption)
    #expect(!error.description.contains("mellon"))
  }
}
