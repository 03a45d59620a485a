/// All tokens of a tokenizer: those of the model's vocabulary, and the added ones that it lacks.
struct TokenList: Sendable {
  typealias Token = Vocabulary.Token

  /// The spellings of all tokens, one after the other.
  let pool: [UInt8]
  /// The tokens of the model's vocabulary by ascending id.
  let vocabulary: [Token]
  /// From the spellings of the model's vocabulary to ids; of equal spellings the largest id counts.
  let ids: PieceTable
  /// The other tokens by ascending id.
  private let added: [Token]

  /// Makes a list of a model's vocabulary and of added tokens, which may be in it.
  init(
    vocabulary source: Vocabulary, added addedTokens: [TokenizerConfiguration.AddedToken]
  ) throws(TokenizerError) {
    var pool = source.pool
    for token in source.tokens { try Self.check(token, pool) }
    let vocabulary = try Self.sorted(source.tokens, pool)
    let ids = source.ids
    var added: [Token] = []
    for token in addedTokens where !token.content.utf8.isEmpty {
      if let id = ids.find(token.content, pool: pool) {
        if id != token.id {
          throw .conflictingIDs(token: token.content, added: token.id, vocabulary: id)
        }
      } else if let other = Self.find(token.id, in: vocabulary) {
        throw .duplicateID(token.id, tokens: [Self.spelling(other, pool), token.content])
      } else {
        let start = pool.count
        pool.append(contentsOf: token.content.utf8)
        added.append(Token(id: token.id, range: start..<pool.count))
        try Self.check(added[added.count - 1], pool)
      }
    }
    self.added = try Self.sorted(added, pool)
    self.pool = pool
    self.vocabulary = vocabulary
    self.ids = ids
  }

  /// The number of tokens.
  var count: Int { vocabulary.count + added.count }

  var largestID: Int32 { max(vocabulary.last?.id ?? 0, added.last?.id ?? 0) }

  /// The tokens `<0x00>` to `<0xFF>` of single bytes; `(256)`, -1 where there is none.
  var byteIDs: [Int32] {
    (0..<256).map { byte in
      let digits = String(byte, radix: 16, uppercase: true)
      return ids.find("<0x\(byte < 16 ? "0" : "")\(digits)>", pool: pool) ?? -1
    }
  }

  /// The spelling of a token, or nil if no token has that id.
  ///
  /// - Complexity: O(log n) in the number of tokens.
  func token(for id: Int32) -> String? {
    (Self.find(id, in: vocabulary) ?? Self.find(id, in: added)).map { Self.spelling($0, pool) }
  }

  /// The most bytes of a token.
  private static let longestToken = 1 << 12

  private static func check(_ token: Token, _ pool: [UInt8]) throws(TokenizerError) {
    if token.id < 0 { throw .negativeID(token.id, token: spelling(token, pool)) }
    // To look for the longest token at every place of a text takes the time of both lengths.
    if token.range.count > longestToken {
      throw .tokenTooLong(bytes: token.range.count, id: token.id)
    }
    if token.range.upperBound > Vocabulary.maximumByteCount {
      throw .vocabularyTooLarge(bytes: token.range.upperBound)
    }
  }

  /// The token with an id among tokens by ascending id.
  private static func find(_ id: Int32, in tokens: [Token]) -> Token? {
    // Most vocabularies have no gaps.
    if id >= 0, id < tokens.count, tokens[Int(id)].id == id { return tokens[Int(id)] }
    var low = 0
    var high = tokens.count
    while low < high {
      let middle = (low + high) / 2
      if tokens[middle].id < id { low = middle + 1 } else { high = middle }
    }
    return low < tokens.count && tokens[low].id == id ? tokens[low] : nil
  }

  private static func spelling(_ token: Token, _ pool: [UInt8]) -> String {
    String(decoding: pool[token.range], as: UTF8.self)
  }

  /// The tokens by ascending id, each once even if it is given twice.
  private static func sorted(
    _ tokens: [Token], _ pool: [UInt8]
  ) throws(TokenizerError) -> [Token] {
    if zip(tokens, tokens.dropFirst()).allSatisfy({ $0.id < $1.id }) { return tokens }
    var sorted: [Token] = []
    for token in tokens.sorted(by: { $0.id < $1.id }) {
      if let last = sorted.last, last.id == token.id {
        if pool[last.range].elementsEqual(pool[token.range]) { continue }
        throw .duplicateID(token.id, tokens: [spelling(last, pool), spelling(token, pool)])
      }
      sorted.append(token)
    }
    return sorted
  }
}
