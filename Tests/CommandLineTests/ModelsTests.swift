import Embed
import EmbedTestSupport
import JSON
import Testing

@Suite struct ModelsTests {
  private let folder: TemporaryFolder
  private let environment: [String: String]

  init() throws {
    folder = try TemporaryFolder()
    try TinyModel.denseTanh.write(to: folder, named: "models/dense")
    try TinyModel.prompted.write(to: folder, named: "models/prompted")
    environment = ["EMBED_MODELS": folder.path("models"), "HF_HUB_CACHE": folder.path("cache")]
  }

  /// The cells of a table, divided by two spaces or more.
  private func cells(_ line: String) -> [String] {
    line.split(separator: /[ ]{2,}/).map(String.init)
  }

  @Test(arguments: [["models"], ["models", "list"]])
  func `lists models with their sizes and folders`(command: [String]) throws {
    let run = try EmbedRun(arguments: command, environment: environment)
    #expect(run.status == 0)
    #expect(run.errors == "")
    let rows = run.lines.map(cells)
    #expect(rows.first == ["NAME", "TASK", "DIMENSIONS", "TOKENS", "FOLDER"])
    #expect(rows.contains(["dense", "embedding", "40", "48", folder.path("models/dense")]))
    #expect(rows.contains(["prompted", "embedding", "64", "48", folder.path("models/prompted")]))
  }

  @Test func `marks broken models and says what is wrong`() throws {
    try folder.write("{", to: "models/bad-config/config.json")
    try TinyModel.plain.write(to: folder, named: "models/bad-weights")
    try folder.write("nonsense", to: "models/bad-weights/model.safetensors")
    let run = try EmbedRun("models", "list", environment: environment)
    #expect(run.status == 0)
    let rows = run.lines.map(cells)
    #expect(rows.contains(["bad-config", "broken", "-", "-", folder.path("models/bad-config")]))
    #expect(rows.contains(["bad-weights", "broken", "-", "-", folder.path("models/bad-weights")]))
    #expect(rows.contains(["dense", "embedding", "40", "48", folder.path("models/dense")]))
    let errors = run.errors.split(separator: "\n")
    #expect(errors.count == 2)
    #expect(errors.allSatisfy { $0.hasPrefix("embed: ") })
    #expect(errors.contains { $0.contains(folder.path("models/bad-config/config.json")) })
    #expect(errors.contains { $0.contains(folder.path("models/bad-weights/model.safetensors")) })
  }

  @Test func `lists models for programs`() throws {
    try folder.write("{", to: "models/bad/config.json")
    let run = try EmbedRun("models", "list", "-f", "json", environment: environment)
    #expect(run.status == 0)
    #expect(run.errors == "")
    guard case .array(let models) = try JSONParser.parse(run.output) else {
      Issue.record("no array")
      return
    }
    let dense = try #require(models.first { $0["name"] == .string("dense") })
    #expect(dense["folder"] == .string(folder.path("models/dense")))
    #expect(dense["origin"] == .string("environment"))
    #expect(dense["dimensions"] == .number("40"))
    #expect(dense["tokens"] == .number("48"))
    #expect(dense["error"] == nil)
    let bad = try #require(models.first { $0["name"] == .string("bad") })
    #expect(bad["error"]?.stringValue?.contains("bad/config.json") == true)
    #expect(bad["dimensions"] == nil)
  }

  @Test func `lists a table that takes any number of tokens without a limit`() throws {
    let environment = ["EMBED_MODELS": PackageFolder.path("Tests/Reference/families")]
    let table = try EmbedRun("models", "list", environment: environment)
    let row = try #require(table.lines.map(cells).first { $0.first == "static-root" })
    #expect(row[3] == "-")
    let json = try EmbedRun("models", "list", "-f", "json", environment: environment)
    guard case .array(let models) = try JSONParser.parse(json.output) else {
      Issue.record("no array")
      return
    }
    #expect(models.first { $0["name"] == .string("static-root") }?["tokens"] == .null)
  }

  @Test func `writes a copy of a model with weights of eight bits`() throws {
    let copy = folder.path("small/prompted")
    let run = try EmbedRun(
      "models", "quantize", "prompted", "-o", copy, environment: environment)
    #expect(run.status == 0)
    #expect(run.errors == "")
    #expect(run.lines == [copy])
    let vectors = try [copy, folder.path("models/prompted")].map { model in
      try EmbedRun("-m", model, "--precision", "int8", "a cat", environment: environment).lines
    }
    #expect(vectors.allSatisfy { $0.first?.hasPrefix("[") == true } && vectors[0] != vectors[1])
    let again = try EmbedRun(
      "models", "quantize", "prompted", "-o", copy, environment: environment)
    #expect(again.status != 0)
    #expect(again.errors.contains("the folder has a model"))
    let twice = try EmbedRun(
      "models", "quantize", copy, "-o", folder.path("other"), environment: environment)
    #expect(twice.status != 0)
    #expect(twice.errors.contains("nothing to quantize"))
  }

  @Test func `describes a model`() throws {
    let run = try EmbedRun("models", "show", "dense", environment: environment)
    #expect(run.status == 0)
    let rows = run.lines.map(cells)
    for row in [
      ["name", "dense"], ["folder", folder.path("models/dense")], ["layers", "2"],
      ["hidden size", "32"], ["heads", "4"], ["intermediate size", "64"], ["dimensions", "40"],
      ["maximum tokens", "48"], ["pooling", "mean"], ["normalize", "yes"],
      ["dense", "32 to 24, tanh"], ["dense", "24 to 40, identity"],
    ] {
      #expect(rows.contains(row))
    }
    #expect(rows.contains { $0[0] == "weights" && $0[1].hasPrefix("F32, 0.0 million parameters") })
    #expect(rows.contains { $0[0] == "engine" })
  }

  @Test func `shows prompts and several pooling modes`() throws {
    let run = try EmbedRun("models", "show", "prompted", environment: environment)
    let rows = run.lines.map(cells)
    #expect(rows.contains(["pooling", "mean, weightedMean"]))
    #expect(rows.contains(["prompt", "query: \"search query: \""]))
    #expect(rows.contains(["prompt", "document: \"passage: \""]))
  }

  @Test func `prints a model's folder alone`() throws {
    let run = try EmbedRun("models", "path", "dense", environment: environment)
    #expect(run.status == 0)
    #expect(run.text == folder.path("models/dense") + "\n")
    let preset = try EmbedRun(
      "models", "path", environment: environment.merging(["EMBED_MODEL": "prompted"]) { $1 })
    #expect(preset.text == folder.path("models/prompted") + "\n")
  }

  @Test(arguments: ["show", "path"])
  func `fails for a model that there is not`(command: String) throws {
    let run = try EmbedRun("models", command, "no-such-model", environment: environment)
    #expect(run.status == 1)
    #expect(run.output == [])
    #expect(run.errors.hasPrefix("embed: no such model: expected no-such-model in "))
  }
}
