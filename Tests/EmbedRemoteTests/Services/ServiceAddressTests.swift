import EmbedCore
import Foundation
import RemoteTestSupport
import Testing

@testable import EmbedRemote

/// Where requests go, and which key goes with them.
@Suite struct ServiceAddressTests {
  private func address(
    _ uri: String, _ environment: [String: String] = [:]
  ) throws -> ServiceAddress {
    let uri = try EmbedderURI(uri)
    let description = try #require(ServiceDescription.all.first { $0.scheme == uri.scheme })
    return try ServiceAddress(description, uri: uri, environment: environment)
  }

  @Test(arguments: [
    ("openai:m", ["OPENAI_API_KEY": "k"], "https://api.openai.com/v1"),
    (
      "openai:m", ["OPENAI_API_KEY": "k", "OPENAI_BASE_URL": "https://x.example/api/"],
      "https://x.example/api"
    ),
    ("openai://localhost:11445?model=m", [:], "http://localhost:11445/v1"),
    ("openai://[::1]:9/v2?model=m", [:], "http://[::1]:9/v2"),
    ("openai://example.com?model=m", [:], "https://example.com/v1"),
    ("openai://example.com?model=m&tls=false", [:], "http://example.com/v1"),
    ("openai:m?url=http://a.example:8/x", [:], "http://a.example:8/x"),
    ("ollama:m", [:], "http://127.0.0.1:11434"),
    ("ollama:m", ["OLLAMA_HOST": "big.example"], "http://big.example:11434"),
    ("ollama:m", ["OLLAMA_HOST": "https://big.example"], "https://big.example"),
    ("ollama:m", ["OLLAMA_HOST": "http://big.example/p"], "http://big.example/p"),
    ("ollama://big.example?model=m&https", [:], "https://big.example:11434"),
    ("chromemollama://?model=m", [:], "http://127.0.0.1:11434"),
    ("llamafile://localhost:9000?tls=true", [:], "https://localhost:9000"),
    ("tei://10.0.0.1", [:], "http://10.0.0.1:3000"),
    ("huggingface:m", [:], "https://router.huggingface.co"),
    (
      "azure-openai://r.openai.azure.com?model=d", ["AZURE_OPENAI_API_KEY": "k"],
      "https://r.openai.azure.com"
    ),
  ])
  func `finds the address`(_ uri: String, _ environment: [String: String], _ expected: String)
    throws
  {
    #expect(try address(uri, environment).base.absoluteString == expected)
  }

  @Test(arguments: [
    ("openai:m", ["OPENAI_API_KEY": "k1"], "k1"),
    ("openai:m?key-env=MINE", ["OPENAI_API_KEY": "k1", "MINE": "k2"], "k2"),
    ("openai://other.example?model=m&key-env=MINE", ["MINE": " k2\n"], "k2"),
    ("cohere:m", ["COHERE_API_KEY": "old", "CO_API_KEY": "new"], "new"),
    ("azure-openai://r.openai.azure.com?model=d", ["AZURE_OPENAI_API_KEY": "k"], "k"),
    ("huggingface://x.endpoints.huggingface.cloud", ["HF_TOKEN": "hf"], "hf"),
  ])
  func `finds the key`(_ uri: String, _ environment: [String: String], _ key: String) throws {
    #expect(try address(uri, environment).key == key)
  }

  @Test(arguments: [
    "openai://other.example?model=m", "openai:m?url=https://api.openai.com.other.example/v1",
    "huggingface://evilhuggingface.co", "ollama://other.example?model=m",
  ])
  func `no server gets the key of another`(_ uri: String) throws {
    let environment = ["OPENAI_API_KEY": "k", "HF_TOKEN": "k", "OLLAMA_API_KEY": "k"]
    #expect(try address(uri, environment).key == nil)
  }

  @Test(arguments: [
    ("openai:m", "no key for openai: expected $OPENAI_API_KEY or key-env=NAME, got none"),
    ("openai:m?key-env=MINE", "no key for openai: expected one in $MINE, got none (key-env)"),
    (
      "openai:m?url=ftp://x",
      #"invalid address of openai: expected http(s)://HOST[:PORT][/PATH], got ftp://x (url)"#
    ),
    ("tei:", "tei has no address: expected tei://HOST, got none"),
    (
      "openai://localhost?tls=maybe",
      #"invalid parameter tls of openai: expected true or false, got "maybe""#
    ),
  ])
  func `says what is missing`(_ uri: String, _ message: String) throws {
    let error = #expect(throws: EmbedError.self) { try address(uri) }
    #expect(error?.description.replacing("\"ftp://x\"", with: "ftp://x") == message)
  }

  @Test(arguments: [
    ("openai://localhost", "openai has no model: expected openai:MODEL or model=MODEL, got none"),
    ("openai:m?modle=x", "unknown parameter of openai"),
    ("openai:m?batch=0", "invalid parameter batch of openai"),
    ("ollama:m?normalized=perhaps", "invalid parameter normalized of ollama"),
    ("huggingface:", "huggingface has no model"),
    ("ollama:m?ca=/does/not/exist.pem", "cannot read certificates"),
    ("ollama:m?proxy=gopher://x", "invalid proxy"),
  ])
  func `refuses a URI that it cannot follow`(_ uri: String, _ message: String) throws {
    let error = #expect(throws: EmbedError.self) {
      try RemoteEmbedder(EmbedderURI(uri), environment: ["OPENAI_API_KEY": "k"])
    }
    #expect(error?.description.hasPrefix(message) == true)
  }

  @Test func `a key that the service repeats is not shown`() async throws {
    let services = StandInServices()
    try await StandInServer.run(services.respond) { server in
      let uri = try EmbedderURI("openai://127.0.0.1:\(server.port)?model=m&key-env=KEY")
      let embedder = try RemoteEmbedder(uri, environment: ["KEY": "sk-secret"])
      let error = await #expect(throws: EmbedError.self) { try await embedder.embed("a") }
      #expect(error?.code == .unauthorized)
      #expect(error?.got == "status 401, no or wrong key: Bearer …")
      #expect(!"\(embedder)".contains("sk-secret"))
      var dumped = ""
      dump(embedder, to: &dumped)
      #expect(!dumped.contains("sk-secret"))
    }
  }
}
