import EmbedCore
import EmbedTestSupport
import Foundation
import NIOHTTP1
import RemoteTestSupport
import Synchronization

@testable import EmbedRemote

/// A stand-in of the hub with a small model, and an empty cache.
final class HubFixture: Sendable {
  /// Weights that come in several parts.
  static let weights = [UInt8]((0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) })

  static let files: [(name: String, bytes: [UInt8])] = [
    ("README.md", Array("# Tiny".utf8)), ("config.json", Array("{\"a\":1}".utf8)),
    (
      "modules.json",
      Array(
        """
        [{"idx":0,"name":"0","path":"","type":"sentence_transformers.models.Transformer"},
        {"idx":1,"name":"1","path":"1_Pooling","type":"sentence_transformers.models.Pooling"},
        {"idx":2,"name":"2","path":"2_Dense","type":"sentence_transformers.models.Dense"},
        {"idx":3,"name":"3","path":"3_Normalize","type":"sentence_transformers.models.Normalize"}]
        """.utf8)
    ),
    ("1_Pooling/config.json", Array("{\"b\":2}".utf8)),
    ("2_Dense/config.json", Array("{\"c\":3}".utf8)),
    ("2_Dense/model.safetensors", Array("dense".utf8)),
    ("2_Dense/pytorch_model.bin", Array("pickle".utf8)),
    ("sentence_bert_config.json", Array("{}".utf8)), ("tokenizer.json", []),
    ("vocab.txt", Array("[PAD]\n".utf8)), ("model.safetensors", weights),
    ("pytorch_model.bin", Array("pickle".utf8)), ("onnx/model.onnx", Array("onnx".utf8)),
    ("onnx/config.json", Array("{}".utf8)), ("train_script.py", Array("pass".utf8)),
  ]

  /// What of it is needed, by name.
  static let needed = [
    "1_Pooling/config.json", "2_Dense/config.json", "2_Dense/model.safetensors", "README.md",
    "config.json", "model.safetensors", "modules.json", "sentence_bert_config.json",
    "tokenizer.json", "vocab.txt",
  ]

  let hub: StandInHub
  let server: StandInServer
  let folder: TemporaryFolder
  /// How long the client would have waited, each time.
  let pauses = Mutex<[Duration]>([])

  init(
    token: String? = nil, files: [(name: String, bytes: [UInt8])] = HubFixture.files
  ) async throws {
    let hub = StandInHub(token: token, files: files)
    self.hub = hub
    server = try await StandInServer { hub.respond(to: $0) }
    folder = try TemporaryFolder()
  }

  /// A client whose waits are over at once.
  func client(
    _ environment: [String: String] = [:], pausing: @escaping @Sendable () async throws -> Void = {}
  ) throws -> ModelHub {
    let variables = [
      "HOME": folder.path("home"), "HF_HUB_CACHE": folder.path("hub"),
      "HF_ENDPOINT": "http://127.0.0.1:\(server.port)",
    ].merging(environment) { $1 }
    return try ModelHub(environment: variables, retries: RetryPolicy()) { delay in
      self.pauses.withLock { $0.append(delay) }
      try await pausing()
      try await Task.sleep(for: .milliseconds(1))
    }
  }

  /// Pulls the model with a new client.
  @discardableResult
  func pull(
    _ environment: [String: String] = [:], revision: String = "main"
  ) async throws -> ModelHub.PulledModel {
    try await client(environment).pull("org/tiny", revision: revision)
  }

  /// The error that pulling fails with.
  func failure(
    _ environment: [String: String] = [:], id: String = "org/tiny", revision: String = "main"
  ) async -> EmbedError? {
    do {
      _ = try await client(environment).pull(id, revision: revision)
      return nil
    } catch {
      return error as? EmbedError
    }
  }

  /// A path in the model's part of the cache.
  func path(_ name: String) -> String { "hub/models--org--tiny/\(name)" }

  /// The paths of the requests so far, from an index on.
  func requested(from index: Int = 0) -> [String] { server.requests.dropFirst(index).map(\.path) }

  /// How often a file's content was asked for.
  func downloads(of name: String) -> Int {
    requested().filter { $0.hasSuffix("/resolve/\(StandInHub.commit(1))/\(name)") }.count
  }

  /// Everything in a folder of the model's part of the cache, links not followed; empty when there is none.
  func names(in name: String) -> [String] {
    let path = folder.path(self.path(name))
    let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
    var isFolder: ObjCBool = false
    return names.filter {
      FileManager.default.fileExists(atPath: "\(path)/\($0)", isDirectory: &isFolder)
        && !isFolder.boolValue
    }.sorted()
  }

  /// What nobody may find after a failure: references and snapshots.
  var isInvisible: Bool { names(in: "refs").isEmpty && names(in: "snapshots").isEmpty }
}
