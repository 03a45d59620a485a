import EmbedTestSupport
import Testing

/// `embed serve`, as far as it does not get to serve; `Scripts/check-server` does the rest.
@Suite struct ServeTests {
  @Test(arguments: [
    (["--port", "99999"], "port"), (["--host", "0.0.0.0"], "API key"),
    (["--alias", "one"], "alias"), (["--alias", "a=b"], "alias"),
    (["-m", "test:", "-m", "test:"], "twice"),
    (["--max-inputs", "0"], "max-inputs"), (["--log-level", "loud"], "log-level"),
    (["--tls-key", "key.pem"], "tls-certificate"), (["-m", "nobody://x"], "nobody"),
    (["-m", "test:", "--precision", "half", "--on-long", "cut"], "on-long"),
  ])
  func `options that make no server are usage errors, which name them`(
    _ arguments: [String], _ name: String
  ) throws {
    let result = try EmbedRun(
      arguments: ["serve", "--port", "0", "-m", "test:?dimensions=4"] + arguments)
    #expect(result.status == 2)
    #expect(result.text == "")
    #expect(result.errors.contains(name))
  }

  @Test func `options of the environment and of a file are checked as well`() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("max-inputs: many\n", to: "serve.yaml")
    let fromFile = try EmbedRun("serve", "--port", "0", "-m", "test:", "--config", file)
    #expect(fromFile.status == 2)
    #expect(fromFile.errors.contains("max-inputs"))
    let misspelled = try folder.write("max-imputs: 3\n", to: "misspelled.yaml")
    let unknown = try EmbedRun("serve", "--port", "0", "-m", "test:", "--config", misspelled)
    #expect(unknown.status == 2)
    #expect(unknown.errors.contains("got 'max-imputs'"))
    #expect(unknown.errors.contains("max-inputs"))
    let runtime = try folder.write("precision: quarter\n", to: "runtime.yaml")
    let fromRuntime = try EmbedRun("serve", "--port", "0", "-m", "test:", "--config", runtime)
    #expect(fromRuntime.status == 2)
    #expect(fromRuntime.errors.contains("invalid value of precision"))
    let fromEnvironment = try EmbedRun(
      "serve", "--port", "0", environment: ["EMBED_SERVE_MAX_TOKENS": "-1"])
    #expect(fromEnvironment.status == 2)
    #expect(fromEnvironment.errors.contains("max-tokens"))
  }

  @Test func `a model that is not there is named before the port opens`() throws {
    let result = try EmbedRun("serve", "--port", "0", "-m", "no-such-model")
    #expect(result.status == 1)
    #expect(result.errors.contains("no-such-model"))
    #expect(!result.errors.contains("Listening"))
  }

  @Test(arguments: ["--config", "--models-file", "--api-key-file"])
  func `files that are not there are named`(_ option: String) throws {
    let result = try EmbedRun("serve", "--port", "0", option, "/nowhere/file")
    #expect(result.status == 1)
    #expect(result.errors.contains("/nowhere/file"))
  }
}
