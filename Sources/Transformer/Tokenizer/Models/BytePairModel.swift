/// The pieces of a byte pair encoding: joins neighbours in a word, in the order of the merges.
///
/// Follows `BPE::merge_word` and `Word::merge_all` of the reference (`models/bpe`). Byte-level vocabularies spell a byte
/// as a character; they are taken back to bytes here, once, so that texts need not be spelled.
struct BytePairModel: Sendable {
  /// The spellings of the tokens, in bytes of text, one after the other.
  private let pool: [UInt8]
  /// Words that are one token.
  private var words: PieceTable
  /// From spellings to ids, for what a word is made of at first.
  private let units: PieceTable
  /// `(256)`: the tokens of bytes, where a word is made of bytes, or -1.
  private let byteUnits: [Int32]?
  /// `(256)`: the tokens that stand for bytes of scalars without a token, or -1.
  private let fallback: [Int32]?
  private let unknownID: Int32?
  private let fusesUnknown: Bool
  private let merges: MergeTable

  /// Makes the pieces of a model whose vocabulary is in a list of tokens.
  init(
    _ model: TokenizerConfiguration.BytePairs, _ tokens: TokenList, isByteLevel: Bool
  ) throws(TokenizerError) {
    if let unknown = model.unknownToken {
      guard let id = tokens.ids.find(unknown, pool: tokens.pool) else {
        throw .missingUnknownToken(unknown)
      }
      unknownID = id
    } else {
      unknownID = nil
    }
    fusesUnknown = model.fusesUnknown
    fallback = model.fallsBackToBytes ? tokens.byteIDs : nil
    merges = try MergeTable(model.merges, tokens)
    var pool = tokens.pool
    var vocabulary = tokens.vocabulary
    if isByteLevel {
      (pool, vocabulary) = ByteSpelling.decode(tokens)
      var byteUnits = [Int32](repeating: -1, count: 256)
      for token in vocabulary where token.range.count == 1 {
        byteUnits[Int(pool[token.range.lowerBound])] = token.id
      }
      self.byteUnits = byteUnits
      units = PieceTable(capacity: 0)
    } else {
      byteUnits = nil
      units = tokens.ids
    }
    self.pool = pool
    words = PieceTable(capacity: vocabulary.count)
    var pieces = PieceBuffer()
    for token in vocabulary {
      if !model.ignoresMergesOfTokens {
        // The merges need not lead to every token.
        pieces.begin(recordsOffsets: false)
        merge(pool.span, token.range, to: &pieces)
        guard pieces.ids == [token.id] else { continue }
      }
      words.insert(token.range, of: pool, id: token.id)
    }
  }

  /// Appends the tokens of a word; offsets are places in the text, of whole scalars.
  ///
  /// - Complexity: O(n log n) in the bytes of the word.
  func appendPieces(of text: Span<UInt8>, _ word: Range<Int>, to pieces: inout PieceBuffer) {
    if word.count <= words.longest {
      let identity = PieceTable.identity
      var hash = PieceHash()
      for index in word { hash.append(text[index]) }
      let id = words.find(
        text, from: word.lowerBound, length: word.count, hash: hash, folding: identity.span,
        pool: pool.span)
      if let id { return pieces.append(id, at: word) }
    }
    merge(text, word, to: &pieces)
  }

  private func merge(_ text: Span<UInt8>, _ word: Range<Int>, to pieces: inout PieceBuffer) {
    pieces.chain.begin()
    if let byteUnits {
      for index in word { appendUnit(byteUnits[Int(text[index])], length: 1, to: &pieces.chain) }
    } else {
      appendScalars(of: text, word, to: &pieces.chain)
    }
    pieces.chain.join(merges)
    var place = word.lowerBound
    var node = 0
    let chain = pieces.chain
    while node < chain.nodes.count {
      let (id, length) = (chain.nodes[node].id, Int(chain.nodes[node].length))
      let start = place
      pieces.append(id, at: Self.wholeScalars(text, start..<start + length))
      place += length
      node = chain.next(node)
    }
  }

  private func appendUnit(_ id: Int32, length: Int, to chain: inout MergeChain) {
    if id >= 0 {
      chain.append(id, length: length)
    } else if let unknownID {
      chain.appendUnknown(unknownID, length: length, fuses: fusesUnknown)
    } else {
      chain.skip(length)
    }
  }

  private func appendScalars(
    of text: Span<UInt8>, _ word: Range<Int>, to chain: inout MergeChain
  ) {
    let identity = PieceTable.identity
    var index = word.lowerBound
    while index < word.upperBound {
      let length = UTF8Coding.scalar(in: text, at: index).length
      var hash = PieceHash()
      for place in index..<index + length { hash.append(text[place]) }
      let id = units.find(
        text, from: index, length: length, hash: hash, folding: identity.span, pool: pool.span)
      if id == nil, let fallback, hasAll(text, index..<index + length, in: fallback) {
        for place in index..<index + length {
          chain.append(fallback[Int(text[place])], length: 1)
        }
      } else {
        appendUnit(id ?? -1, length: length, to: &chain)
      }
      index += length
    }
  }

  private func hasAll(_ text: Span<UInt8>, _ range: Range<Int>, in ids: [Int32]) -> Bool {
    for index in range where ids[Int(text[index])] < 0 { return false }
    return true
  }

  /// The scalars that a range has a part of.
  private static func wholeScalars(_ text: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
    var (start, end) = (range.lowerBound, range.upperBound)
    while start > 0 && text[start] & 0xC0 == 0x80 { start -= 1 }
    while end < text.count && text[end] & 0xC0 == 0x80 { end += 1 }
    return start..<end
  }
}

/// The tokens of a word while they are being joined: a list of neighbours, and a heap of the pairs that may be joined.
struct MergeChain: Sendable {
  /// A token of the word; its length is 0 once it has been joined to the one before.
  struct Node: Sendable {
    var id: Int32
    /// In bytes of text.
    var length: Int32
    /// The nodes beside it; -1 and the number of nodes at the ends.
    var previous: Int32
    var next: Int32
    /// The rank of the merge with the next node.
    var rank = MergeTable.none
  }

  private(set) var nodes: [Node] = []
  /// A binary heap of `rank << 32 | node`, the least on top; entries whose rank is not the node's are stale.
  private var heap: [UInt64] = []
  /// Whether the last node is an unknown scalar, to which others may be fused.
  private var endsUnknown = false

  mutating func begin() {
    nodes.removeAll(keepingCapacity: true)
    heap.removeAll(keepingCapacity: true)
    endsUnknown = false
  }

  /// The node behind one, or the number of nodes.
  func next(_ node: Int) -> Int { Int(nodes[node].next) }

  mutating func append(_ id: Int32, length: Int) {
    endsUnknown = false
    nodes.append(
      Node(
        id: id, length: Int32(length), previous: Int32(nodes.count) - 1,
        next: Int32(nodes.count) + 1))
  }

  mutating func appendUnknown(_ id: Int32, length: Int, fuses: Bool) {
    if fuses, endsUnknown {
      nodes[nodes.count - 1].length += Int32(length)
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
  mutating func join(_ merges: MergeTable) {
    for node in nodes.indices.dropLast() { findMerge(node, merges) }
    while let top = popLeast() {
      let node = Int(UInt32(truncatingIfNeeded: top))
      guard nodes[node].length > 0, UInt64(nodes[node].rank) == top >> 32 else { continue }
      let next = Int(nodes[node].next)
      guard let merge = merges.find(nodes[node].id, nodes[next].id) else { continue }
      nodes[node].id = merge.id
      nodes[node].length += nodes[next].length
      nodes[node].next = nodes[next].next
      nodes[next].length = 0
      if nodes[node].next < nodes.count { nodes[Int(nodes[node].next)].previous = Int32(node) }
      findMerge(node, merges)
      if nodes[node].previous >= 0 { findMerge(Int(nodes[node].previous), merges) }
    }
  }

  /// Looks for the merge of a node with the next one.
  private mutating func findMerge(_ node: Int, _ merges: MergeTable) {
    let next = Int(nodes[node].next)
    guard next < nodes.count, let merge = merges.find(nodes[node].id, nodes[next].id) else {
      nodes[node].rank = MergeTable.none
      return
    }
    nodes[node].rank = merge.rank
    push(UInt64(merge.rank) << 32 | UInt64(node))
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
  /// The rank of a pair without a merge.
  static let none = UInt32.max

  private struct Slot {
    var pair: UInt64 = .max
    var rank: UInt32 = 0
    var id: Int32 = 0
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
        pair: pair, rank: UInt32(rank), id: try id(merge.first + merge.second))
    }
  }

  /// The merge of two tokens, or nil.
  @inline(__always)
  func find(_ first: Int32, _ second: Int32) -> (rank: UInt32, id: Int32)? {
    let slot = slots[index(of: Self.pair(first, second))]
    return slot.pair == .max ? nil : (slot.rank, slot.id)
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

/// How byte-level tokenizers spell bytes: printable ones of Latin-1 as themselves, the others as U+0100 and on.
///
/// Source: `bytes_to_unicode` of GPT-2 (`encoder.py`).
enum ByteSpelling {
  /// From scalars below U+0144 to bytes; -1 for those that spell none.
  private static let bytes: [Int16] = {
    var bytes = [Int16](repeating: -1, count: 0x144)
    var next = 0x100
    for byte in 0..<256 {
      switch byte {
      case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: bytes[byte] = Int16(byte)
      default:
        bytes[next] = Int16(byte)
        next += 1
      }
    }
    return bytes
  }()

  /// The space, as it is spelled.
  static let space: Unicode.Scalar = "\u{120}"

  /// The tokens of a vocabulary in the bytes that they spell, without those that spell none.
  static func decode(_ tokens: TokenList) -> (pool: [UInt8], tokens: [TokenList.Token]) {
    var pool: [UInt8] = []
    pool.reserveCapacity(tokens.pool.count)
    var decoded: [TokenList.Token] = []
    decoded.reserveCapacity(tokens.vocabulary.count)
    let spelled = tokens.pool.span
    for token in tokens.vocabulary {
      let start = pool.count
      var index = token.range.lowerBound
      while index < token.range.upperBound {
        let (scalar, length) = UTF8Coding.scalar(in: spelled, at: index)
        guard scalar < bytes.count, bytes[Int(scalar)] >= 0 else { break }
        pool.append(UInt8(bytes[Int(scalar)]))
        index += length
      }
      if index < token.range.upperBound {
        pool.removeSubrange(start...)
      } else {
        decoded.append(TokenList.Token(id: token.id, range: start..<pool.count))
      }
    }
    return (pool, decoded)
  }
}
