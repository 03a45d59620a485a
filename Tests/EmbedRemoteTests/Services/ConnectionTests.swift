import AsyncHTTPClient
import EmbedCore
import Foundation
import NIOSSL
import RemoteTestSupport
import Testing

@testable import EmbedRemote

/// TLS and proxies.
@Suite struct ConnectionTests {
  /// Made by `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 -subj /CN=stand-in
  /// -addext subjectAltName=IP:127.0.0.1,DNS:localhost`; a key of nobody.
  private static let certificate = """
    -----BEGIN CERTIFICATE-----
    MIIBmTCCAT+gAwIBAgIUDV4nNsUwG11Vffp4vJqOWJbT7y0wCgYIKoZIzj0EAwIw
    EzERMA8GA1UEAwwIc3RhbmQtaW4wIBcNMjYxMTIxMTk0MjEzWhgPMjEyNjEwMjgx
    OTQyMTNaMBMxETAPBgNVBAMMCHN0YW5kLWluMFkwEwYHKoZIzj0CAQYIKoZIzj0D
    AQcDQgAECCSQ7hCVqoWLptHr9quKA9q99EduPyKnT7uL9975fYC736H47+M7DeA2
    PYk6s/Phg+PAJXxHdLBwCDSmp33jsKNvMG0wHQYDVR0OBBYEFA3+AA3GA1urK3JX
    KXbn1GJjJEC6MB8GA1UdIwQYMBaAFA3+AA3GA1urK3JXKXbn1GJjJEC6MA8GA1Ud
    EwEB/wQFMAMBAf8wGgYDVR0RBBMwEYcEfwAAAYIJbG9jYWxob3N0MAoGCCqGSM49
    BAMCA0gAMEUCIDHt7jGFJVAQwlHb+PQC9jnIIfNrodnbrz0uz1KKAhtHAiEAi0Ro
    mwvIZ+Dg/OqKcvlJRFaGNpoPmGaaeSIfl9KXtlc=
    -----END CERTIFICATE-----

    """

  private static let privateKey = """
    -----BEGIN PRIVATE KEY-----
    MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQggYlf/RaLTuFxMEhH
    vZl3sbybKEl+BrLelpL/+0LaODihRANCAAQIJJDuEJWqhYum0ev2q4oD2r30R24/
    IqdPu4v33vl9gLvfofjv4zsN4DY9iTqz8+GD48AlfEd0sHAINKanfeOw
    -----END PRIVATE KEY-----

    """

  private func withTLSServer(_ body: (StandInServer, _ certificate: String) async throws -> Void)
    async throws
  {
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).pem")
    try Self.certificate.write(to: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: file) }
    let tls = TLSConfiguration.makeServerConfiguration(
      certificateChain: [
        .certificate(try NIOSSLCertificate(bytes: Array(Self.certificate.utf8), format: .pem))
      ],
      privateKey: .privateKey(
        try NIOSSLPrivateKey(bytes: Array(Self.privateKey.utf8), format: .pem)))
    let services = StandInServices()
    let server = try await StandInServer(tls: tls, handler: services.respond)
    try await body(server, file.path)
    try await server.stop()
  }

  @Test func `speaks TLS with a server whose certificate the caller trusts`() async throws {
    try await withTLSServer { server, certificate in
      let embedder = try RemoteAddress(scheme: "ollama", parameters: "model=m&tls=true").embedder(
        server, "ca=\(certificate)")
      let result = try await embedder.embed("a")
      #expect(result.dimensions == 8)
    }
  }

  @Test func `refuses a certificate that nobody vouches for`() async throws {
    try await withTLSServer { server, _ in
      let embedder = try RemoteAddress(scheme: "ollama", parameters: "model=m&https").embedder(
        server)
      let error = await #expect(throws: EmbedError.self) { try await embedder.embed("a") }
      #expect(error?.code == .unreachable)
      #expect(error?.got?.contains("CERTIFICATE_VERIFY_FAILED") == true)
    }
  }

  @Test(
    arguments: [
      ("https://api.example.com", ["https_proxy": "http://p:1"], "p"),
      ("https://api.example.com", ["HTTPS_PROXY": "p:1"], "p"),
      ("https://api.example.com", ["http_proxy": "http://p:1"], nil),
      ("http://api.example.com", ["http_proxy": "http://p:1"], "p"),
      // A CGI program's environment holds what a client sent as Proxy:.
      ("http://api.example.com", ["HTTP_PROXY": "http://p:1"], nil),
      ("http://api.example.com", ["ALL_PROXY": "socks5://p"], "p"),
      (
        "https://api.example.com",
        ["https_proxy": "http://p:1", "no_proxy": "other.com,.example.com"], nil
      ),
      ("https://api.example.com", ["https_proxy": "http://p:1", "NO_PROXY": "*"], nil),
      ("https://notexample.com", ["https_proxy": "http://p:1", "no_proxy": "example.com"], "p"),
      ("https://localhost", ["https_proxy": "http://p:1"], nil),
    ] as [(String, [String: String], String?)])
  func `takes the environment's proxy`(
    _ server: String, _ environment: [String: String], _ host: String?
  ) throws {
    let url = try #require(URL(string: server))
    let proxy = try HTTPClientProxy.proxy(for: url, named: nil, environment: environment)
    #expect(proxy?.host == host)
  }

  @Test func `goes through the proxy that an address names`() async throws {
    // A proxy that is none answers 404 to CONNECT: the error tells that it was asked.
    let services = StandInServices()
    try await StandInServer.run(services.respond) { server in
      let uri = try EmbedderURI(
        "ollama://services.invalid:1?model=m&proxy=http://127.0.0.1:\(server.port)&retries=0")
      let embedder = try RemoteEmbedder(uri, environment: [:])
      let error = await #expect(throws: EmbedError.self) { try await embedder.embed("a") }
      #expect(error?.code == .unreachable)
      #expect(server.requests.map(\.method) == ["CONNECT"])
    }
  }
}
