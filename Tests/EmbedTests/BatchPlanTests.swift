import Testing

@testable import Embed

@Suite struct BatchPlanTests {
  /// Lengths as texts have them, the same every time.
  private func lengths(_ count: Int, seed: UInt64, longest: Int) -> [Int] {
    var state = seed
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return 1 + Int(state >> 33) % longest
    }
  }

  @Test(arguments: [(1, 10), (7, 600), (100, 40), (1000, 256)], [1, 2, 8])
  func `batches have every sequence once, longest first, within the budget`(
    texts: (count: Int, longest: Int), workers: Int
  ) {
    let budget = 512
    for seed in 0..<20 {
      let lengths = lengths(texts.count, seed: UInt64(seed), longest: texts.longest)
      let plan = BatchPlan(lengths: lengths, budget: budget, workers: workers)
      let places = plan.batches.flatMap { $0 }
      #expect(places.sorted() == Array(lengths.indices))
      #expect(zip(places, places.dropFirst()).allSatisfy { lengths[$0] >= lengths[$1] })
      for batch in plan.batches {
        let tokens = batch.reduce(0) { $0 + lengths[$1] }
        #expect(tokens <= budget || batch.count == 1)
        #expect(!batch.isEmpty)
      }
    }
  }

  @Test func `a batch is filled as long as the next sequence fits`() {
    #expect(
      BatchPlan(lengths: [6, 4, 5, 5, 1, 9], budget: 10, workers: 1).batches
        == [[5], [0], [2, 3], [1, 4]])
    #expect(BatchPlan(lengths: [10, 10], budget: 20, workers: 1).batches == [[0, 1]])
    #expect(BatchPlan(lengths: [10, 11], budget: 20, workers: 1).batches == [[1], [0]])
  }

  @Test func `a sequence longer than the budget has a batch of its own`() {
    #expect(
      BatchPlan(lengths: [30, 2, 40, 3], budget: 10, workers: 1).batches == [[2], [0], [3, 1]])
  }

  @Test func `little work is cut into a batch for each worker`() {
    let plan = BatchPlan(lengths: [Int](repeating: 10, count: 8), budget: 512, workers: 4)
    #expect(plan.batches.map(\.count) == [2, 2, 2, 2])
    #expect(BatchPlan(lengths: [3], budget: 512, workers: 4).batches == [[0]])
  }

  @Test func `nothing is no batch`() {
    #expect(BatchPlan(lengths: [], budget: 512, workers: 2).batches == [])
  }
}
