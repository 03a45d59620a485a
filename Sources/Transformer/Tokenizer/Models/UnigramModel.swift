/// The pieces of a unigram model: splits words so that the product of the pieces' probabilities is largest.
///
/// Follows `Unigram::encode_optimized` and `Unigram::tokenize` of the reference (`models/unigram/model.rs`), sums in
/// double precision included.
struct UnigramModel: Sendable {
  /// The best way to a place in a word.
  struct Step: Sendable {
    var score = 0.0
    /// Where its last piece begins, or -1 if no piece ends there.
    var start: Int32 = -1
    var id: Int32 = 0
  }

  /// What an unknown scalar costs more than the least probable piece.
  private static let unknownPenalty = 10.0

  private let trie: PieceTrie
  /// `(vocabulary)`.
  private let scores: [Double]
  private let unknownID: Int32
  private let unknownScore: Double
  /// The tokens of single bytes, if all are there that may be needed; `(256)`, -1 for none.
  private let byteIDs: [Int32]?

  init(_ model: TokenizerConfiguration.Unigram, _ tokens: TokenList) {
    trie = PieceTrie(tokens.vocabulary, pool: tokens.pool)
    scores = model.scores
    unknownID = model.unknownID
    unknownScore = (scores.min() ?? 0) - Self.unknownPenalty
    byteIDs = model.fallsBackToBytes ? tokens.byteIDs : nil
  }

  /// Appends the tokens of a word; offsets are places in the text.
  ///
  /// - Complexity: O(word · longest piece).
  func appendPieces(of text: Span<UInt8>, _ word: Range<Int>, to pieces: inout PieceBuffer) {
    pieces.remember(text, word) { split(text, word, to: &$0) }
  }

  private func split(_ text: Span<UInt8>, _ word: Range<Int>, to pieces: inout PieceBuffer) {
    findBestSteps(text, word, &pieces.steps)
    // The pieces from the last to the first; unknown ones side by side are one.
    var path = pieces.path
    path.removeAll(keepingCapacity: true)
    var end = word.count
    var unknownEnd: Int?
    while end > 0 {
      let step = pieces.steps[end]
      let start = Int(step.start)
      if step.id == unknownID {
        if unknownEnd == nil { unknownEnd = end }
      } else {
        if let last = unknownEnd { path.append((end..<last, unknownID)) }
        unknownEnd = nil
        path.append((start..<end, step.id))
      }
      end = start
    }
    if let last = unknownEnd { path.append((0..<last, unknownID)) }
    for (range, id) in path.reversed() {
      let place = word.lowerBound + range.lowerBound..<word.lowerBound + range.upperBound
      if id == unknownID {
        appendUnknown(text, place, to: &pieces)
      } else {
        pieces.append(id, at: place)
      }
    }
    pieces.path = path
  }

  private func findBestSteps(
    _ text: Span<UInt8>, _ word: Range<Int>, _ steps: inout [Step]
  ) {
    steps.removeAll(keepingCapacity: true)
    steps.append(contentsOf: repeatElement(Step(), count: word.count + 1))
    var start = 0
    while start < word.count {
      let before = steps[start].score
      let length = UTF8Coding.scalar(in: text, at: word.lowerBound + start).length
      var hasSingle = false
      trie.forEachPrefix(of: text, word.lowerBound + start..<word.upperBound) { place, id in
        let end = place - word.lowerBound
        let score = scores[Int(id)] + before
        if steps[end].start < 0 || score > steps[end].score {
          steps[end] = Step(score: score, start: Int32(start), id: id)
        }
        if end - start == length { hasSingle = true }
      }
      if !hasSingle {
        let end = start + length
        let score = unknownScore + before
        if steps[end].start < 0 || score > steps[end].score {
          steps[end] = Step(score: score, start: Int32(start), id: unknownID)
        }
      }
      start += length
    }
  }

  /// Appends what is unknown as bytes, if they have tokens, each with the place of the whole.
  private func appendUnknown(
    _ text: Span<UInt8>, _ range: Range<Int>, to pieces: inout PieceBuffer
  ) {
    if let byteIDs {
      var isKnown = true
      for index in range where byteIDs[Int(text[index])] < 0 { isKnown = false }
      if isKnown {
        for index in range { pieces.append(byteIDs[Int(text[index])], at: range) }
        return
      }
    }
    pieces.append(unknownID, at: range)
  }
}
