import Embed
import EmbedTestSupport
import JSON
import Testing

@Suite("Prompts, and models that are known")
struct PromptTests {
  private let folder: TemporaryFolder
  private let environment: [String: String]

  init() throws {
    folder = try TemporaryFolder()
    try TinyModel.prompted.write(to: folder, named: "models/prompted")
    // A model of this name has prompts that its folder does not tell.
    try TinyModel.plain.write(to: folder, named: "models/e5-small-v2")
    environment = ["EMBED_MODELS": folder.path("models"), "HF_HUB_CACHE": folder.path("cache")]
  }

  private func embed(_ arguments: String...) throws -> EmbedRun {
    try EmbedRun(arguments: arguments, environment: environment)
  }

  @Test func `a prompt is one of the model's by its name, or a text`() throws {
    let query = try #require(TinyModel.prompted.prompts.first { $0.name == "query" }?.text)
    let byName = try embed("-m", "prompted", "--prompt", "query", "some words")
    let byRole = try embed("-m", "prompted", "--role", "query", "some words")
    let byText = try embed("-m", "prompted", "--prompt", query, "some words")
    let none = try embed("-m", "prompted", "--prompt", "", "some words")
    #expect(byName.status == 0 && byName.errors == "")
    #expect(byName.output == byRole.output)
    #expect(byName.output == byText.output)
    #expect(byName.output != none.output)
  }

  @Test func `a role and a prompt at once are refused`() throws {
    let run = try embed("-m", "prompted", "--role", "query", "--prompt", "x", "some words")
    #expect(run.status == 2)
    #expect(run.errors.contains("--prompt: the role has a prompt of its own"))
  }

  @Test func `a model that needs a prompt says so once when it gets none`() throws {
    let bare = try embed("-m", "e5-small-v2", "some words", "more words")
    #expect(bare.status == 0)
    #expect(bare.lines.count == 2)
    #expect(bare.errors.split(separator: "\n").count == 1)
    #expect(bare.errors.contains(#"query: "query: ""#))
    let prompted = try embed("-m", "e5-small-v2", "--role", "query", "some words")
    #expect(prompted.errors == "")
    let text = try embed("-m", "e5-small-v2", "--prompt", "query: ", "some words")
    #expect(prompted.output == text.output)
    #expect(prompted.output != (try embed("-m", "e5-small-v2", "some words")).output)
  }

  @Test func `known models are listed for people and for programs`() throws {
    let table = try embed("models", "list", "--known")
    #expect(table.status == 0)
    #expect(table.lines.count == KnownModel.all.count + 1)
    #expect(table.lines.contains { $0.contains("embed models pull intfloat/e5-small-v2") })
    let list = try embed("models", "list", "--known", "-f", "json")
    guard case .array(let models) = try JSONParser.parse(list.output) else {
      Issue.record("no array")
      return
    }
    let e5 = try #require(models.first { $0["id"] == .string("intfloat/e5-small-v2") })
    #expect(e5["query_prompt"] == .string("query: "))
    #expect(e5["requires_prompts"] == .bool(true))
  }

  @Test func `every known model is named once`() {
    #expect(Set(KnownModel.all.map(\.name)).count == KnownModel.all.count)
  }
}
