package import EmbedCore
import JSON

/// The list of shards that a large model is split into: which file has which tensor.
///
/// Source: `model.safetensors.index.json` as transformers writes it.
package struct SafetensorsIndex: Sendable {
  /// The index's name in a model folder.
  package static let fileName = "model.safetensors.index.json"

  /// The tensors with their shards' file names, in the order of the file.
  package let entries: [(tensor: String, shard: String)]

  /// Reads an index.
  ///
  /// Throws `fileDamaged` when it breaks a rule or names a shard outside its own folder.
  package init(path: String) throws(EmbedError) {
    let bytes = try RegularFile(path: path).contents(limit: SafetensorsHeader.maximumLength)
    let map = try JSONDocument(parsing: bytes, file: path).object("weight_map")
    var entries: [(tensor: String, shard: String)] = []
    var names = Set<BytewiseString>(minimumCapacity: map.members.count)
    for (tensor, value) in map.members {
      guard names.insert(BytewiseString(tensor)).inserted else {
        throw EmbedError(
          .fileDamaged, "duplicate name", expected: "each tensor once", got: "it twice",
          at: map.location(tensor))
      }
      guard case .string(let shard) = value, Self.isFileName(shard) else {
        throw EmbedError(
          .fileDamaged, "invalid shard", expected: "the name of a file beside the index",
          got: value.summary, at: map.location(tensor))
      }
      entries.append((tensor, shard))
    }
    self.entries = entries
  }

  /// Whether a text names a file in the same folder: one path component that leads nowhere else.
  private static func isFileName(_ text: String) -> Bool {
    !text.isEmpty && text != "." && text != ".."
      && !text.utf8.contains { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") || $0 == 0 }
  }
}
