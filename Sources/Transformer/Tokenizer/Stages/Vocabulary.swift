/// The tokens of a model, in the order in which they were added, and the way from their spellings to their ids.
///
/// A tokenizer searches the table that is made here, once, while a file is read.
package struct Vocabulary: Sendable {
  /// A token and its spelling's place in `pool`.
  struct Token: Sendable {
    var id: Int32
    var range: Range<Int>
  }

  /// The spellings of all tokens, one after the other.
  private(set) var pool: [UInt8] = []
  private(set) var tokens: [Token] = []
  /// From spellings to ids; of equal spellings the largest id counts.
  private(set) var ids: PieceTable
  /// The number of tokens that `ids` has room for.
  private var capacity: Int

  /// A vocabulary without tokens, with room for a number of them.
  package init(capacity: Int = 0) {
    self.capacity = capacity
    tokens.reserveCapacity(capacity)
    pool.reserveCapacity(8 * capacity)
    ids = PieceTable(capacity: capacity)
  }

  /// A vocabulary of tokens in the order given.
  package init(_ tokens: [(token: String, id: Int32)]) {
    self.init(capacity: tokens.count)
    for (token, id) in tokens { append(token, id: id) }
  }

  /// Adds a token, of any spelling and id: a `Tokenizer` refuses what it cannot use.
  ///
  /// - Returns: Whether there was none of that spelling; always true of the empty one, which no text has.
  /// - Complexity: O(length of the token) on average.
  @discardableResult
  package mutating func append(_ token: String, id: Int32) -> Bool {
    if tokens.count == capacity { grow() }
    let start = pool.count
    pool.append(contentsOf: token.utf8)
    tokens.append(Token(id: id, range: start..<pool.count))
    return insert(tokens[tokens.count - 1])
  }

  /// The id of a token, or nil.
  ///
  /// - Complexity: O(length of the token) on average.
  package func id(of token: String) -> Int32? { ids.find(token, pool: pool) }

  /// The most bytes of spellings, which the table's offsets reach.
  static let maximumByteCount = Int(UInt32.max) - 1

  private mutating func insert(_ token: Token) -> Bool {
    pool.count > Self.maximumByteCount || ids.insert(token.range, of: pool, id: token.id)
  }

  private mutating func grow() {
    capacity = 16 + 2 * capacity
    ids = PieceTable(capacity: capacity)
    for token in tokens { _ = insert(token) }
  }
}

extension Vocabulary: RandomAccessCollection {
  package var startIndex: Int { 0 }
  package var endIndex: Int { tokens.count }

  package subscript(index: Int) -> (token: String, id: Int32) {
    (spelling(tokens[index]), tokens[index].id)
  }

  func spelling(_ token: Token) -> String { String(decoding: pool[token.range], as: UTF8.self) }
}
