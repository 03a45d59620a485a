import EmbedCore
import Foundation

/// A model's part of the cache that Hugging Face's libraries share.
///
/// ```
/// models--ORGANIZATION--NAME/blobs/CHECKSUM                a file's content
/// models--ORGANIZATION--NAME/snapshots/COMMIT/FILE         a link to it
/// models--ORGANIZATION--NAME/refs/REVISION                 the commit of a branch or a tag
/// .locks/models--ORGANIZATION--NAME/CHECKSUM.lock          who fetches it
/// ```
///
/// Source: https://huggingface.co/docs/huggingface_hub/guides/manage-cache
struct HubCache: Sendable {
  /// The model's folder.
  let folder: String
  /// The folder of the locks.
  let locks: String
  /// Whether snapshots link to the files rather than have copies.
  let linksFiles: Bool

  init(of model: HubModel, settings: HubSettings) {
    folder = "\(settings.cache)/\(model.folder)"
    locks = "\(settings.cache)/.locks/\(model.folder)"
    linksFiles = settings.linksFiles
  }

  func snapshot(_ commit: String) -> String { "\(folder)/snapshots/\(commit)" }
  func blob(_ file: HubFile) -> String { "\(folder)/blobs/\(file.blobName)" }
  func lock(_ file: HubFile) -> String { "\(locks)/\(file.blobName).lock" }

  /// The content of a file, if it is there: its own, or that of a snapshot which was made without links.
  func content(_ file: HubFile, commit: String) -> String? {
    [blob(file), "\(snapshot(commit))/\(file.name)"].first { CachePath.size($0) == file.size }
  }

  /// Makes the folders that a download writes to.
  func prepare() throws(EmbedError) {
    try CachePath.makeFolder("\(folder)/blobs")
    try CachePath.makeFolder(locks)
  }

  // MARK: - Snapshots

  /// Puts files under their names into a commit's snapshot, in order.
  func place(_ files: [HubFile], commit: String) throws(EmbedError) {
    for file in files { try place(file, commit: commit) }
  }

  private func place(_ file: HubFile, commit: String) throws(EmbedError) {
    let path = "\(snapshot(commit))/\(file.name)"
    // Whatever was put there before stays, unless it is a link to something else or broken.
    if CachePath.size(path) == file.size { return }
    try CachePath.makeFolder(CachePath.folder(of: path))
    if linksFiles {
      let levels = 2 + file.name.utf8.filter { $0 == UInt8(ascii: "/") }.count
      let target = String(repeating: "../", count: levels) + "blobs/\(file.blobName)"
      let link = CachePath.temporary(beside: path)
      if symlink(target, link) == 0 {
        if rename(link, path) == 0 { return }
        let failure = errno
        unlink(link)
        throw .cache("cannot write", failure, at: path)
      }
      // Some file systems have no links.
      guard [EPERM, EOPNOTSUPP, ENOTSUP, ENOSYS].contains(errno) else {
        throw .cache("cannot write", errno, at: path)
      }
    }
    try CachePath.copy(blob(file), to: path)
  }

  /// The files of a commit's snapshot by their paths in it.
  func names(commit: String) -> Set<String> {
    let path = snapshot(commit)
    let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
    return Set(names.filter { CachePath.size("\(path)/\($0)") != nil })
  }

  // MARK: - References

  /// The commit that a revision stood for when it was last fetched.
  func commit(of revision: String) -> String? {
    if HubModel.isCommit(revision) { return revision }
    guard let bytes = try? CachePath.contents("\(folder)/refs/\(revision)", limit: 1000) else {
      return nil
    }
    let text = String(decoding: bytes, as: UTF8.self).trimmingCharacters(
      in: .whitespacesAndNewlines)
    return HubModel.isCommit(text) ? text : nil
  }

  /// Has a revision stand for a commit, whose snapshot is whole.
  func setCommit(_ commit: String, of revision: String) throws(EmbedError) {
    guard !HubModel.isCommit(revision), self.commit(of: revision) != commit else { return }
    let path = "\(folder)/refs/\(revision)"
    try CachePath.makeFolder(CachePath.folder(of: path))
    // Without a line's end: others do not expect one.
    try CachePath.write(Array(commit.utf8), to: path)
  }
}
