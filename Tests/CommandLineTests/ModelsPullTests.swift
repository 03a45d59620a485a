import EmbedTestSupport
import Foundation
import NIOHTTP1
import RemoteTestSupport
import Testing

/// `embed models pull` against a stand-in of the hub.
@Suite struct ModelsPullTests {
  private let hub = StandInHub(files: TinyModel.plain.files())
  private let server: StandInServer
  private let folder: TemporaryFolder
  private let environment: [String: String]

  init() async throws {
    let hub = hub
    server = try await StandInServer { hub.respond(to: $0) }
    folder = try TemporaryFolder()
    environment = [
      "HF_ENDPOINT": "http://127.0.0.1:\(server.port)", "HF_HOME": folder.path("home"),
      "HF_HUB_CACHE": "",
      "HF_TOKEN": "", "HF_HUB_OFFLINE": "", "EMBED_MODELS": "",
    ]
  }

  private var snapshot: String {
    folder.path("home/hub/models--org--tiny/snapshots/\(StandInHub.commit(1))")
  }

  /// Waits on a thread of its own: the stand-in answers on those of tasks.
  private func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value)
    async throws
    -> Value
  {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
    }
  }

  private func embed(
    _ arguments: String..., environment: [String: String] = [:]
  ) async throws -> EmbedRun {
    let environment = self.environment.merging(environment) { $1 }
    let path = folder.path
    return try await onThread {
      try EmbedRun(arguments: arguments, environment: environment, folder: path)
    }
  }

  private func pull(_ environment: [String: String] = [:]) async throws -> EmbedRun {
    try await embed("models", "pull", "org/tiny", environment: environment)
  }

  @Test func `prints the folder of a model that embeds as the one published`() async throws {
    let run = try await pull()
    #expect(run.status == 0)
    #expect(run.text == snapshot + "\n")
    let count = TinyModel.plain.files().count
    let summary = "embed: org/tiny at \(StandInHub.commit(1).prefix(12)): fetched \(count) files, "
    #expect(run.errors.hasPrefix(summary))
    try TinyModel.plain.write(to: folder)
    let expected = try await embed("-m", "./model", "a cat")
    for name in [snapshot, "org/tiny"] {
      let vector = try await embed("-m", name, "a cat")
      #expect(vector.status == 0)
      #expect(vector.text == expected.text)
    }
  }

  @Test func `has nothing to fetch the second time`() async throws {
    _ = try await pull()
    let run = try await pull()
    #expect(run.status == 0)
    #expect(run.text == snapshot + "\n")
    #expect(
      run.errors == "embed: org/tiny at \(StandInHub.commit(1).prefix(12)): nothing to fetch\n")
  }

  @Test func `offline, prints the folder or says that there is none`() async throws {
    let missing = try await pull(["HF_HUB_OFFLINE": "1"])
    #expect(missing.status == 1)
    #expect(missing.output == [])
    #expect(missing.errors.hasPrefix("embed: org/tiny is not in the cache: "))
    _ = try await pull()
    let count = server.requests.count
    let run = try await pull(["HF_HUB_OFFLINE": "1"])
    #expect(run.text == snapshot + "\n")
    #expect(server.requests.count == count)
  }

  @Test func `fails with a reason, and prints no folder`() async throws {
    let run = try await embed("models", "pull", "org/other")
    #expect(run.status == 1)
    #expect(run.output == [])
    #expect(run.errors.hasPrefix("embed: no such model on the hub: "))
    #expect(run.errors.filter(\.isNewline).count == 1)
    let usage = try await pull(["HF_ENDPOINT": "nonsense"])
    #expect(usage.status == 2)
  }

  @Test func `says that the disk is full, and takes nothing half for whole`() async throws {
    let environment = environment
    let path = folder.path
    // No file may be longer than the limit, in blocks of 512 bytes, as none may on a disk that is full.
    let script = "trap '' XFSZ; ulimit -f 8; exec \"$EMBED\" models pull org/tiny"
    let run = try await onThread {
      try EmbedRun(script: script, environment: environment, folder: path)
    }
    #expect(run.status == 1)
    #expect(run.output == [])
    #expect(run.errors.hasPrefix("embed: cannot write: got File too large ("))
    let model = try await embed("models", "path", "org/tiny")
    #expect(model.status == 1)
    let again = try await pull()
    #expect(again.status == 0)
    #expect(again.text == snapshot + "\n")
    // What was written of it was not fetched again.
    let large = server.requests.filter { $0.path.hasPrefix("/content/") }
    #expect(large.map { $0.headers.first(name: "range") } == [nil, "bytes=4096-"])
  }

  @Test func `what was fetched until an interruption is not fetched again`() async throws {
    hub.alter(hub.tag("model.safetensors"), times: 1) { response, _ in
      response.delay = .seconds(600)
    }
    let process = try EmbedProcess(
      arguments: ["models", "pull", "org/tiny"], environment: environment)
    while !server.requests.contains(where: { $0.path.hasPrefix("/content/") }) {
      try await Task.sleep(for: .milliseconds(5))
    }
    process.send(signal: SIGINT)
    let box = Box(value: process)
    let status = try await onThread { box.value.wait() }
    #expect(status == 130)
    #expect(try await embed("models", "path", "org/tiny").status == 1)
    #expect(try await pull().text == snapshot + "\n")
    let paths = server.requests.map(\.path).filter { $0.contains("/resolve/") }
    #expect(
      paths.filter { $0.hasSuffix("/vocab.txt") || $0.hasSuffix("/tokenizer.json") }.count == 1)
  }

  @Test func `tells people how far it is`() async throws {
    let terminal = try PseudoTerminal()
    let environment = environment
    let path = terminal.path
    let output = try folder.write("", to: "output")
    let status = try await onThread {
      try EmbedProcess(
        arguments: ["models", "pull", "org/tiny"], environment: environment, output: output,
        errors: path
      ).wait()
    }
    #expect(status == 0)
    let parts = terminal.written().split(separator: "\r\u{1B}[K")
    #expect(parts.contains { $0.contains(" MB/s  ") }, "\(parts)")
    #expect(parts.last?.hasPrefix("embed: org/tiny at ") == true)
    #expect(try folder.read("output") == Array((snapshot + "\n").utf8))
  }

  @Test func `has help with examples`() async throws {
    let run = try await embed("models", "pull", "--help")
    #expect(run.status == 0)
    #expect(run.text.contains("EXAMPLES:"))
    #expect(run.text.contains("HF_TOKEN"))
  }
}

/// A process that only one thread at a time uses.
private struct Box: @unchecked Sendable {
  let value: EmbedProcess
}
