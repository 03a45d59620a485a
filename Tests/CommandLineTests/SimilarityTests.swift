import Embed
import EmbedTestSupport
import Foundation
import JSON
import Testing

@Suite struct SimilarityTests {
  private let texts = ["a", "b", "c"]

  private func expected(
    _ compare: (Embedding, Embedding) -> Double, options: EmbedOptions = EmbedOptions()
  ) async throws -> [[Double]] {
    let embeddings = try await TestEmbedder(dimensions: 4).embed(texts, options: options)
    return embeddings.map { row in embeddings.map { compare(row, $0) } }
  }

  private func rows(_ run: EmbedRun) throws -> [[Double]] {
    guard case .array(let rows) = try JSONParser.parse(run.output) else { return [] }
    return rows.map { row in
      guard case .array(let cells) = row else { return [] }
      return cells.compactMap { if case .number(let text) = $0 { Double(text) } else { nil } }
    }
  }

  @Test func `prints an aligned matrix of cosines`() async throws {
    let run = try EmbedRun("similarity", "-m", TestVectors.address, "a", "b", "c")
    #expect(run.status == 0)
    let values = run.lines.map { $0.split(separator: " ").compactMap { Double($0) } }
    let cosines = try await expected { $0.cosineSimilarity(to: $1) }
    #expect(values.map(\.count) == [3, 3, 3])
    for (row, cosineRow) in zip(values, cosines) {
      for (value, cosine) in zip(row, cosineRow) { #expect(abs(value - cosine) <= 0.5001e-4) }
    }
    #expect(Set(run.lines.map(\.count)) == [25])
    #expect(run.lines[0].hasPrefix(" 1.0000  "))
  }

  @Test(arguments: ["cosine", "dot", "euclidean"])
  func `prints a JSON matrix of each metric`(metric: String) async throws {
    let run = try EmbedRun(
      "similarity", "-m", TestVectors.address, "--metric", metric, "-f", "json", "--no-normalize",
      "-i", "-", input: .text("a\nb\nc\n"))
    #expect(run.status == 0)
    let expected = try await expected(
      { a, b in
        switch metric {
        case "dot": a.dotProduct(with: b)
        case "euclidean": a.euclideanDistance(to: b)
        default: a.cosineSimilarity(to: b)
        }
      }, options: EmbedOptions(normalization: .none))
    let values = try rows(run)
    #expect(values.map(\.count) == expected.map(\.count))
    for (value, expected) in zip(values.joined(), expected.joined()) {
      #expect(abs(value - expected) <= 1e-6 * max(1, abs(expected)))
    }
  }

  @Test func `aligns numbers of any size`() throws {
    let run = try EmbedRun(
      "similarity", "-m", "test:?dimensions=65536", "--no-normalize", "--metric", "dot", "a", "b")
    let points = run.lines.map { line in line.indices.filter { line[$0] == "." } }
    #expect(points[0].count == 2)
    #expect(points[0] == points[1])
  }

  @Test(arguments: ["cosine", "dot", "euclidean"])
  func `writes a NumPy matrix with the numbers of the JSON one`(metric: String) throws {
    // More rows than are computed together, and dimensions that are no multiple of a vector unit's width.
    let lines = (0..<150).map { "\($0)\n" }.joined()
    let arguments = ["similarity", "-m", "test://?dimensions=37", "--metric", metric, "-f"]
    let json = try EmbedRun(arguments: arguments + ["json"], input: .text(lines))
    let numpy = try EmbedRun(arguments: arguments + ["npy"], input: .text(lines))
    #expect(numpy.status == 0)
    let array = try NumpyArray(numpy.output)
    #expect(array.header == "{'descr': '<f4', 'fortran_order': False, 'shape': (150, 150), }")
    #expect(try array.components == rows(json).joined().map(Float.init))
    #expect(array.components.count == 150 * 150)
  }

  @Test func `rounds and signs numbers as everybody does`() throws {
    let run = try EmbedRun(
      "similarity", "-m", "test:?dimensions=65536", "--no-normalize", "--metric", "dot", "a", "b")
    let cells = run.lines.flatMap { $0.split(separator: " ").map(String.init) }
    let json = try EmbedRun(
      "similarity", "-m", "test:?dimensions=65536", "--no-normalize", "--metric", "dot", "-f",
      "json", "a", "b")
    #expect(try cells == rows(json).joined().map { String(format: "%.4f", Double(Float($0))) })
    #expect(cells.contains { $0.utf8.count > 9 })
    let null = try EmbedRun("similarity", "-m", "null:", "a", "b")
    #expect(null.lines == [" 0.0000   0.0000", " 0.0000   0.0000"])
  }

  @Test func `wants two texts from a file too`() throws {
    let run = try EmbedRun("similarity", "-m", "test:", "-i", "-", input: .text("a\n"))
    #expect(run.status == 1)
    #expect(run.output == [])
    #expect(run.errors == "embed: nothing to compare: expected at least two texts, got 1\n")
  }
}
