/// All byte strings of a vocabulary as a tree, for finding those that begin at a place of a text.
///
/// Nodes are in breadth-first order, so that the children of a node stand side by side, by ascending byte, and a node
/// needs the place of its first child alone.
struct PieceTrie: Sendable {
  private struct Node {
    /// Where its children begin; they end where those of the next node do.
    var firstChild: UInt32 = 0
    /// The token that ends at it, or -1.
    var id: Int32 = -1
  }

  /// `(nodes + 1)`.
  private var nodes: [Node] = []
  /// `(nodes)`: the byte that leads to a node.
  private var labels: [UInt8] = []
  /// `(256)`: the nodes of first bytes, or 0.
  private var roots = [UInt32](repeating: 0, count: 256)

  /// Makes a trie of parts of a pool; of equal ones the last counts.
  ///
  /// - Complexity: O(n log n) in the number of tokens, with comparisons of their common beginnings.
  init(_ tokens: [Vocabulary.Token], pool: [UInt8]) {
    let sorted = Self.sorted(tokens, pool)
    nodes.reserveCapacity(3 * tokens.count)
    labels.reserveCapacity(3 * tokens.count)
    nodes.append(Node())
    labels.append(0)
    var node = 0
    // Of each node of a level, which tokens begin with its bytes.
    var level = [0..<sorted.count]
    var depth = 0
    while !level.isEmpty {
      var next: [Range<Int>] = []
      for range in level {
        nodes[node].firstChild = UInt32(nodes.count)
        node += 1
        var start = range.lowerBound
        while start < range.upperBound, sorted[start].range.count <= depth { start += 1 }
        while start < range.upperBound {
          let byte = pool[sorted[start].range.lowerBound + depth]
          var end = start
          var id: Int32 = -1
          while end < range.upperBound, pool[sorted[end].range.lowerBound + depth] == byte {
            if sorted[end].range.count == depth + 1 { id = sorted[end].id }
            end += 1
          }
          if depth == 0 { roots[Int(byte)] = UInt32(nodes.count) }
          nodes.append(Node(id: id))
          labels.append(byte)
          next.append(start..<end)
          start = end
        }
      }
      level = next
      depth += 1
    }
    nodes.append(Node(firstChild: UInt32(nodes.count)))
  }

  /// The tokens by their bytes, equal ones by id.
  private static func sorted(_ tokens: [Vocabulary.Token], _ pool: [UInt8]) -> [Vocabulary.Token] {
    // Eight bytes as one number settle most comparisons.
    let keyed = tokens.filter { !$0.range.isEmpty }.map { token in
      var key: UInt64 = 0
      for place in 0..<8 {
        key =
          key << 8 | (place < token.range.count ? UInt64(pool[token.range.lowerBound + place]) : 0)
      }
      return (key: key, token: token)
    }
    return keyed.sorted { left, right in
      if left.key != right.key { return left.key < right.key }
      let (first, second) = (left.token.range.dropFirst(8), right.token.range.dropFirst(8))
      if pool[first].lexicographicallyPrecedes(pool[second]) { return true }
      if pool[second].lexicographicallyPrecedes(pool[first]) { return false }
      let lengths = (left.token.range.count, right.token.range.count)
      return lengths.0 == lengths.1 ? left.token.id < right.token.id : lengths.0 < lengths.1
    }.map { $0.token }
  }

  /// Calls a function with the end and the id of each token that begins at a place of a text, the shortest first.
  ///
  /// - Complexity: O(longest token), each step a search among the bytes that may follow.
  @inline(__always)
  func forEachPrefix(
    of text: Span<UInt8>, _ range: Range<Int>, do body: (_ end: Int, _ id: Int32) -> Void
  ) {
    var index = range.lowerBound
    guard index < range.upperBound else { return }
    let (nodes, labels) = (nodes.span, labels.span)
    var node = Int(roots[Int(text[index])])
    while node != 0 {
      index += 1
      if nodes[node].id >= 0 { body(index, nodes[node].id) }
      guard index < range.upperBound else { return }
      let children = Int(nodes[node].firstChild)..<Int(nodes[node + 1].firstChild)
      node = Self.find(text[index], in: labels, children)
    }
  }

  /// The place of a byte among ascending ones, or 0.
  @inline(__always)
  private static func find(_ byte: UInt8, in labels: Span<UInt8>, _ range: Range<Int>) -> Int {
    var (low, high) = (range.lowerBound, range.upperBound)
    while high - low > 8 {
      let middle = (low + high) / 2
      if labels[middle] <= byte { low = middle } else { high = middle }
    }
    while low < high {
      if labels[low] == byte { return low }
      low += 1
    }
    return 0
  }
}
