/// Where Hugging Face's libraries keep what they fetch and whom they fetch it for.
///
/// Source: `constants.py` of huggingface_hub.
package struct HuggingFaceFolders: Sendable {
  private let environment: [String: String]
  private let home: String

  /// Takes the variables of a process and the folder of its user.
  package init(environment: [String: String], home: String) {
    self.environment = environment
    self.home = home
  }

  /// The folder of everything, `HF_HOME`.
  package var main: String {
    value("HF_HOME") ?? (value("XDG_CACHE_HOME") ?? join(home, ".cache")) + "/huggingface"
  }

  /// The cache that all of the libraries share.
  package var hubCache: String {
    value("HF_HUB_CACHE") ?? value("HUGGINGFACE_HUB_CACHE") ?? join(main, "hub")
  }

  /// The cache of sentence-transformers, if it has its own.
  package var sentenceTransformersCache: String? { value("SENTENCE_TRANSFORMERS_HOME") }

  /// The file with the token that a login has left.
  package var tokenFile: String { value("HF_TOKEN_PATH") ?? join(main, "token") }

  /// A path with the user's folder in place of a `~` at its start.
  package func expandingHome(_ path: String) -> String {
    if path == "~" { return home }
    return path.hasPrefix("~/") ? join(home, String(path.dropFirst(2))) : path
  }

  private func value(_ key: String) -> String? {
    // Set but empty means the working directory to Python, which cannot be meant.
    environment[key].flatMap { $0.isEmpty ? nil : $0 }
  }

  private func join(_ folder: String, _ name: String) -> String {
    folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
  }
}
