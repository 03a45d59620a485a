import EmbedCore
import JSON

/// What sentence-transformers says of an encoder beside its `config.json`: the length limit and lower-casing.
///
/// Source: `Transformer` of sentence-transformers 6.2 (`base/modules/transformer.py`).
struct EncoderSettings {
  /// The names that the file has had, in the order in which they are tried.
  private static let fileNames = [
    "sentence_bert_config.json", "sentence_roberta_config.json",
    "sentence_distilbert_config.json", "sentence_camembert_config.json",
    "sentence_albert_config.json", "sentence_xlm-roberta_config.json",
    "sentence_xlnet_config.json",
  ]

  /// The most tokens of an input, special tokens included, if this file sets it.
  var maximumSequenceLength: Int?
  /// Whether text is lower-cased whatever the tokenizer does by itself.
  var lowercases = false

  /// The settings of an encoder without such a file.
  init() {}

  /// Reads the first file that is there and not empty.
  ///
  /// Throws `modelUnsupported` for settings that change what is computed in another way.
  init(encoderFolder: String, task: ModelTask) throws(EmbedError) {
    for name in Self.fileNames {
      let path = Folder.join(encoderFolder, name)
      guard let file = try JSONDocument.ifPresent(path: path), !file.members.isEmpty else {
        continue
      }
      try read(file, task)
      return
    }
  }

  private mutating func read(_ file: JSONDocument, _ task: ModelTask) throws(EmbedError) {
    let expected = task.encoderSettings
    try file.require("transformer_task", toBe: expected.task)
    try file.require("module_output_name", toBe: expected.moduleOutput)
    if let modalities = try file.optionalObject("modality_config") {
      let text = try modalities.object("text")
      try text.require("method", toBe: "forward")
      try text.require("method_output_name", toBe: expected.methodOutput)
    }
    for key in [
      "processing_kwargs", "query_length", "document_length", "query_expansion", "config_args",
      "config_kwargs", "tokenizer_name_or_path",
    ] {
      try file.requireAbsent(key)
    }
    maximumSequenceLength = try file.optionalInteger("max_seq_length", in: 3...Int(Int32.max))
    // Arguments for the tokenizer go before the key.
    for key in ["tokenizer_args", "processor_kwargs"] {
      guard let arguments = try file.optionalObject(key) else { continue }
      for member in arguments.members where !member.key.hasSameBytes(as: "model_max_length") {
        throw arguments.unsupported(
          member.key, expected: "no other argument than model_max_length",
          got: member.value.summary)
      }
      maximumSequenceLength =
        try arguments.optionalInteger("model_max_length", in: 3...Int(Int32.max))
        ?? maximumSequenceLength
    }
    lowercases = try file.optionalBool("do_lower_case") ?? false
  }
}

/// What a model folder's `config_sentence_transformers.json` says: what the model is for, prompts, and the form of what
/// comes out.
struct SentenceSettings {
  /// The file's name in a model folder.
  static let fileName = "config_sentence_transformers.json"

  /// What the model is for; embeddings when the file does not say.
  var task = ModelTask.embedding
  /// Texts that are put in front of an input, by name, such as `query`.
  var prompts: [String: String] = [:]
  /// The prompt in front of an input for which none is named.
  var defaultPrompt: String?
  /// How many components of a vector are kept, if not all.
  var truncatedDimensions: Int?
  /// The class of the function that makes a re-ranker's scores, and where it stands.
  var scoreFunction: (name: String, location: String)?

  /// The settings of a folder without such a file.
  init() {}

  /// Reads the file, if there is one.
  ///
  /// Throws `modelUnsupported` for another kind of model, `fileDamaged` for a default prompt that there is not.
  init(modelFolder: String) throws(EmbedError) {
    let path = Folder.join(modelFolder, Self.fileName)
    guard let file = try JSONDocument.ifPresent(path: path) else { return }
    try file.require("model_type", toBeOneOf: ModelTask.allCases.map(\.className))
    let className = try file.optionalString("model_type")
    task = ModelTask.allCases.first { $0.className == className } ?? .embedding
    scoreFunction = try file.optionalString("activation_fn").map {
      ($0, file.location("activation_fn"))
    }
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
      guard task != .reranking || prompt.isEmpty else {
        throw file.unsupported(
          "default_prompt_name", expected: "no prompt of a re-ranker", got: name.quotedForMessage)
      }
      defaultPrompt = prompt
    }
  }
}
