import EmbedCore
import JSON

/// The files of a model at a commit, as the hub tells them.
///
/// `{"sha":"…","siblings":[{"rfilename":"config.json","size":612,"blobId":"…"},
/// {"rfilename":"model.safetensors","size":…,"blobId":"…","lfs":{"sha256":"…","size":…}}]}`
struct HubListing: Sendable {
  let commit: String
  let files: [String: HubFile]

  /// The largest file that anybody publishes, by far.
  private static let largestSize = 1 << 44

  /// Reads the hub's reply.
  ///
  /// - Throws: `EmbedError` with code `invalidReply`.
  init(parsing bytes: [UInt8], from source: String) throws(EmbedError) {
    do throws(EmbedError) {
      let root = try JSONDocument(parsing: bytes, file: "reply of \(source)")
      commit = try root.digits("sha", count: 40)
      var files: [String: HubFile] = [:]
      for entry in try root.objects("siblings") {
        let name = try entry.string("rfilename")
        files[name] = try Self.file(name, entry)
      }
      self.files = files
    } catch {
      throw EmbedError(
        .invalidReply, error.what, expected: error.expected, got: error.got, at: error.location)
    }
  }

  private static func file(_ name: String, _ entry: JSONDocument) throws(EmbedError) -> HubFile {
    if let large = try entry.optionalObject("lfs") {
      return HubFile(
        name: name, size: try large.integer("size", in: 0...largestSize),
        checksum: .sha256(try large.digits("sha256", count: 64)))
    }
    return HubFile(
      name: name, size: try entry.integer("size", in: 0...largestSize),
      checksum: .gitBlob(try entry.digits("blobId", count: 40)))
  }
}

extension JSONDocument {
  /// A checksum that must be there; it becomes a file's name.
  fileprivate func digits(_ key: String, count: Int) throws(EmbedError) -> String {
    let text = try string(key)
    guard text.isHexadecimal(count: count) else {
      throw EmbedError(
        .invalidReply, "invalid checksum", expected: "\(count) hexadecimal digits",
        got: text.quotedForMessage, at: location(key))
    }
    return text
  }
}
