import EmbedCore

/// What a model folder's `config_sentence_transformers.json` says: prompts and the length of the vectors.
struct SentenceSettings {
  /// The file's name in a model folder.
  static let fileName = "config_sentence_transformers.json"

  /// Texts that are put in front of an input, by name, such as `query`.
  var prompts: [String: String] = [:]
  /// The prompt in front of an input for which none is named.
  var defaultPrompt: String?
  /// How many components of a vector are kept, if not all.
  var truncatedDimensions: Int?

  /// The settings of a folder without such a file.
  init() {}

  /// Reads the file, if there is one.
  ///
  /// Throws `modelUnsupported` for a model that is not of dense vectors, `fileDamaged` for a default prompt that there
  /// is not.
  init(modelFolder: String) throws(EmbedError) {
    let path = Folder.join(modelFolder, Self.fileName)
    guard let file = try JSONDocument.ifPresent(path: path) else { return }
    try file.require("model_type", toBe: "SentenceTransformer")
    truncatedDimensions = try file.optionalInteger("truncate_dim", in: 1...Int(Int32.max))
    if let texts = try file.optionalObject("prompts") {
      for member in texts.members {
        prompts[member.key] = try texts.optionalString(member.key) ?? ""
      }
    }
    if let name = try file.optionalString("default_prompt_name") {
      // Every model has these two, empty unless the file fills them.
      let standard = ["query", "document"].contains(name) ? "" : nil
      guard let prompt = prompts[name] ?? standard else {
        throw EmbedError(
          .fileDamaged, "unknown prompt",
          expected: "one of \(prompts.keys.sorted().prefix(20).map(\.printable))",
          got: name.quotedForMessage, at: file.location("default_prompt_name"))
      }
      defaultPrompt = prompt
    }
  }
}
