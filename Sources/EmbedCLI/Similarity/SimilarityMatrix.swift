import Embed
import Foundation
import JSON

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

  /// The rows that a task computes and formats.
  private static let blockSize = 32

  let vectors: EmbeddingIndex
  let metric: EmbeddingIndex.Metric

  /// Writes the matrix, a few blocks of rows at a time, so that only the vectors are held.
  ///
  /// - Throws: `EmbedError` with code `fileInaccessible`; `ClosedPipe`.
  /// - Complexity: O(count² · dimensions).
  func write(to output: OutputFile, as format: Format) async throws {
    let count = vectors.count
    if format == .npy {
      try output.write(NumpyHeader(count: count, dimensions: count).bytes)
    }
    let blocks = stride(from: 0, to: count, by: Self.blockSize).map {
      $0..<min(count, $0 + Self.blockSize)
    }
    let width = cellWidth
    let taskCount = ProcessInfo.processInfo.activeProcessorCount
    for start in stride(from: 0, to: blocks.count, by: taskCount) {
      let group = blocks[start..<min(blocks.count, start + taskCount)]
      let parts = await withTaskGroup(of: (Int, [UInt8]).self) { tasks in
        for rows in group {
          tasks.addTask { (rows.lowerBound, self.formatted(rows, as: format, width: width)) }
        }
        return await tasks.reduce(into: [Int: [UInt8]]()) { $0[$1.0] = $1.1 }
      }
      for rows in group { try output.write(parts[rows.lowerBound] ?? []) }
    }
  }

  /// The characters of a number among aligned ones: none is longer than what the longest vectors can reach.
  private var cellWidth: Int {
    guard metric != .cosine else { return 7 }
    let squares = (0..<vectors.count).lazy.map { vectors.squaredLength($0) }
    return max(7, String(format: "%.4f", -2 * max(1, squares.max() ?? 0)).utf8.count)
  }

  private func formatted(_ rows: Range<Int>, as format: Format, width: Int) -> [UInt8] {
    let count = vectors.count
    let values = vectors.similarities(of: rows, to: vectors, by: metric)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(values.count * (format == .text ? width + 2 : 12))
    for row in rows {
      let cells = values[(row - rows.lowerBound) * count..<(row - rows.lowerBound + 1) * count]
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
    return bytes
  }
}

extension [UInt8] {
  /// Appends a line of numbers with four decimals, right-aligned, two spaces between them.
  ///
  /// - Precondition: each has at most `width` characters.
  fileprivate mutating func appendAligned(_ values: ArraySlice<Float>, width: Int) {
    var end = count
    append(contentsOf: repeatElement(UInt8(ascii: " "), count: values.count * (width + 2)))
    // A span, as an array would look with every byte whether it is shared.
    var line = mutableSpan
    for value in values {
      end += width
      line.putDecimal(value, before: end)
      end += 2
    }
    // The last number has no spaces behind it.
    line[end - 2] = UInt8(ascii: "\n")
    removeLast()
  }
}

extension MutableSpan<UInt8> {
  /// Writes a number with four decimals, and no negative zero, so that it ends before an index.
  fileprivate mutating func putDecimal(_ value: Float, before end: Int) {
    let scaled = (Double(value) * 1e4).rounded()
    guard abs(scaled) < 1e18 else {
      let text = String(format: "%.4f", Double(value)).utf8
      for (place, byte) in zip(end - text.count..<end, text) { self[place] = byte }
      return
    }
    var rest = UInt64(abs(scaled))
    var place = end
    repeat {
      place -= place == end - 4 ? 2 : 1
      self[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    } while rest > 0 || place > end - 6
    self[end - 5] = UInt8(ascii: ".")
    if scaled < 0 { self[place - 1] = UInt8(ascii: "-") }
  }
}
