import EmbedCore
import EmbedTestSupport
import Foundation
import NIOHTTP1
import RemoteTestSupport
import Testing

@testable import EmbedRemote

/// Connections that end, servers that mix things up, and what earlier downloads have left.
@Suite struct BrokenDownloadTests {
  private let size = HubFixture.weights.count

  /// The requests for the weights' content, by what they ask for.
  private func ranges(_ fixture: HubFixture) -> [String] {
    fixture.server.requests
      .filter { $0.path == "/content/\(fixture.hub.tag("model.safetensors"))" }
      .map { $0.headers.first(name: "range") ?? "all" }
  }

  private func incomplete(_ fixture: HubFixture, _ name: String = "model.safetensors") -> String {
    fixture.path("blobs/\(fixture.hub.tag(name)).incomplete")
  }

  private func alterContent(
    _ fixture: HubFixture, times: Int = .max, _ change: @escaping StandInHub.Change
  ) {
    fixture.hub.alter(fixture.hub.tag("model.safetensors"), times: times, change)
  }

  private func expectWhole(_ fixture: HubFixture) throws {
    let path = fixture.path("snapshots/\(StandInHub.commit(1))/model.safetensors")
    #expect(try fixture.folder.read(path) == HubFixture.weights)
    #expect(!fixture.names(in: "blobs").contains { $0.hasSuffix(".incomplete") })
  }

  /// How many bytes were there when a request asked for the rest; some of what is sent before a cut is lost with it.
  private func start(_ range: String?) -> Int? {
    range?.wholeMatch(of: /bytes=(\d+)-/).flatMap { Int($0.1) }
  }

  @Test func `fetches only the rest when a connection was cut`() async throws {
    let fixture = try await HubFixture()
    alterContent(fixture, times: 1) { response, _ in response.cutAfter = 100_000 }
    try await fixture.pull()
    let ranges = ranges(fixture)
    #expect(ranges.count == 2)
    #expect(ranges.first == "all")
    let first = try #require(start(ranges.last))
    #expect((1...100_000).contains(first))
    try expectWhole(fixture)
  }

  @Test func `goes on at the next pull, and is not found before`() async throws {
    let fixture = try await HubFixture()
    alterContent(fixture) { response, request in
      // Only the first request brings anything.
      response.cutAfter = request.headers.contains(name: "range") ? 0 : 100_000
    }
    let error = try #require(await fixture.failure())
    #expect(error.code == .unreachable)
    #expect(error.description.hasPrefix("the connection to the hub was cut"))
    #expect(fixture.isInvisible)
    let left = try fixture.folder.read(incomplete(fixture))
    #expect(!left.isEmpty && left == Array(HubFixture.weights.prefix(left.count)))
    let count = ranges(fixture).count
    #expect(count == 6)
    fixture.hub.behave()
    try await fixture.pull()
    #expect(ranges(fixture).dropFirst(count) == ["bytes=\(left.count)-"])
    try expectWhole(fixture)
  }

  @Test func `does not give up as long as something comes`() async throws {
    let fixture = try await HubFixture()
    alterContent(fixture) { response, _ in response.body = Array(response.body.prefix(40_000)) }
    try await fixture.pull()
    #expect(ranges(fixture).count == 8)
    try expectWhole(fixture)
  }

  @Test func `begins anew when the server ignores where it should begin`() async throws {
    let fixture = try await HubFixture()
    alterContent(fixture, times: 1) { response, _ in response.cutAfter = 100_000 }
    alterContent(fixture, times: 1) { response, _ in
      response = StandInResponse(body: HubFixture.weights)
    }
    try await fixture.pull()
    #expect(ranges(fixture).count == 2)
    #expect(start(ranges(fixture).last) != nil)
    try expectWhole(fixture)
  }

  @Test(arguments: [("bytes [1-9]", "bytes 0"), ("/300000", "/300001"), ("bytes", "octets")])
  func `asks for all when the server sends another part`(
    _ pattern: String, _ replacement: String
  ) async throws {
    let fixture = try await HubFixture()
    alterContent(fixture, times: 1) { response, _ in response.cutAfter = 100_000 }
    alterContent(fixture, times: 1) { response, _ in
      let range = response.headers.first(name: "content-range") ?? ""
      response.headers.replaceOrAdd(
        name: "content-range",
        value: range.replacingOccurrences(
          of: pattern, with: replacement, options: .regularExpression))
    }
    try await fixture.pull()
    let ranges = ranges(fixture)
    #expect(ranges.count == 3)
    #expect(start(ranges.dropFirst().first) != nil)
    #expect(ranges.last == "all")
    try expectWhole(fixture)
  }

  @Test func `does not ask a server for a part again that has sent another one`() async throws {
    let fixture = try await HubFixture()
    alterContent(fixture, times: 1) { response, _ in response.cutAfter = 100_000 }
    alterContent(fixture, times: 1) { response, _ in
      response.headers.remove(name: "content-range")
    }
    alterContent(fixture, times: 1) { response, _ in response.cutAfter = 100_000 }
    try await fixture.pull()
    #expect(ranges(fixture).map { $0 == "all" } == [true, false, true, true])
    try expectWhole(fixture)
  }

  @Test func `fetches a file once more when its checksum is wrong`() async throws {
    let fixture = try await HubFixture()
    alterContent(fixture, times: 1) { response, _ in response.body[5] ^= 1 }
    try await fixture.pull()
    #expect(ranges(fixture) == ["all", "all"])
    try expectWhole(fixture)
  }

  @Test(arguments: ["model.safetensors", "vocab.txt"])
  func `refuses a file whose checksum stays wrong, and keeps nothing of it`(_ name: String)
    async throws
  {
    let fixture = try await HubFixture()
    fixture.hub.alter(name == "vocab.txt" ? name : fixture.hub.tag(name)) { response, _ in
      response.body[5] ^= 1
    }
    let error = try #require(await fixture.failure())
    #expect(error.code == .invalidReply)
    #expect(error.what == "wrong checksum of \(name)")
    #expect(error.expected == fixture.hub.tag(name))
    #expect(fixture.downloads(of: name) == 2)
    #expect(fixture.isInvisible)
    #expect(!fixture.names(in: "blobs").contains { $0.hasPrefix(fixture.hub.tag(name)) })
  }

  @Test func `begins anew when what was left is damaged`() async throws {
    let fixture = try await HubFixture()
    try fixture.folder.write([UInt8](repeating: 7, count: 100_000), to: incomplete(fixture))
    try await fixture.pull()
    #expect(ranges(fixture) == ["bytes=100000-", "all"])
    try expectWhole(fixture)
  }

  @Test func `begins anew when what was left is too long`() async throws {
    let fixture = try await HubFixture()
    try fixture.folder.write([UInt8](repeating: 7, count: size + 1), to: incomplete(fixture))
    try await fixture.pull()
    #expect(ranges(fixture) == ["all"])
    try expectWhole(fixture)
  }

  @Test func `asks for nothing when what was left is whole`() async throws {
    let fixture = try await HubFixture()
    try fixture.folder.write(HubFixture.weights, to: incomplete(fixture))
    try await fixture.pull()
    #expect(ranges(fixture) == [])
    try expectWhole(fixture)
  }

  @Test func `takes no more bytes than the hub lists`() async throws {
    let fixture = try await HubFixture()
    alterContent(fixture) { response, _ in response.body += [UInt8](repeating: 0, count: 1 << 24) }
    let error = try #require(await fixture.failure())
    #expect(error.code == .invalidReply)
    #expect(
      error.description.hasPrefix(
        "model.safetensors is longer than the hub lists it: expected \(size) bytes, got more"))
    #expect(fixture.isInvisible)
    #expect(
      !fixture.names(in: "blobs").contains { $0.hasPrefix(fixture.hub.tag("model.safetensors")) })
  }

  @Test func `is not content with fewer bytes than the hub lists`() async throws {
    let fixture = try await HubFixture()
    alterContent(fixture) { response, _ in
      response = StandInResponse(body: Array(response.body.prefix(9)))
    }
    let error = try #require(await fixture.failure())
    #expect(
      error.description.hasPrefix(
        "model.safetensors did not come whole: expected \(size) bytes, got 9 bytes"))
    #expect(fixture.isInvisible)
  }

  @Test func `fetches a file of the cache again that has another size`() async throws {
    let fixture = try await HubFixture()
    try fixture.folder.write(
      [1, 2, 3], to: fixture.path("blobs/\(fixture.hub.tag("model.safetensors"))"))
    try await fixture.pull()
    try expectWhole(fixture)
  }

  @Test func `is cancelled with its task`() async throws {
    let fixture = try await HubFixture()
    alterContent(fixture) { response, _ in response.delay = .seconds(600) }
    let client = try fixture.client()
    let task = Task { try await client.pull("org/tiny") }
    while ranges(fixture).isEmpty { try await Task.sleep(for: .milliseconds(1)) }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(fixture.isInvisible)
  }

  @Test func `says where it cannot write`() async throws {
    let fixture = try await HubFixture()
    try fixture.folder.write("", to: "hub/models--org--tiny")
    let error = try #require(await fixture.failure())
    #expect(error.code == .fileInaccessible)
    #expect(error.description.contains(fixture.folder.path("hub/models--org--tiny")))
  }
}
