import EmbedCore
import JSON

/// Which files of a repository a sentence-transformers model needs: its settings, its tokenizer, its weights in
/// safetensors.
///
/// The same weights for other frameworks, which are most of many repositories, are left out.
struct ModelFileSelection {
  /// Everything that the repository has.
  let names: Set<String>
  /// The repository, for messages.
  let source: String

  private static let settings: Set<String> = [
    "config.json", "config_sentence_transformers.json", "modules.json",
    "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
    "vocab.txt", "vocab.json", "merges.txt",
    "sentencepiece.bpe.model", "spiece.model", "spm.model", "tokenizer.model",
    "README.md", "LICENSE", "LICENSE.md", "LICENSE.txt",
  ]
  private static let weights = "model.safetensors"
  private static let index = "model.safetensors.index.json"
  /// How weights end that are not in safetensors, or not by the name of a model's.
  private static let otherWeights = [
    ".safetensors", ".bin", ".onnx", ".gguf", ".h5", ".msgpack", ".ot", ".pt", ".pth", ".xml",
  ]

  /// The files that are needed, those that the program begins with last.
  ///
  /// - Parameter read: the content of a file.
  /// - Throws: `EmbedError` with code `modelUnsupported` when the repository has no such model; `invalidReply` for names
  ///   that lead elsewhere; what `read` throws.
  func files(reading read: (String) async throws -> [UInt8]) async throws -> [String] {
    guard names.contains("config.json") || names.contains("modules.json") else {
      throw EmbedError(
        .modelUnsupported, "no model in the repository", expected: "config.json or modules.json",
        got: Self.list(names.sorted()), at: source)
    }
    var needed: [String] = []
    for (position, folder) in try await folders(read).enumerated() {
      let prefix = folder.isEmpty ? "" : folder + "/"
      needed += names.filter { name in
        name.hasPrefix(prefix) && Self.isSetting(String(name.dropFirst(prefix.count)))
      }.sorted()
      needed += try await weights(in: prefix, isEncoder: position == 0, read)
    }
    // The root is that of the settings even where the encoder has a folder of its own.
    needed += names.filter(Self.isSetting).sorted()
    needed = Self.unique(needed)
    if let name = needed.first(where: { !HubFile.isSafe($0) }) {
      throw EmbedError(
        .invalidReply, "invalid name of a file", expected: "a path inside the model's folder",
        got: name.quotedForMessage, at: source)
    }
    // Who finds these takes the folder for a model.
    let marks = ["config.json", "modules.json"]
    return needed.filter { !marks.contains($0) } + marks.filter(needed.contains)
  }

  /// The folders of the modules, that of the encoder first; the root's name is empty.
  private func folders(_ read: (String) async throws -> [UInt8]) async throws -> [String] {
    guard names.contains("modules.json") else { return [""] }
    let place = "modules.json of \(source)"
    let modules = try JSONDocument(
      .object([("modules", try parse(await read("modules.json"), place))]), file: place)
    var folders: [String] = []
    for module in try modules.objects("modules") {
      let folder = try module.optionalString("path") ?? ""
      let isEncoder = try module.string("type").split(separator: ".").last == "Transformer"
      if isEncoder { folders.insert(folder, at: 0) } else { folders.append(folder) }
    }
    return folders.isEmpty ? [""] : Self.unique(folders)
  }

  /// The weights in a folder, whole or in shards.
  private func weights(
    in prefix: String, isEncoder: Bool, _ read: (String) async throws -> [UInt8]
  ) async throws -> [String] {
    if names.contains(prefix + Self.weights) { return [prefix + Self.weights] }
    if names.contains(prefix + Self.index) {
      let place = "\(prefix)\(Self.index) of \(source)"
      let index = try JSONDocument(try parse(await read(prefix + Self.index), place), file: place)
      var shards: [String] = []
      for (_, value) in try index.object("weight_map").members {
        guard let name = value.stringValue, names.contains(prefix + name) else {
          throw EmbedError(
            .fileDamaged, "a shard is not there", expected: "a file of the repository",
            got: value.summary, at: place)
        }
        shards.append(prefix + name)
      }
      return Self.unique(shards).sorted() + [prefix + Self.index]
    }
    let others = names.filter { name in Self.otherWeights.contains { name.hasSuffix($0) } }
    let besides = others.filter {
      $0.hasPrefix(prefix) && !$0.dropFirst(prefix.count).contains("/")
    }
    // Pooling and Normalize have none at all.
    if !isEncoder, besides.isEmpty { return [] }
    throw EmbedError(
      .modelUnsupported, "no weights in safetensors", expected: prefix + Self.weights,
      got: others.isEmpty ? "no weights" : Self.list((isEncoder ? others : besides).sorted()),
      at: source)
  }

  private func parse(_ bytes: [UInt8], _ place: String) throws(EmbedError) -> JSONValue {
    do throws(JSONError) {
      return try JSONParser.parse(bytes)
    } catch {
      throw error.embedError(in: place)
    }
  }

  private static func isSetting(_ name: String) -> Bool {
    settings.contains(name)
      || name.hasPrefix("sentence_") && name.hasSuffix("_config.json") && !name.contains("/")
  }

  private static func unique(_ names: [String]) -> [String] {
    var known = Set<String>()
    return names.filter { known.insert($0).inserted }
  }

  private static func list(_ names: [String]) -> String {
    if names.isEmpty { return "no files" }
    let rest = names.count > 6 ? " and \(names.count - 6) more" : ""
    return names.prefix(6).map(\.printable).joined(separator: ", ") + rest
  }
}
