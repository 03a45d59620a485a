import Foundation
import Kernels
import ModelFiles

/// Pairs of texts, and what `CrossEncoder` of sentence-transformers makes of them, from `Tests/Reference/rerankers`.
package struct ReferencePairs: Sendable {
  package let pairs: [(first: String, second: String)]
  /// The token ids of each pair.
  package let ids: [[Int32]]
  /// The token types of each pair; empty arrays for a model that takes none.
  package let typeIDs: [[Int32]]
  /// `(pairs, labels)`.
  package let logits: [[Float]]
  /// `(pairs, labels)`: with the model's own function.
  package let scores: [[Float]]
  /// The model's folder.
  package let path: String

  /// Reads what there is of a model.
  package init(_ name: String) throws {
    let folder = PackageFolder.path("Tests/Reference/rerankers")
    path = "\(folder)/\(name)"
    let pairs = try Self.decode([[String]].self, "\(folder)/pairs.json")
    self.pairs = pairs.map { ($0[0], $0[1]) }
    ids = try Self.decode([[Int32]].self, "\(path)/ids.json")
    let types = "\(path)/token-types.json"
    typeIDs =
      FileManager.default.fileExists(atPath: types)
      ? try Self.decode([[Int32]].self, types) : pairs.map { _ in [] }
    logits = try Self.rows("logits", of: "\(path)/logits.safetensors")
    scores = try Self.rows("scores", of: "\(path)/scores.safetensors")
  }

  private static func decode<T: Decodable>(_ type: T.Type, _ path: String) throws -> T {
    try JSONDecoder().decode(type, from: Data(contentsOf: URL(fileURLWithPath: path)))
  }

  private static func rows(_ name: String, of path: String) throws -> [[Float]] {
    let file = try SafetensorsFile(path: path)
    let shape = file.header.tensors.first { $0.name == name }?.shape ?? []
    let values = try file.floats(name, shape: shape).values
    let columns = shape.last ?? 1
    return stride(from: 0, to: values.count, by: columns).map { Array(values[$0..<$0 + columns]) }
  }
}
