import Embed
import JSON

/// The models that are known to run, for people and for programs.
struct KnownModelList {
  /// A table with a line for each model.
  var text: String {
    var table = TextTable([
      "MODEL", "FAMILY", "MB", "DIMENSIONS", "TOKENS", "LANGUAGES", "LICENSE", "PROMPTS", "TESTED",
      "GET",
    ])
    for model in KnownModel.all {
      let lengths = [model.dimensions] + model.nestedDimensions
      let prompts =
        model.queryPrompt == nil ? "-" : model.requiresPrompts ? "required" : "for queries"
      table.append([
        model.name, model.family, model.megabytes.map(String.init) ?? "?",
        lengths.map(String.init).joined(separator: ","),
        model.maximumTokens.map(String.init) ?? "-",
        model.languages, model.license, prompts, model.isTestedOnRealWeights ? "real" : "random",
        "embed models pull \(model.id)",
      ])
    }
    return table.text
  }

  /// An array with an object for each model.
  var json: String {
    let objects = KnownModel.all.map { model in
      var line = JSONWriter()
      line.write(object(model))
      return line.text
    }
    return "[\(objects.joined(separator: ",\n "))]\n"
  }

  private func object(_ model: KnownModel) -> JSONValue {
    func number(_ value: Int) -> JSONValue { .number("\(value)") }
    return .object([
      ("id", .string(model.id)), ("family", .string(model.family)),
      ("megabytes", model.megabytes.map(number) ?? .null),
      ("dimensions", number(model.dimensions)),
      ("nested_dimensions", .array(model.nestedDimensions.map(number))),
      ("tokens", model.maximumTokens.map(number) ?? .null), ("languages", .string(model.languages)),
      ("license", .string(model.license)),
      ("query_prompt", model.queryPrompt.map(JSONValue.string) ?? .null),
      ("document_prompt", model.documentPrompt.map(JSONValue.string) ?? .null),
      ("requires_prompts", .bool(model.requiresPrompts)),
      ("tested", .string(model.isTestedOnRealWeights ? "real weights" : "random weights")),
    ])
  }
}
