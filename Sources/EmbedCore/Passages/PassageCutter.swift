/// Cuts texts into passages that a model takes whole.
///
/// ```swift
/// let cutter = try PassageCutter(embedder.tokenizer, limit: 200, overlap: 20)
/// let vectors = try await embedder.embed(cutter.passages(of: text).map(\.text))
/// ```
///
/// A passage has at least half of the tokens that it may have, and within that ends at the best border, the last one of
/// its kind: a blank line, the end of a sentence and a line, the end of a sentence, white space, the border of a character.
/// White space at a border belongs to the passage before. Nothing is lost: the passages, each without what it shares with
/// the one before, make the text again.
///
/// Consecutive passages share whole sentences where some fit into the overlap, else whole words.
public struct PassageCutter: Sendable {
  /// The most tokens of a passage, special tokens, prompt and prefix included.
  ///
  /// One that consists of a single token of the text may have more, if that is so small: a part of a word may be several
  /// tokens when it stands alone, and so may a scalar be.
  public let limit: Int
  /// The most tokens that two consecutive passages share.
  public let overlap: Int
  /// What is put before each passage and embedded with it; it is not part of the passage.
  public let prefix: String
  private let tokenizer: any TextTokenizer
  private let options: EmbedOptions
  /// The most tokens of a passage's own.
  private let room: Int

  /// Makes a cutter.
  ///
  /// - Parameters:
  ///   - tokenizer: the tokenizer of the model that is to take the passages.
  ///   - limit: the most tokens of a passage, special tokens, prompt and prefix included.
  ///   - overlap: the most tokens that two consecutive passages share.
  ///   - prefix: what is put before each passage and embedded with it.
  ///   - options: how passages are embedded; their role decides on the prompt.
  /// - Throws: `EmbedError` with code `invalidOption` when the model does not take so many tokens, or when they leave no
  ///   room beside the overlap.
  public init(
    _ tokenizer: any TextTokenizer, limit: Int, overlap: Int = 0, prefix: String = "",
    options: EmbedOptions = EmbedOptions()
  ) throws(EmbedError) {
    guard limit <= tokenizer.maximumTokens else {
      throw EmbedError(
        .invalidOption, "passages too long for the model",
        expected: "at most \(tokenizer.maximumTokens) tokens", got: "\(limit)")
    }
    let taken = tokenizer.countTokens(prefix, options: options)
    guard overlap >= 0, limit > taken, limit - taken > overlap else {
      throw EmbedError(
        .invalidOption, "passages too short",
        expected: "more tokens than an overlap of \(max(0, overlap)) and \(taken) around a text",
        got: "\(limit)")
    }
    self.tokenizer = tokenizer
    self.limit = limit
    self.overlap = overlap
    self.prefix = prefix
    self.options = options
    room = limit - taken
  }

  /// The passages of a text in their order, at least one.
  ///
  /// - Complexity: O(length of the text), times `limit / (limit - overlap)`.
  public func passages(of text: String) -> [Passage] {
    var text = text
    text.makeContiguousUTF8()
    let tokens = tokenizer.tokenRanges(in: text, options: options)
    let cutting = Cutting(
      text: text, tokens: tokens, borders: PassageBorder.borders(in: text, tokens: tokens))
    var passages: [Passage] = []
    var line = 1
    var lineEnd = 0
    for range in ranges(cutting) {
      let bytes = cutting.bytes(range)
      line += cutting.lineFeeds(in: lineEnd..<bytes.lowerBound)
      lineEnd = bytes.lowerBound
      passages.append(Passage(text: cutting.text(range), range: bytes, line: line))
    }
    return passages
  }

  /// The passages as ranges of tokens.
  private func ranges(_ cutting: Cutting) -> [Range<Int>] {
    let count = cutting.tokens.count
    guard count > 0 else { return [0..<0] }
    var ranges: [Range<Int>] = []
    var start = 0
    var end = 0
    while end < count {
      if let next = self.end(from: start, behind: end, cutting) {
        ranges.append(start..<next)
        end = next
        start = next < count ? self.start(of: ranges[ranges.count - 1], cutting) : next
      } else if start < end {
        // Not a token fits behind what would be shared.
        start = end
      } else {
        // A token that alone is too many.
        end = cutting.nextBorder(behind: start)
        ranges.append(start..<end)
        start = end
      }
    }
    return ranges
  }

  /// Where the passage ends that begins at a token and must go beyond another; nil when nothing fits.
  private func end(from start: Int, behind previous: Int, _ cutting: Cutting) -> Int? {
    var most = min(cutting.tokens.count, start + room)
    while most > previous {
      let least = max(previous + 1, start + max((room + 1) / 2, overlap + 1))
      guard
        let end = cutting.bestBorder(in: min(least, most)...most)
          ?? cutting.bestBorder(in: previous + 1...most)
      else { return nil }
      // Half a word may have more tokens than it has as a part.
      let excess =
        tokenizer.countTokens(prefix + cutting.text(start..<end), options: options) - limit
      if excess <= 0 { return end }
      most = min(end - 1, max(most - excess, previous + 1))
    }
    return nil
  }

  /// Where the passage begins that follows another: as much of that one's end as may be shared.
  private func start(of range: Range<Int>, _ cutting: Cutting) -> Int {
    let end = range.upperBound
    let shared = max(range.lowerBound + 1, end - overlap)..<end
    for border in [PassageBorder.sentence, .space, .character] {
      guard let start = shared.first(where: { cutting.borders[$0] >= border }) else { continue }
      let text = cutting.text(start..<end)
      if tokenizer.tokenRanges(in: text, options: options).count <= overlap { return start }
    }
    return end
  }
}

/// A text that is being cut.
private struct Cutting {
  let text: String
  /// Where each token stands, in bytes of UTF-8.
  let tokens: [Range<Int>]
  /// The border before each token.
  let borders: [PassageBorder]

  /// The bytes from one token up to another, with all that stands behind the tokens.
  func bytes(_ range: Range<Int>) -> Range<Int> {
    let start = range.lowerBound == 0 ? 0 : tokens[range.lowerBound].lowerBound
    let end =
      range.upperBound == tokens.count ? text.utf8.count : tokens[range.upperBound].lowerBound
    return start..<end
  }

  func text(_ range: Range<Int>) -> String { String(text[indices(bytes(range))]) }

  func lineFeeds(in bytes: Range<Int>) -> Int {
    text.utf8[indices(bytes)].count { $0 == 0x0A }
  }

  private func indices(_ bytes: Range<Int>) -> Range<String.Index> {
    let start = text.utf8.index(text.startIndex, offsetBy: bytes.lowerBound)
    return start..<text.utf8.index(start, offsetBy: bytes.count)
  }

  /// The best place to end a passage, the last one of its kind; nil when there is none.
  func bestBorder(in range: ClosedRange<Int>) -> Int? {
    if range.upperBound == tokens.count { return tokens.count }
    var best: Int?
    for index in range.reversed() where borders[index] > best.map({ borders[$0] }) ?? .none {
      best = index
    }
    return best
  }

  /// The first place behind a token where a passage may end.
  func nextBorder(behind index: Int) -> Int {
    borders[(index + 1)...].firstIndex { $0 > .none } ?? tokens.count
  }
}
