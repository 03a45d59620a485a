/// The tokens of a word while neighbours are being joined.
struct MergeChain: Sendable {
  private struct Node {
    var id: Int32
    /// In bytes of text; 0 once it has been joined to the one before.
    var length: Int32
    /// The merge with the next node.
    var merge = MergeTable.Merge.none
  }

  /// The nodes beside one in a long chain; -1 and the number of nodes at the ends.
  private struct Neighbours {
    var previous: Int32
    var next: Int32
  }

  /// The most tokens among which looking at all of them is the quickest way to the best pair.
  private static let shortest = 32

  private var nodes: [Node] = []
  /// `(nodes)` of a long chain.
  private var neighbours: [Neighbours] = []
  /// Of a long chain: a binary heap of `rank << 32 | node`, the least on top; entries whose rank is not the node's are
  /// stale.
  private var heap: [UInt64] = []
  /// Whether the last node is an unknown scalar, to which others may be fused.
  private var endsUnknown = false

  mutating func begin() {
    nodes.removeAll(keepingCapacity: true)
    endsUnknown = false
  }

  /// The number of tokens.
  var count: Int { nodes.count }

  /// A token and its bytes of text.
  subscript(index: Int) -> (id: Int32, length: Int) {
    (nodes[index].id, Int(nodes[index].length))
  }

  mutating func append(_ id: Int32, length: Int) {
    endsUnknown = false
    nodes.append(Node(id: id, length: Int32(length)))
  }

  mutating func appendUnknown(_ id: Int32, length: Int, fuses: Bool) {
    if fuses, endsUnknown {
      skip(length)
    } else {
      append(id, length: length)
      endsUnknown = true
    }
  }

  /// Leaves bytes out, which then belong to the token before.
  mutating func skip(_ length: Int) {
    if !nodes.isEmpty { nodes[nodes.count - 1].length += Int32(length) }
  }

  /// Joins pairs as long as there are merges for them, the merge of the lowest rank first, and of one rank the leftmost
  /// pair.
  ///
  /// - Complexity: O(n log n).
  mutating func join(_ merges: MergeTable) {
    for node in nodes.indices.dropLast() {
      nodes[node].merge = merges[nodes[node].id, nodes[node + 1].id]
    }
    if nodes.count <= Self.shortest { joinShort(merges) } else { joinLong(merges) }
  }

  private mutating func joinShort(_ merges: MergeTable) {
    while true {
      var best = -1
      var rank = MergeTable.Merge.none.rank
      for node in nodes.indices where nodes[node].merge.rank < rank {
        (best, rank) = (node, nodes[node].merge.rank)
      }
      if best < 0 { return }
      nodes[best].id = nodes[best].merge.id
      nodes[best].length += nodes[best + 1].length
      nodes.remove(at: best + 1)
      let hasNext = best + 1 < nodes.count
      nodes[best].merge = hasNext ? merges[nodes[best].id, nodes[best + 1].id] : .none
      if best > 0 { nodes[best - 1].merge = merges[nodes[best - 1].id, nodes[best].id] }
    }
  }
}

// MARK: - Long words

extension MergeChain {
  private mutating func joinLong(_ merges: MergeTable) {
    heap.removeAll(keepingCapacity: true)
    neighbours.removeAll(keepingCapacity: true)
    for node in nodes.indices {
      neighbours.append(Neighbours(previous: Int32(node) - 1, next: Int32(node) + 1))
      pushMerge(of: node)
    }
    while let top = popLeast() {
      let node = Int(UInt32(truncatingIfNeeded: top))
      guard nodes[node].length > 0, UInt64(nodes[node].merge.rank) == top >> 32 else { continue }
      let next = Int(neighbours[node].next)
      nodes[node].id = nodes[node].merge.id
      nodes[node].length += nodes[next].length
      nodes[next].length = 0
      neighbours[node].next = neighbours[next].next
      if neighbours[node].next < nodes.count {
        neighbours[Int(neighbours[node].next)].previous = Int32(node)
      }
      findMerge(of: node, merges)
      if neighbours[node].previous >= 0 { findMerge(of: Int(neighbours[node].previous), merges) }
    }
    nodes.removeAll { $0.length == 0 }
  }

  /// Looks for the merge of a node with the next one.
  private mutating func findMerge(of node: Int, _ merges: MergeTable) {
    let next = Int(neighbours[node].next)
    nodes[node].merge = next < nodes.count ? merges[nodes[node].id, nodes[next].id] : .none
    pushMerge(of: node)
  }

  private mutating func pushMerge(of node: Int) {
    let rank = nodes[node].merge.rank
    if rank != MergeTable.Merge.none.rank { push(UInt64(rank) << 32 | UInt64(node)) }
  }

  private mutating func push(_ entry: UInt64) {
    heap.append(entry)
    var child = heap.count - 1
    while child > 0, case let parent = (child - 1) / 2, heap[parent] > heap[child] {
      heap.swapAt(parent, child)
      child = parent
    }
  }

  private mutating func popLeast() -> UInt64? {
    guard let least = heap.first else { return nil }
    let last = heap.removeLast()
    if heap.isEmpty { return least }
    heap[0] = last
    var parent = 0
    while true {
      var child = 2 * parent + 1
      guard child < heap.count else { return least }
      if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
      guard heap[child] < heap[parent] else { return least }
      heap.swapAt(parent, child)
      parent = child
    }
  }
}

/// From pairs of tokens to the ranks of their merges and the tokens that they become.
struct MergeTable: Sendable {
  /// What joins two tokens.
  struct Merge: Sendable {
    /// Merges of lower ranks come first.
    var rank: UInt32
    /// The token that both become.
    var id: Int32

    /// Of a pair that is not joined.
    static let none = Merge(rank: .max, id: 0)
  }

  private struct Slot {
    var pair: UInt64 = .max
    var merge = Merge.none
  }

  /// Open addressing, at most half full.
  private var slots: [Slot]
  private let shift: UInt64

  /// Makes a table of pairs in the order of their ranks; of equal pairs the last one counts.
  init(
    _ merges: [(first: String, second: String)], _ tokens: TokenList
  ) throws(TokenizerError) {
    var bits: UInt64 = 4
    while 1 << bits < 2 * merges.count { bits += 1 }
    shift = 64 - bits
    slots = [Slot](repeating: Slot(), count: 1 << bits)
    func id(_ token: String) throws(TokenizerError) -> Int32 {
      guard let id = tokens.ids.find(token, pool: tokens.pool) else { throw .undefinedMerge(token) }
      return id
    }
    for (rank, merge) in merges.enumerated() {
      let pair = Self.pair(try id(merge.first), try id(merge.second))
      slots[index(of: pair)] = Slot(
        pair: pair, merge: Merge(rank: UInt32(rank), id: try id(merge.first + merge.second)))
    }
  }

  /// The merge of two tokens, or none.
  @inline(__always)
  subscript(first: Int32, second: Int32) -> Merge {
    slots[index(of: Self.pair(first, second))].merge
  }

  @inline(__always)
  private static func pair(_ first: Int32, _ second: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: first)) << 32 | UInt64(UInt32(bitPattern: second))
  }

  @inline(__always)
  private func index(of pair: UInt64) -> Int {
    let mixed = (pair ^ pair >> 29) &* 0x9E37_79B9_7F4A_7C15
    var index = Int(mixed >> shift)
    while slots[index].pair != pair && slots[index].pair != .max {
      index = (index + 1) & (slots.count - 1)
    }
    return index
  }
}
