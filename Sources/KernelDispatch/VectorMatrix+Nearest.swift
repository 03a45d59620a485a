import Kernels

extension VectorMatrix {
  /// The `count` vectors nearest to a query, or all if there are fewer, the nearest first.
  ///
  /// - Precondition: the query has the matrix's dimensions.
  /// - Complexity: O(n · `dimensions` + n log `count`) for n vectors.
  package func nearest(
    to query: some Collection<Float>, count: Int, by metric: Metric
  ) -> [Neighbor] {
    var queries = VectorMatrix(dimensions: dimensions, kernels: kernels)
    queries.append(query)
    return nearest(to: queries, count: count, by: metric)[0]
  }

  /// The `count` vectors nearest to each of some queries, or all if there are fewer, the nearest first.
  ///
  /// Of vectors that are as near, the one with the lower index comes first; those whose value is NaN come last. A query's
  /// neighbors do not depend on the queries beside it. Values are as exact as those of `similarities`.
  ///
  /// - Precondition: both matrices have the same dimensions.
  /// - Complexity: O(n · q · `dimensions` + n · q log `count`) for n vectors and q queries.
  package func nearest(
    to queries: VectorMatrix, count: Int, by metric: Metric
  ) -> [[Neighbor]] {
    precondition(count >= 0, "a number of neighbors")
    let comparison = Comparison(self, queries, metric)
    var selections = [Selection](
      repeating: Selection(count: min(count, self.count), metric), count: queries.count)
    comparison.forEachBlock(of: 0..<self.count) { rows, columns, values, stride in
      for query in columns {
        selections[query].offer(values + (query - columns.lowerBound), stride: stride, rows)
      }
    }
    return selections.map { $0.sorted }
  }
}

/// The nearest of the values offered so far: a heap with the farthest on top.
private struct Selection {
  private let capacity: Int
  private let isMoreNearer: Bool
  private var heap: [VectorMatrix.Neighbor] = []

  init(count: Int, _ metric: VectorMatrix.Metric) {
    capacity = count
    isMoreNearer = metric != .euclidean
    heap.reserveCapacity(count)
  }

  /// Takes what is near enough of the values of some rows, `stride` floats from one to the next.
  mutating func offer(_ values: UnsafePointer<Float>, stride: Int, _ rows: Range<Int>) {
    guard capacity > 0 else { return }
    for (row, place) in zip(rows, 0...) {
      let value = values[place * stride]
      if heap.count < capacity {
        heap.append(VectorMatrix.Neighbor(index: row, value: value))
        if heap.count == capacity {
          for node in (0..<capacity / 2).reversed() { siftDown(node) }
        }
        continue
      }
      // Of values as near as the farthest, that with the lower index stays: it came first. A NaN gets past this.
      let farthest = heap[0].value
      if isMoreNearer ? value <= farthest : value >= farthest { continue }
      let neighbor = VectorMatrix.Neighbor(index: row, value: value)
      if precedes(neighbor, heap[0]) {
        heap[0] = neighbor
        siftDown(0)
      }
    }
  }

  /// What was taken, the nearest first.
  var sorted: [VectorMatrix.Neighbor] { heap.sorted(by: precedes) }

  private func precedes(_ a: VectorMatrix.Neighbor, _ b: VectorMatrix.Neighbor) -> Bool {
    if a.value == b.value || (a.value.isNaN && b.value.isNaN) { return a.index < b.index }
    if a.value.isNaN || b.value.isNaN { return b.value.isNaN }
    return isMoreNearer ? a.value > b.value : a.value < b.value
  }

  /// Moves a node down until no child is farther.
  private mutating func siftDown(_ start: Int) {
    var node = start
    while 2 * node + 1 < capacity {
      var child = 2 * node + 1
      if child + 1 < capacity, precedes(heap[child], heap[child + 1]) { child += 1 }
      guard precedes(heap[node], heap[child]) else { return }
      heap.swapAt(node, child)
      node = child
    }
  }
}
