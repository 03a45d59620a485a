import EmbedCore
import EmbedTestSupport
import Foundation
import NIOHTTP1
import RemoteTestSupport
import Synchronization
import Testing

@testable import EmbedRemote

/// What the hub refuses, and what is refused of the hub.
@Suite struct HubRefusalTests {
  private let token = "hf_secretsecretsecret"

  // MARK: - Statuses

  @Test(
    arguments: [
      (
        401, "GatedRepo", EmbedError.Code.unauthorized, "the model's authors choose who may have it"
      ),
      (403, "GatedRepo", .unauthorized, "the model's authors choose who may have it"),
      (401, nil, .unauthorized, "the hub does not let everybody have this"),
      (403, nil, .unauthorized, "the hub does not let everybody have this"),
      (401, "RepoNotFound", .modelNotFound, "no such model on the hub, or a private one"),
      (404, "RepoNotFound", .modelNotFound, "no such model on the hub"),
      (404, "RevisionNotFound", .modelNotFound, "no such revision"),
      (404, "EntryNotFound", .invalidReply, "the hub lists a file that it has not"),
      (404, nil, .modelNotFound, "no such model on the hub"),
      (418, nil, .serviceFailed, "the hub failed"),
      (501, nil, .serviceFailed, "the hub failed"),
    ] as [(Int, String?, EmbedError.Code, String)])
  func `says what the hub means, at once`(
    _ status: Int, _ code: String?, _ expected: EmbedError.Code, _ what: String
  ) async throws {
    let fixture = try await HubFixture()
    fixture.hub.alter("/revision/main") { response, _ in
      response = StandInHub.refusal(status, code, "Because.")
    }
    let error = try #require(await fixture.failure())
    #expect(error.code == expected)
    #expect(error.what == what)
    #expect(error.got?.contains("status \(status), Because.") == true)
    #expect(fixture.server.requests.count == 1)
  }

  @Test(arguments: [
    (429, EmbedError.Code.overloaded), (503, .serviceFailed), (504, .timedOut), (408, .timedOut),
  ])
  func `tries again what may succeed later, and gives up then`(
    _ status: Int, _ code: EmbedError.Code
  ) async throws {
    let fixture = try await HubFixture()
    fixture.hub.alter("/revision/main") { response, _ in
      response = StandInResponse(status, headers: ["retry-after": "7"])
    }
    #expect(await fixture.failure()?.code == code)
    #expect(fixture.server.requests.count == 6)
    #expect(fixture.pauses.withLock { $0 } == Array(repeating: .seconds(7), count: 5))
  }

  @Test(arguments: ["/revision/main", "/vocab.txt"])
  func `succeeds when the hub has recovered`(_ path: String) async throws {
    let fixture = try await HubFixture()
    fixture.hub.alter(path, times: 2) { response, _ in
      response = StandInResponse(429, headers: ["retry-after": "3"])
    }
    try await fixture.pull()
    #expect(fixture.pauses.withLock { $0 } == [.seconds(3), .seconds(3)])
  }

  @Test func `does not wait for a hub that wants to be left alone for long`() async throws {
    let fixture = try await HubFixture()
    fixture.hub.alter("/revision/main") { response, _ in
      response = StandInResponse(429, headers: ["retry-after": "3600"])
    }
    #expect(await fixture.failure()?.code == .overloaded)
    #expect(fixture.server.requests.count == 1)
  }

  @Test func `a model, a revision and a file that are not there`() async throws {
    let fixture = try await HubFixture()
    #expect(await fixture.failure(id: "org/other")?.code == .modelNotFound)
    let revision = try #require(await fixture.failure(revision: "v9"))
    #expect(revision.code == .modelNotFound)
    #expect(revision.description.contains("v9"))
    fixture.hub.alter("/vocab.txt") { response, _ in
      response = StandInHub.refusal(404, "EntryNotFound", "")
    }
    #expect(await fixture.failure()?.code == .invalidReply)
    #expect(fixture.isInvisible)
  }

  // MARK: - No network

  @Test func `says at once that nothing listens`() async throws {
    let fixture = try await HubFixture()
    try await fixture.server.stop()
    let error = try #require(await fixture.failure())
    #expect(error.code == .unreachable)
    #expect(error.description.contains("connection refused"))
    #expect(fixture.pauses.withLock { $0 } == [])
  }

  @Test func `says at once that there is no network`() async throws {
    let fixture = try await HubFixture()
    let error = try #require(await fixture.failure(["HF_ENDPOINT": "http://hub.invalid"]))
    #expect(error.code == .unreachable)
    #expect(error.description.contains("http://hub.invalid"))
    #expect(fixture.pauses.withLock { $0 } == [])
  }

  // MARK: - The token

  @Test func `sends the token to the hub and to nobody else`() async throws {
    let fixture = try await HubFixture(token: token)
    let hub = fixture.hub
    let content = try await StandInServer { hub.respond(to: $0) }
    hub.redirectContent(to: "http://127.0.0.1:\(content.port)")
    try await fixture.pull(["HF_TOKEN": token])
    #expect(
      fixture.server.requests.allSatisfy { $0.headers["authorization"] == ["Bearer \(token)"] })
    #expect(content.requests.count == 2)
    #expect(content.requests.allSatisfy { !$0.headers.contains(name: "authorization") })
  }

  @Test func `takes the token from where Hugging Face's libraries have it`() async throws {
    let fixture = try await HubFixture(token: token)
    let file = try fixture.folder.write("\(token)\n", to: "elsewhere")
    try fixture.folder.write(token, to: "login/token")
    try fixture.folder.write(token, to: "home/.cache/huggingface/token")
    for environment in [
      [:], ["HF_TOKEN": token, "HUGGING_FACE_HUB_TOKEN": "other"],
      ["HUGGING_FACE_HUB_TOKEN": " \(token) "],
      ["HF_TOKEN_PATH": file, "HF_HOME": "/none"], ["HF_HOME": fixture.folder.path("login")],
    ] {
      #expect(await fixture.failure(environment) == nil, "\(environment)")
    }
    for environment in [
      ["HF_TOKEN": "other"], ["HF_TOKEN_PATH": "/none"], ["HF_HUB_DISABLE_IMPLICIT_TOKEN": "1"],
    ] {
      #expect(await fixture.failure(environment)?.code == .modelNotFound, "\(environment)")
    }
  }

  @Test func `never shows the token, nor a signed address`() async throws {
    let fixture = try await HubFixture(token: token)
    let environment = ["HF_TOKEN": token]
    let token = token
    fixture.hub.alter("/revision/main", times: 1) { response, _ in
      response = StandInHub.refusal(401, nil, "the token \(token) is no good")
    }
    let refused = try #require(await fixture.failure(environment))
    #expect(refused.description.contains("the token … is no good"))
    fixture.hub.alter(fixture.hub.tag("model.safetensors")) { response, _ in
      response = StandInResponse(403)
    }
    let signed = try #require(await fixture.failure(environment))
    #expect(signed.code == .unauthorized)
    #expect(!signed.description.contains("secret"))
    let invalid = try #require(await fixture.failure(["HF_TOKEN": "\(token)\r\nhost: x"]))
    #expect(invalid.code == .invalidOption)
    #expect(!invalid.description.contains(token))
  }

  // MARK: - Redirections

  @Test func `follows a model to its new name, with the token`() async throws {
    let fixture = try await HubFixture(token: token)
    fixture.hub.alter("") { response, request in
      guard request.uri.contains("/org/old/") else { return }
      response = StandInResponse(
        307,
        headers: ["location": request.uri.replacingOccurrences(of: "/org/old/", with: "/org/tiny/")]
      )
    }
    #expect(await fixture.failure(["HF_TOKEN": token], id: "org/old") == nil)
    #expect(
      try fixture.folder.read(
        "hub/models--org--old/snapshots/\(StandInHub.commit(1))/model.safetensors")
        == HubFixture.weights)
  }

  @Test(arguments: ["file:///etc/passwd", "ftp://127.0.0.1/x", "", "http://"])
  func `goes to no address but one of a server`(_ location: String) async throws {
    let fixture = try await HubFixture()
    fixture.hub.alter("/vocab.txt") { response, _ in
      response = StandInResponse(302, headers: location.isEmpty ? [:] : ["location": location])
    }
    let error = try #require(await fixture.failure())
    #expect(error.code == .invalidReply)
    #expect(error.what == "invalid redirection")
  }

  @Test func `does not go round in circles`() async throws {
    let fixture = try await HubFixture()
    fixture.hub.alter("/vocab.txt") { response, request in
      response = StandInResponse(302, headers: ["location": request.uri])
    }
    let error = try #require(await fixture.failure())
    #expect(error.what == "redirected too often")
    #expect(fixture.downloads(of: "vocab.txt") == 11)
  }
}
