import Embed
import EmbedTestSupport
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
    #expect(try rows(run) == expected)
  }

  @Test func `aligns numbers of any size`() throws {
    let run = try EmbedRun(
      "similarity", "-m", "test:?dimensions=65536", "--no-normalize", "--metric", "dot", "a", "b")
    let points = run.lines.map { line in line.indices.filter { line[$0] == "." } }
    #expect(points[0].count == 2)
    #expect(points[0] == points[1])
  }

  @Test func `wants two texts from a file too`() throws {
    let run = try EmbedRun("similarity", "-m", "test:", "-i", "-", input: .text("a\n"))
    #expect(run.status == 1)
    #expect(run.output == [])
    #expect(run.errors == "embed: a comparison: expected at least two texts, got 1\n")
  }
}
