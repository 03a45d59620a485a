public import EmbedCore
import Foundation

/// The places on this machine where models are looked for.
///
/// In order: a path; the folders that `EMBED_MODELS` lists, divided by colons; `Models/` beside the package or the
/// program; `Models/` in the working directory; the cache of Hugging Face's libraries, where models that Python fetched
/// already are. Nothing is fetched from a network.
///
/// ```swift
/// let folder = try ModelLibrary().locate("all-MiniLM-L6-v2").open()
/// ```
public struct ModelLibrary: Sendable {
  /// A folder with model folders in it.
  struct Place: Hashable {
    var path: String
    var origin: InstalledModel.Origin
  }

  private let environment: [String: String]
  private let workingDirectory: String
  private let executable: String?

  /// Makes a library of this process's places.
  public init() {
    self.init(
      environment: ProcessInfo.processInfo.environment,
      workingDirectory: FileManager.default.currentDirectoryPath,
      executable: Self.currentExecutable)
  }

  /// Makes a library of any process's places.
  ///
  /// - Parameters:
  ///   - environment: The environment variables.
  ///   - workingDirectory: The absolute path of the folder that relative paths begin in.
  ///   - executable: The absolute path of the program, beside which the package is looked for.
  package init(environment: [String: String], workingDirectory: String, executable: String?) {
    self.environment = environment
    self.workingDirectory = workingDirectory
    self.executable = executable
  }

  /// Finds a model by its name or its path; the first place that has it counts.
  ///
  /// A name has one component or, with its organization, two, such as `sentence-transformers/all-MiniLM-L6-v2`.
  /// Anything that begins with `/`, `./`, `../` or `~/` is a path and nothing else.
  ///
  /// Throws `EmbedError`: `modelNotFound`, with the places searched, when none has it, `invalidInput` when it can be
  /// neither a name nor a path.
  public func locate(_ name: String) throws(EmbedError) -> InstalledModel {
    guard !name.isEmpty, !name.utf8.contains(0) else {
      throw EmbedError(
        .invalidInput, "invalid model name", expected: "a name or a path",
        got: name.quotedForMessage)
    }
    if let path = Self.explicitPath(name) {
      let absolute = resolve(path)
      guard ModelFolder.isModel(absolute) else {
        throw EmbedError(
          .modelNotFound, "no model in folder", expected: "a folder with a config.json",
          got: Folder.isFolder(absolute) ? "a folder without" : "no folder",
          at: absolute.printable)
      }
      return InstalledModel(
        name: Self.lastComponent(absolute), path: absolute, origin: .path)
    }
    guard Self.isName(name) else {
      throw EmbedError(
        .invalidInput, "invalid model name",
        expected: "a name, an organization and a name, or a path that begins with / or ./",
        got: name.quotedForMessage)
    }
    if let model = firstModel(name) { return model }
    throw notFound(name)
  }

  /// All models in all places, in the order of the search, by name inside a place; the same name may occur again.
  ///
  /// Folders that look like a model's are listed even if opening them would fail.
  ///
  /// - Complexity: O(n) in the number of folders; no file is read but the cache's references.
  public func models() -> [InstalledModel] {
    var models: [InstalledModel] = []
    for place in places {
      for name in Folder.names(in: place.path) where Self.isName(name) {
        let path = Folder.join(place.path, name)
        if ModelFolder.isModel(path) {
          models.append(InstalledModel(name: name, path: path, origin: place.origin))
        }
      }
    }
    return models + caches.flatMap(\.models)
  }

  // MARK: - Search

  private func firstModel(_ name: String) -> InstalledModel? {
    let local = resolve(name)
    if ModelFolder.isModel(local) {
      return InstalledModel(name: Self.lastComponent(local), path: local, origin: .path)
    }
    for place in places {
      let path = Folder.join(place.path, name)
      if ModelFolder.isModel(path) {
        return InstalledModel(name: name, path: path, origin: place.origin)
      }
    }
    return caches.lazy.compactMap { $0.model(name) }.first
  }

  private func notFound(_ name: String) -> EmbedError {
    let searched = places.map(\.path) + caches.map(\.path)
    return EmbedError(
      .modelNotFound, "no such model",
      expected: "\(name.printable) in the working directory or one of "
        + searched.map(\.printable).joined(separator: ", "),
      got: "none; a model is a sentence-transformers folder, such as one from huggingface.co")
  }

  // MARK: - Places

  /// The folders with model folders in them, each once, whether they are there or not.
  private var places: [Place] {
    var places: [Place] = []
    for path in (environment["EMBED_MODELS"] ?? "").split(separator: ":") {
      places.append(Place(path: resolve(expandingHome(String(path))), origin: .environment))
    }
    for path in packageFolders { places.append(Place(path: path, origin: .package)) }
    places.append(
      Place(path: Folder.join(workingDirectory, "Models"), origin: .workingDirectory))
    var known = Set<String>()
    return places.filter { known.insert($0.path).inserted }
  }

  /// `Models/` beside the program, and beside the package that the program was built in.
  private var packageFolders: [String] {
    guard let executable else { return [] }
    var folders: [String] = []
    var folder = executable
    // Build products lie up to five folders deep in a package.
    for level in 0..<6 {
      guard let slash = folder.lastIndex(of: "/"), slash > folder.startIndex else { break }
      folder = String(folder[..<slash])
      if level == 0 || Folder.exists(Folder.join(folder, "Package.swift")) {
        folders.append(Folder.join(folder, "Models"))
      }
    }
    return folders.filter(Folder.isFolder)
  }

  private var caches: [HuggingFaceCache] {
    HuggingFaceCache.paths(environment: environment, home: home).map {
      HuggingFaceCache(path: resolve(expandingHome($0)))
    }
  }

  private var home: String { environment["HOME"] ?? NSHomeDirectory() }

  // MARK: - Paths and names

  /// This process's program.
  private static var currentExecutable: String? {
    #if os(Linux)
      try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    #else
      Bundle.main.executablePath
    #endif
  }

  /// A name's path if it is one and nothing else.
  private static func explicitPath(_ name: String) -> String? {
    let isPath =
      [".", "..", "~"].contains(name)
      || ["/", "./", "../", "~/"].contains(where: name.hasPrefix)
    return isPath ? name : nil
  }

  /// Whether a text is one component or two, none of which leads out of a folder.
  static func isName(_ text: String) -> Bool {
    let components = text.split(separator: "/", omittingEmptySubsequences: false)
    return components.count <= 2
      && components.allSatisfy { component in
        !component.isEmpty && component != "." && component != ".."
          && !component.hasPrefix(".") && !component.utf8.contains { $0 < 0x20 || $0 == 0x7F }
          && component.utf8.count <= 255
      }
  }

  private func expandingHome(_ path: String) -> String {
    if path == "~" { return home }
    return path.hasPrefix("~/") ? Folder.join(home, String(path.dropFirst(2))) : path
  }

  /// The absolute path, without `.` and `..` in it.
  private func resolve(_ path: String) -> String {
    let path = expandingHome(path)
    let absolute = path.hasPrefix("/") ? path : Folder.join(workingDirectory, path)
    return URL(fileURLWithPath: absolute).standardizedFileURL.path
  }

  private static func lastComponent(_ path: String) -> String {
    URL(fileURLWithPath: path).lastPathComponent
  }
}

/// A model folder that was found on this machine.
public struct InstalledModel: Sendable {
  /// A kind of place where models are looked for; an open set, to which later versions add.
  public struct Origin: RawRepresentable, Sendable, Hashable {
    /// The stable name of the kind.
    public let rawValue: String

    /// Makes a kind of a stable name.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The caller's own path.
    public static let path = Origin(rawValue: "path")
    /// A folder that the environment variable `EMBED_MODELS` lists.
    public static let environment = Origin(rawValue: "environment")
    /// `Models/` beside the package or the program.
    public static let package = Origin(rawValue: "package")
    /// `Models/` in the working directory.
    public static let workingDirectory = Origin(rawValue: "working-directory")
    /// The cache of Hugging Face's libraries.
    public static let huggingFaceCache = Origin(rawValue: "hugging-face-cache")
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
