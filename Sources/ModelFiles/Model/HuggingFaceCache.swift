import EmbedCore
import Foundation

/// The folder in which Hugging Face's libraries keep what they fetch.
///
/// A model `ORGANIZATION/NAME` lies in `models--ORGANIZATION--NAME/snapshots/REVISION`; `refs/main` has the revision
/// that is current.
///
/// Source: `file_download.py` of huggingface_hub 1.
struct HuggingFaceCache {
  let path: String

  /// The caches that an environment asks for: that of sentence-transformers, if it has its own, then the common one.
  static func paths(environment: [String: String], home: String) -> [String] {
    let folders = HuggingFaceFolders(environment: environment, home: home)
    return [folders.sentenceTransformersCache, folders.hubCache].compactMap { $0 }
  }

  /// The models in the cache, by name.
  var models: [InstalledModel] {
    Folder.names(in: path).compactMap { entry in
      guard entry.hasPrefix(Self.prefix) else { return nil }
      let parts = entry.dropFirst(Self.prefix.count).components(separatedBy: "--")
      let name = parts.joined(separator: "/")
      guard ModelLibrary.isName(name), let folder = snapshot(entry) else { return nil }
      return InstalledModel(name: name, path: folder, origin: .huggingFaceCache)
    }
  }

  /// The model of a name; one without an organization is first looked for in that of sentence-transformers.
  func model(_ name: String) -> InstalledModel? {
    let names = name.contains("/") ? [name] : ["sentence-transformers/\(name)", name]
    for name in names {
      let entry = Self.prefix + name.split(separator: "/").joined(separator: "--")
      if let folder = snapshot(entry) {
        return InstalledModel(name: name, path: folder, origin: .huggingFaceCache)
      }
    }
    return nil
  }

  private static let prefix = "models--"

  /// The current snapshot of an entry, or the newest when none is marked as current.
  private func snapshot(_ entry: String) -> String? {
    let folder = Folder.join(path, entry)
    let snapshots = Folder.join(folder, "snapshots")
    if let revision = mainRevision(folder) {
      let path = Folder.join(snapshots, revision)
      return ModelFolder.isModel(path) ? path : nil
    }
    return Folder.names(in: snapshots)
      .map { Folder.join(snapshots, $0) }
      .filter(ModelFolder.isModel)
      .max { Self.date($0) < Self.date($1) }
  }

  /// The content of `refs/main`, if it can be a folder's name.
  private func mainRevision(_ folder: String) -> String? {
    let path = Folder.join(folder, "refs/main")
    guard let bytes = try? RegularFile(path: path).contents(limit: 1000) else { return nil }
    let text = String(decoding: bytes, as: UTF8.self)
      .trimmingCharacters(in: .whitespacesAndNewlines)
    return !text.contains("/") && ModelLibrary.isName(text) ? text : nil
  }

  private static func date(_ path: String) -> Date {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return attributes?[.modificationDate] as? Date ?? .distantPast
  }
}
