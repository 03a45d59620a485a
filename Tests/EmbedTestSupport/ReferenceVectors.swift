package import EmbedCore
import Foundation
import JSON
import Kernels
import ModelFiles

/// Texts and the vectors that sentence-transformers makes of them, from `Tests/Reference`.
package struct ReferenceVectors: Sendable {
  package let texts: [String]
  /// One vector a text.
  package let vectors: [[Float]]

  /// Reads `Tests/Reference/<folder>/texts.json` and `<name>.safetensors` in the same folder.
  package init(folder: String, name: String = "vectors") throws {
    let folder = PackageFolder.path("Tests/Reference/\(folder)")
    let texts = try Self.json("\(folder)/texts.json").arrayValue.compactMap(\.stringValue)
    let file = try SafetensorsFile(path: "\(folder)/\(name).safetensors")
    guard let tensor = file.header.tensors.first(where: { $0.name == "embeddings" }),
      tensor.shape.count == 2, tensor.shape[0] == texts.count
    else {
      throw EmbedError(
        .fileDamaged, "reference vectors", expected: "embeddings (\(texts.count), dimensions)",
        got: "another tensor", at: "\(folder)/\(name).safetensors")
    }
    let dimensions = tensor.shape[1]
    let all = try file.floats("embeddings", shape: tensor.shape).values
    self.texts = texts
    vectors = texts.indices.map { Array(all[$0 * dimensions..<($0 + 1) * dimensions]) }
  }

  /// The reference's token ids of the texts, from `<name>.json` in the same folder.
  package static func tokenIDs(folder: String, name: String = "ids") throws -> [[Int32]] {
    try json(PackageFolder.path("Tests/Reference/\(folder)/\(name).json")).arrayValue.map {
      $0.arrayValue.compactMap { Int32($0.numberText) }
    }
  }

  private static func json(_ path: String) throws -> JSONValue {
    try JSONParser.parse([UInt8](Data(contentsOf: URL(fileURLWithPath: path))))
  }
}

extension ReferenceVectors {
  /// The largest difference of a component, of vectors scaled so that the reference's length is at most 1.
  package func largestScaledDifference(to vectors: [[Float]]) -> Float {
    guard vectors.count == self.vectors.count else { return .infinity }
    return zip(self.vectors, vectors).map { reference, vector in
      let length = reference.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return EmbedTestSupport.largestDifference(reference, vector) / max(1, length)
    }.max() ?? .infinity
  }

  /// The largest difference of a component between vectors and the reference's.
  package func largestDifference(to embeddings: [Embedding]) -> Float {
    guard embeddings.count == vectors.count else { return .infinity }
    return zip(vectors, embeddings).map { EmbedTestSupport.largestDifference($0, $1.vector) }
      .max() ?? .infinity
  }
}

/// The largest difference of a component; infinite when the lengths differ or a component is not a number.
package func largestDifference(_ a: [Float], _ b: [Float]) -> Float {
  guard a.count == b.count else { return .infinity }
  return zip(a, b).reduce(0) { largest, pair in
    let difference = abs(pair.0 - pair.1)
    return difference.isNaN ? .infinity : max(largest, difference)
  }
}

extension JSONValue {
  fileprivate var arrayValue: [JSONValue] {
    if case .array(let values) = self { values } else { [] }
  }

  fileprivate var numberText: String {
    if case .number(let text) = self { text } else { "" }
  }
}
