import ArgumentParser
import Embed
import Foundation

/// How alike vectors are, each with each: row by row, so that only the vectors are held.
struct SimilarityMatrix {
  /// How two vectors are compared.
  enum Metric: String, CaseIterable, ExpressibleByArgument {
    /// The cosine of the angle between them, from -1 to 1.
    case cosine
    /// The sum of products.
    case dot
    /// The straight-line distance.
    case euclidean
  }

  let embeddings: [Embedding]
  let metric: Metric

  /// Compares one vector with all.
  ///
  /// - Complexity: O(count · dimensions).
  func row(_ index: Int) -> [Double] {
    let embedding = embeddings[index]
    return embeddings.map { other in
      switch metric {
      case .cosine: embedding.cosineSimilarity(to: other)
      case .dot: embedding.dotProduct(with: other)
      case .euclidean: embedding.euclideanDistance(to: other)
      }
    }
  }

  /// Writes the matrix as lines of aligned numbers.
  ///
  /// - Throws: `EmbedError` with code `fileInaccessible`; `ClosedPipe`.
  func writeText(to output: OutputFile) throws {
    // No number is longer than what the longest vectors can reach.
    let longest = embeddings.map { $0.dotProduct(with: $0) }.max() ?? 0
    let width = metric == .cosine ? 7 : max(7, Self.text(-2 * max(1, longest)).utf8.count)
    for index in embeddings.indices {
      let cells = row(index).map { value in
        let text = Self.text(value)
        return String(repeating: " ", count: max(0, width - text.utf8.count)) + text
      }
      try output.write(Array((cells.joined(separator: "  ") + "\n").utf8))
    }
  }

  /// Writes the matrix as a JSON array of arrays, a row a line.
  ///
  /// - Throws: `EmbedError` with code `fileInaccessible`; `ClosedPipe`.
  func writeJSON(to output: OutputFile) throws {
    for index in embeddings.indices {
      let cells = row(index).map(\.description).joined(separator: ",")
      let start = index == 0 ? "[" : " "
      let end = index == embeddings.count - 1 ? "]\n" : ",\n"
      try output.write(Array("\(start)[\(cells)]\(end)".utf8))
    }
  }

  /// Four decimals, and no negative zero.
  private static func text(_ value: Double) -> String {
    String(format: "%.4f", (value * 1e4).rounded() / 1e4 + 0)
  }
}
