/// Sequences of similar length grouped into batches of a bounded number of tokens.
struct BatchPlan {
  /// Places of sequences, longest first, batch by batch.
  let batches: [[Int]]

  /// Groups sequences of the given lengths for a number of workers.
  ///
  /// A batch holds at most `budget` tokens, or one sequence; less when that keeps every worker busy.
  ///
  /// - Complexity: O(n log n) in the number of sequences.
  init(lengths: [Int], budget: Int, workers: Int) {
    let total = lengths.reduce(0, +)
    let share = min(budget, (total + workers - 1) / workers)
    var batches: [[Int]] = []
    var batch: [Int] = []
    var tokens = 0
    for place in lengths.indices.sorted(by: { lengths[$0] > lengths[$1] }) {
      if !batch.isEmpty, tokens + lengths[place] > share {
        batches.append(batch)
        (batch, tokens) = ([], 0)
      }
      batch.append(place)
      tokens += lengths[place]
    }
    if !batch.isEmpty { batches.append(batch) }
    self.batches = batches
  }
}
