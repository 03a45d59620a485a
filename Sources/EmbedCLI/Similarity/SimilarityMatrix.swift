import Embed
import Foundation

/// How alike vectors are, each with each: some rows at a time, so that only the vectors are held.
struct SimilarityMatrix {
  /// How a matrix is written.
  enum Format: String, CaseIterable {
    /// Lines of aligned numbers.
    case text
    /// An array of arrays.
    case json
    /// A NumPy array of float32, `(count, count)`.
    case npy
  }

  /// The rows that are computed together.
  private static let blockSize = 64

  let vectors: VectorTable
  let metric: Metric

  /// Writes the matrix.
  ///
  /// - Throws: `EmbedError` with code `fileInaccessible`; `ClosedPipe`.
  /// - Complexity: O(count² · dimensions).
  func write(to output: OutputFile, as format: Format) throws {
    let count = vectors.count
    if format == .npy {
      try output.write(NumpyHeader(count: count, dimensions: count).bytes)
    }
    // No number is longer than what the longest vectors can reach.
    let longest = Double(vectors.norms.max() ?? 0)
    let width = metric == .cosine ? 7 : max(7, Self.text(-2 * max(1, longest * longest)).utf8.count)
    for start in stride(from: 0, to: count, by: Self.blockSize) {
      let rows = start..<min(count, start + Self.blockSize)
      let values = vectors.compare(rows, of: vectors, by: metric)
      var bytes: [UInt8] = []
      bytes.reserveCapacity(values.count * (format == .text ? width + 2 : 12))
      for row in rows {
        let cells = values[(row - start) * count..<(row - start + 1) * count]
        switch format {
        case .text: bytes.appendAligned(cells, width: width)
        case .json:
          bytes.append(row == 0 ? "[" : " ")
          bytes.appendJSON(cells)
          bytes.append(row == count - 1 ? "]\n" : ",\n")
        case .npy:
          bytes.append(contentsOf: Embedding(Array(cells)).littleEndianBytes)
        }
      }
      try output.write(bytes)
    }
  }

  private static func text(_ value: Double) -> String { String(format: "%.4f", value) }
}

extension [UInt8] {
  /// Appends a line of numbers, right-aligned, two spaces between them.
  fileprivate mutating func appendAligned(_ values: ArraySlice<Float>, width: Int) {
    for (index, value) in values.enumerated() {
      if index > 0 { append("  ") }
      appendDecimal(value, width: width)
    }
    append("\n")
  }

  /// Appends a number with four decimals and no negative zero, behind spaces up to a width.
  mutating func appendDecimal(_ value: Float, width: Int = 0) {
    let scaled = (Double(value) * 1e4).rounded()
    guard abs(scaled) < 1e18 else {
      let text = String(format: "%.4f", Double(value))
      append(String(repeating: " ", count: Swift.max(0, width - text.utf8.count)) + text)
      return
    }
    // From the last character to the first.
    let start = count
    var rest = UInt64(abs(scaled))
    repeat {
      if count - start == 4 { append(".") }
      append(UInt8(ascii: "0") + UInt8(rest % 10))
      rest /= 10
    } while rest > 0 || count - start < 6
    if scaled < 0 { append("-") }
    while count - start < width { append(" ") }
    var (low, high) = (start, count - 1)
    while low < high {
      swapAt(low, high)
      (low, high) = (low + 1, high - 1)
    }
  }
}
