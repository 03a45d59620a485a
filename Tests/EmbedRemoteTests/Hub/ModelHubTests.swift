import EmbedCore
import EmbedTestSupport
import Foundation
import NIOHTTP1
import RemoteTestSupport
import Synchronization
import Testing

@testable import EmbedRemote

@Suite struct ModelHubTests {
  private let commit = StandInHub.commit(1)

  @Test func `lays the files that are needed out as Hugging Face's libraries do`() async throws {
    let fixture = try await HubFixture()
    let model = try await fixture.pull()
    #expect(model.id == "org/tiny")
    #expect(model.commit == commit)
    #expect(model.folder == fixture.folder.path(fixture.path("snapshots/\(commit)")))
    #expect(model.fetchedFiles == HubFixture.needed.count)
    #expect(fixture.names(in: "snapshots/\(commit)") == HubFixture.needed)
    for (name, target) in [("vocab.txt", "../.."), ("1_Pooling/config.json", "../../..")] {
      let link = try FileManager.default.destinationOfSymbolicLink(
        atPath: "\(model.folder)/\(name)")
      #expect(link == "\(target)/blobs/\(fixture.hub.tag(name))")
    }
    for name in HubFixture.needed {
      #expect(
        try fixture.folder.read(fixture.path("snapshots/\(commit)/\(name)"))
          == fixture.hub.content(name))
    }
    #expect(try fixture.folder.read(fixture.path("refs/main")) == Array(commit.utf8))
    #expect(fixture.names(in: "blobs").count == Set(HubFixture.needed.map(fixture.hub.tag)).count)
  }

  @Test func `asks once and fetches nothing when all is there`() async throws {
    let fixture = try await HubFixture()
    let first = try await fixture.pull()
    let count = fixture.server.requests.count
    let second = try await fixture.pull()
    #expect(fixture.requested(from: count) == ["/api/models/org/tiny/revision/main"])
    #expect(second.folder == first.folder)
    #expect(second.fetchedFiles == 0)
    #expect(second.fetchedBytes == 0)
  }

  @Test func `fetches only what a new commit has changed`() async throws {
    let fixture = try await HubFixture()
    try await fixture.pull()
    let count = fixture.server.requests.count
    var files = HubFixture.files
    files[1].bytes = Array("{\"a\":2}".utf8)
    fixture.hub.publish(commit: StandInHub.commit(2), files: files)
    let model = try await fixture.pull()
    #expect(model.fetchedFiles == 1)
    #expect(
      fixture.requested(from: count).dropFirst() == [
        "/org/tiny/resolve/\(StandInHub.commit(2))/config.json"
      ])
    #expect(try fixture.folder.read(fixture.path("refs/main")) == Array(StandInHub.commit(2).utf8))
    #expect(fixture.names(in: "snapshots").count == 2 * HubFixture.needed.count)
  }

  @Test(arguments: ["v1", "refs/pr/1"])
  func `notes the commit of any revision`(_ revision: String) async throws {
    let fixture = try await HubFixture()
    try await fixture.pull(revision: revision)
    #expect(fixture.names(in: "refs") == [revision])
    #expect(try fixture.folder.read(fixture.path("refs/\(revision)")) == Array(commit.utf8))
  }

  @Test func `a commit is its own name`() async throws {
    let fixture = try await HubFixture()
    try await fixture.pull(revision: commit)
    #expect(fixture.names(in: "refs") == [])
    #expect(fixture.names(in: "snapshots/\(commit)") == HubFixture.needed)
  }

  @Test func `fetches the shards that the index names, and no others`() async throws {
    let index =
      #"{"weight_map":{"a":"model-1.safetensors","b":"model-2.safetensors","c":"model-1.safetensors"}}"#
    let fixture = try await HubFixture(files: [
      ("config.json", Array("{}".utf8)), ("model.safetensors.index.json", Array(index.utf8)),
      ("model-1.safetensors", [1]), ("model-2.safetensors", [2]), ("model-3.safetensors", [3]),
    ])
    try await fixture.pull()
    #expect(
      fixture.names(in: "snapshots/\(commit)")
        == [
          "config.json", "model-1.safetensors", "model-2.safetensors",
          "model.safetensors.index.json",
        ])
  }

  @Test func `copies files where links are not wanted`() async throws {
    let fixture = try await HubFixture()
    let environment = ["HF_HUB_DISABLE_SYMLINKS": "1"]
    let model = try await fixture.pull(environment)
    let attributes = try FileManager.default.attributesOfItem(atPath: "\(model.folder)/vocab.txt")
    #expect(attributes[.type] as? FileAttributeType == .typeRegular)
    #expect(fixture.names(in: "snapshots/\(commit)") == HubFixture.needed)
    // As Python leaves it, without the blobs.
    try fixture.folder.remove(fixture.path("blobs"))
    #expect(try await fixture.pull(environment).fetchedFiles == 0)
  }

  @Test func `tells how far it is`() async throws {
    let fixture = try await HubFixture()
    let seen = Mutex<[ModelHub.Progress]>([])
    let model = try await fixture.client().pull("org/tiny") { progress in
      seen.withLock { $0.append(progress) }
    }
    let last = try #require(seen.withLock { $0.last })
    #expect(last.receivedBytes == model.fetchedBytes)
    #expect(last.totalBytes == model.fetchedBytes)
    #expect(
      Set(seen.withLock { $0.map(\.file) }).isSuperset(of: ["modules.json", "model.safetensors"]))
  }

  // MARK: - Others at the same time

  @Test func `two pulls at once fetch each file once`() async throws {
    let fixture = try await HubFixture()
    let (first, second) = (try fixture.client(), try fixture.client())
    async let one = first.pull("org/tiny")
    async let other = second.pull("org/tiny")
    let models = try await [one, other]
    #expect(models[0].folder == models[1].folder)
    #expect(models.reduce(0) { $0 + $1.fetchedFiles } == HubFixture.needed.count)
    // The tokenizer is empty.
    for name in HubFixture.needed where name != "tokenizer.json" {
      #expect(fixture.downloads(of: name) == 1, "\(name)")
    }
  }

  @Test func `waits for another program that fetches the same file`() async throws {
    let fixture = try await HubFixture()
    let name = "hub/.locks/models--org--tiny/\(fixture.hub.tag("vocab.txt")).lock"
    let lock = Foundation.open(try fixture.folder.write("", to: name), O_RDWR)
    #expect(flock(lock, LOCK_EX) == 0)
    // The other one is done while this one waits.
    let client = try fixture.client {
      try fixture.folder.write("[PAD]\n", to: fixture.path("blobs/\(fixture.hub.tag("vocab.txt"))"))
      flock(lock, LOCK_UN)
    }
    _ = try await client.pull("org/tiny")
    close(lock)
    #expect(fixture.pauses.withLock { $0 } == [.milliseconds(100)])
    #expect(fixture.downloads(of: "vocab.txt") == 0)
  }

  // MARK: - Offline

  @Test(arguments: ["1", "true", "ON"])
  func `offline, finds what was fetched and sends nothing`(_ value: String) async throws {
    let fixture = try await HubFixture()
    let model = try await fixture.pull()
    let count = fixture.server.requests.count
    for revision in ["main", commit] {
      #expect(
        try await fixture.pull(["HF_HUB_OFFLINE": value], revision: revision).folder == model.folder
      )
    }
    #expect(fixture.server.requests.count == count)
  }

  @Test func `offline, says what is not in the cache`() async throws {
    let fixture = try await HubFixture()
    let offline = ["HF_HUB_OFFLINE": "1"]
    let missing = try #require(await fixture.failure(offline))
    #expect(missing.code == .modelNotFound)
    #expect(missing.description.hasPrefix("org/tiny is not in the cache: expected it there"))
    let model = try await fixture.pull()
    try fixture.folder.remove(fixture.path("snapshots/\(model.commit)/model.safetensors"))
    let incomplete = try #require(await fixture.failure(offline))
    #expect(incomplete.code == .modelNotFound)
    #expect(incomplete.got == "an incomplete one")
  }
}
