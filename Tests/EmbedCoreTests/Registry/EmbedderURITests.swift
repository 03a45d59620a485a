import EmbedCore
import Testing

@Suite struct EmbedderURITests {
  @Test(arguments: [
    "all-MiniLM-L6-v2", "sentence-transformers/all-MiniLM-L6-v2", "./a:b", "/models/a?b=c", "ä:b",
    "a b#c%20",
  ])
  func `a string without a scheme is a local model, taken literally`(name: String) throws {
    let uri = try EmbedderURI(name)
    #expect((uri.scheme, uri.path, uri.remainder) == ("local", name, name))
    #expect(uri.host == nil && uri.port == nil && uri.parameters.isEmpty)
  }

  @Test func `a scheme's path and parameters are decoded`() throws {
    let uri = try EmbedderURI("Local:my%20model?threads=2&Engine=simd&flag&engine=open%2Dblas")
    #expect((uri.scheme, uri.path) == ("local", "my model"))
    #expect(uri.parameter("threads") == "2")
    #expect(uri.parameter("engine") == "open-blas")
    #expect(uri.parameter("flag") == "")
    #expect(uri.parameter("other") == nil)
    #expect(uri.remainder == "my%20model?threads=2&Engine=simd&flag&engine=open%2Dblas")
  }

  @Test(arguments: [
    ("ollama://localhost:11434/v1?model=bge", "localhost", 11434, "/v1"),
    ("ollama://[::1]:80", "::1", 80, ""),
  ])
  func `hosts and ports are read, IPv6 too`(
    text: String, host: String, port: Int, path: String
  ) throws {
    let uri = try EmbedderURI(text)
    #expect((uri.host, uri.port, uri.path) == (host, port, path))
  }

  @Test(arguments: [
    "all-MiniLM-L6-v2", "./a b#c%20?d", "local:my%20model?threads=2&Engine=simd&flag",
    "ollama://localhost:11434/v1?model=bge", "ollama://[::1]:80", "null://", "test:?x=a%26b%3Dc",
    "local:na%C3%AFve",
  ])
  func `an address reads back from its description`(text: String) throws {
    let uri = try EmbedderURI(text)
    let again = try EmbedderURI(uri.description)
    #expect((again.scheme, again.host, again.path) == (uri.scheme, uri.host, uri.path))
    #expect(again.port == uri.port && again.parameters == uri.parameters)
    #expect(again.description == uri.description)
  }

  @Test func `an address is made of its parts, and parameters added last count`() throws {
    let uri = EmbedderURI(
      scheme: "Local", path: "a b/ü", parameters: [.init("Threads", "1"), .init("x", "&=")])
    #expect(uri.description == "local:a%20b/%c3%bc?threads=1&x=%26%3d")
    let more = try EmbedderURI("all-MiniLM?").appending([.init("threads", "2")])
    #expect(more.description == "local:all-MiniLM%3f?threads=2")
    #expect(uri.appending([.init("threads", "2")]).parameter("threads") == "2")
    let remote = EmbedderURI(scheme: "x", host: "::1", port: 8, path: "/v1")
    #expect(remote.description == "x://[::1]:8/v1")
  }

  @Test func `an empty host is none`() throws {
    let uri = try EmbedderURI("null://")
    #expect((uri.scheme, uri.host, uri.path) == ("null", nil, ""))
  }

  @Test(arguments: [
    "", "a\0b", "x://h:99999", "x://h:0", "x://user:secret@h", "x://[::1", "x://h:12ab",
  ])
  func `what is no address is refused without echoing secrets`(text: String) {
    let error = #expect(throws: EmbedError.self) { try EmbedderURI(text) }
    #expect(error?.code == .invalidURI)
    #expect(error?.description.contains("secret") == false)
  }

  @Test func `parameters are checked by kind and name`() throws {
    let uri = try EmbedderURI("test:?dimensions=0&precision=f64&threads=two")
    #expect(throws: EmbedError.self) { try uri.integerParameter("dimensions", minimum: 1) }
    #expect(throws: EmbedError.self) { try uri.integerParameter("threads", minimum: 1) }
    #expect(try uri.integerParameter("absent", minimum: 1) == nil)
    let choice = #expect(throws: EmbedError.self) {
      let _: EmbedOptions.Role? = try uri.choiceParameter("precision")
    }
    #expect(choice?.expected == "document, query, none")
    let unknown = #expect(throws: EmbedError.self) {
      try uri.requireParameters(in: ["dimensions", "threads"])
    }
    #expect(unknown?.got == "'precision'")
  }
}
