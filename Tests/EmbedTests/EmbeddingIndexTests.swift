import Embed
import Testing

@Suite struct EmbeddingIndexTests {
  private let index = EmbeddingIndex([
    Embedding([1, 0, 0]), Embedding([0, 2, 0]), Embedding([3, 3, 0]), Embedding([0, 0, 0]),
    Embedding([2, 0, 0]),
  ])

  @Test func `the nearest come first, of equally near ones the first`() {
    let query = Embedding([5, 0, 0])
    let cosine = index.nearest(to: query, count: 3)
    #expect(cosine.map(\.index) == [0, 4, 2])
    #expect(cosine.map(\.score)[..<2] == [1, 1])
    #expect(index.nearest(to: query, count: 2, by: .dot).map(\.index) == [2, 4])
    let near = index.nearest(to: query, count: 9, by: .euclidean)
    #expect(near.map(\.index) == [4, 2, 0, 3, 1])
    #expect(near[0].score == 3)
    #expect(index.nearest(to: query, count: 0).isEmpty)
  }

  @Test(arguments: EmbeddingIndex.Metric.allCases)
  func `similarities are those of the embeddings`(metric: EmbeddingIndex.Metric) {
    let embeddings = (0..<40).map { row in
      Embedding((0..<33).map { Float(($0 * 7 + row * 13) % 29) - 14 })
    }
    let all = EmbeddingIndex(embeddings)
    let values = all.similarities(of: 3..<20, to: all, by: metric)
    for row in 3..<20 {
      for column in 0..<40 {
        let (a, b) = (embeddings[row], embeddings[column])
        let expected =
          switch metric {
          case .cosine: a.cosineSimilarity(to: b)
          case .dot: a.dotProduct(with: b)
          default: a.euclideanDistance(to: b)
          }
        let value = values[(row - 3) * 40 + column]
        #expect(abs(Double(value) - expected) <= 1e-5 * max(1, abs(expected)))
      }
    }
    #expect(all.similarities(to: embeddings[5], by: metric) == Array(values[80..<120]))
  }

  @Test func `an index of nothing, or of empty vectors, has nothing near`() {
    #expect(EmbeddingIndex().nearest(to: Embedding([1]), count: 5).isEmpty)
    #expect(EmbeddingIndex().similarities(to: Embedding([1])).isEmpty)
    let empty = EmbeddingIndex([Embedding([]), Embedding([])])
    #expect(empty.nearest(to: Embedding([]), count: 1).map(\.index) == [0])
  }
}
