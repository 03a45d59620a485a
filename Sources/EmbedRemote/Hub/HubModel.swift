import EmbedCore
import Foundation

/// A model of the hub at one of its revisions, both names checked: they become parts of addresses and of paths.
struct HubModel: Sendable {
  /// Such as `sentence-transformers/all-MiniLM-L6-v2`.
  let id: String
  /// A branch, a tag, or a commit.
  let revision: String

  /// Takes names as a user writes them; a name without an organization is one of sentence-transformers, as that library
  /// has it.
  ///
  /// - Throws: `EmbedError` with code `invalidInput`.
  init(id: String, revision: String) throws(EmbedError) {
    guard Self.isID(id) else {
      throw EmbedError(
        .invalidInput, "invalid name of a model", expected: "ORGANIZATION/NAME",
        got: id.quotedForMessage)
    }
    guard Self.isRevision(revision) else {
      throw EmbedError(
        .invalidInput, "invalid revision", expected: "a branch, a tag or a commit",
        got: revision.quotedForMessage)
    }
    self.id = id.contains("/") ? id : "sentence-transformers/\(id)"
    self.revision = revision
  }

  /// The name of the model's folder in the cache.
  var folder: String { "models--" + id.split(separator: "/").joined(separator: "--") }

  /// Whether a text is a commit in full.
  static func isCommit(_ text: String) -> Bool { text.isHexadecimal(count: 40) }

  /// Whether a text is one name or two, by the rules of the hub.
  private static func isID(_ text: String) -> Bool {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    return parts.count <= 2 && text.utf8.count <= 96 && !text.contains("--") && !text.contains("..")
      && parts.allSatisfy { part in
        guard let first = part.first, let last = part.last else { return false }
        return part.utf8.allSatisfy(isNameByte) && !"-.".contains(first) && !"-.".contains(last)
      }
  }

  /// Whether a text can be a reference of Git and a path in a folder of references.
  private static func isRevision(_ text: String) -> Bool {
    text.utf8.count <= 200
      && text.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
        !part.isEmpty && !part.hasPrefix(".") && !part.hasPrefix("-") && !part.contains("..")
          && !part.hasSuffix(".lock")
          && part.utf8.allSatisfy {
            $0 > 0x20 && $0 != 0x7F && !Array("~^:?*[\\".utf8).contains($0)
          }
      }
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
      UInt8(ascii: "."):
      true
    default: false
    }
  }
}

/// A file as the hub lists it.
struct HubFile: Sendable, Hashable {
  /// What its content is checked against.
  enum Checksum: Sendable, Hashable {
    /// Of the content alone: files in Git's large file storage.
    case sha256(String)
    /// The SHA-1 of Git's object, which has the length in front: all others.
    case gitBlob(String)
  }

  /// Its path in the model's folder, checked when it is to be fetched.
  let name: String
  let size: Int
  let checksum: Checksum

  /// The name of its content in the cache.
  var blobName: String {
    switch checksum {
    case .sha256(let digits), .gitBlob(let digits): digits
    }
  }

  /// Whether a name is a path that stays in its folder, whoever wrote it.
  static func isSafe(_ name: String) -> Bool {
    name.utf8.count <= 1000
      && name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
        !part.isEmpty && part != "." && part != ".." && part.utf8.count <= 255
          && part.unicodeScalars.allSatisfy {
            $0.properties.generalCategory != .control && $0 != "\\"
          }
      }
  }
}

extension String {
  /// Whether it is so many hexadecimal digits in lower case.
  func isHexadecimal(count: Int) -> Bool {
    utf8.count == count
      && utf8.allSatisfy {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
          || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
      }
  }
}
