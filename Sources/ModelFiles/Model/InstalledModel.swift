public import EmbedCore

/// A model folder that was found on this machine.
public struct InstalledModel: Sendable {
  /// The kinds of places where models are looked for, in order.
  public enum Origin: String, Sendable, Hashable, CaseIterable {
    /// The caller's own path.
    case path
    /// A folder that the environment variable `EMBED_MODELS` lists.
    case environment
    /// `Models/` beside the package or the program.
    case package
    /// `Models/` in the working directory.
    case workingDirectory
    /// The cache of Hugging Face's libraries.
    case huggingFaceCache
  }

  /// The name by which the model is found, such as `all-MiniLM-L6-v2`.
  public let name: String
  /// The path of the model's folder.
  public let path: String
  /// Where it was found.
  public let origin: Origin

  /// Makes a description of a folder.
  public init(name: String, path: String, origin: Origin) {
    self.name = name
    self.path = path
    self.origin = origin
  }

  /// Opens the folder.
  ///
  /// Throws `EmbedError` as `ModelFolder.init(path:name:)` does.
  public func open() throws(EmbedError) -> ModelFolder {
    try ModelFolder(path: path, name: name)
  }
}
