/// What `VectorUnit.attention` works on: a range of one sequence's heads.
@usableFromInline
package struct AttentionPass {
  /// `(tokens, 3 * hidden)`: the queries of all heads, then the keys, then the values.
  @usableFromInline let queryKeyValue: UnsafePointer<Float>
  @usableFromInline let tokens: Int
  @usableFromInline let heads: Range<Int>
  @usableFromInline let hidden: Int
  @usableFromInline let headSize: Int
  /// What scores are multiplied by: a positive number.
  @usableFromInline let scale: Float
  /// What is added to the scores after scaling.
  @usableFromInline let bias: AttentionBias?
  /// How many places away the keys are that count; nil for all.
  @usableFromInline let reach: Int?
  /// `(tokens, hidden)`.
  @usableFromInline let context: UnsafeMutablePointer<Float>
  /// `attentionScratchSize` floats.
  @usableFromInline let scratch: UnsafeMutablePointer<Float>
}

extension VectorUnit {
  /// Scaled dot-product attention of one sequence, a range of heads (Vaswani et al., arXiv:1706.03762, section 3.2).
  @inlinable @inline(__always)
  static func attention(_ pass: AttentionPass) {
    let (tokens, hidden, headSize) = (pass.tokens, pass.hidden, pass.headSize)
    let paddedTokens = roundedUpToPanel(tokens)
    let keys = pass.scratch  // (panels of keys, headSize, panelWidth)
    let values = keys + paddedTokens &* headSize  // (panels of components, tokens, panelWidth)
    // As `attend` says.
    let scores = values + tokens &* roundedUpToPanel(headSize)
    for head in pass.heads {
      let query = pass.queryKeyValue + head &* headSize
      SinglePrecision<Self>.packTransposed(
        PackingPass(
          source: query + hidden, rows: tokens, columns: headSize, stride: 3 &* hidden,
          panels: keys))
      pack(query + 2 &* hidden, rows: tokens, columns: headSize, stride: 3 &* hidden, into: values)
      attend(
        query, tokens: tokens, hidden: hidden, headSize: headSize, scale: pass.scale, keys: keys,
        values: values, bias: pass.bias?.center(head), reach: pass.reach, scores: scores,
        context: pass.context + head &* headSize)
    }
  }

  /// One head: a few queries at a time, so that their scores stay in the cache.
  ///
  /// - `scores`: `(productRows, scoreStride)`, then their sums, `(productRows)`, and what `exponentials` needs, `(width)`.
  @inlinable @inline(__always)
  static func attend(
    _ query: UnsafePointer<Float>, tokens: Int, hidden: Int, headSize: Int, scale: Float,
    keys: UnsafePointer<Float>, values: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
    reach: Int?, scores: UnsafeMutablePointer<Float>, context: UnsafeMutablePointer<Float>
  ) {
    let sums = scores + productRows &* scoreStride(roundedUpToPanel(tokens))
    let padding = sums + productRows
    SinglePrecision<Self>.forEachRowBlock(tokens) { first, rows in
      // Only panels with keys that count for one of the rows: local attention takes time that is linear in the length.
      let start = near(first, reach, tokens: tokens).lowerBound / panelWidth &* panelWidth
      let end = near(first &+ rows &- 1, reach, tokens: tokens).upperBound
      let count = end &- start
      let paddedCount = roundedUpToPanel(count)
      let stride = scoreStride(paddedCount)
      // Long before it is read: a register that is read right after its lanes were written waits for them.
      let filled = (count &- 1) % width
      for lane in 0..<width { padding[lane] = lane <= filled ? 0 : -.infinity }
      SinglePrecision<Self>.multiplyPanels(
        query + first &* 3 &* hidden, aStride: 3 &* hidden, rows: rows,
        panels: keys + start &* headSize, panelStride: headSize &* panelWidth, depth: headSize,
        output: scores, outputStride: stride, columns: paddedCount)
      if bias != nil || reach != nil {
        for row in 0..<rows {
          let place = first &+ row
          let near = near(place, reach, tokens: tokens)
          adjustScores(
            scores + row &* stride, count: count, bias: bias.map { $0 + (start &- place) },
            factor: 1 / scale, near: near.lowerBound &- start..<near.upperBound &- start)
        }
      }
      for row in 0..<rows {
        sums[row] = exponentials(
          scores + row &* stride, count: count, scale: scale, padding: padding)
        prefetchHead(query + ((first &+ row) &* 3 &* hidden &+ headSize), hidden, headSize)
      }
      SinglePrecision<Self>.multiplyPanels(
        scores, aStride: stride, rows: rows, panels: values + start &* panelWidth,
        panelStride: tokens &* panelWidth, depth: count, output: context + first &* hidden,
        outputStride: hidden, columns: headSize)
      // The weights are divided by their sum here, where they are fewest.
      for row in 0..<rows {
        Self.scale(context + (first &+ row) &* hidden, by: 1 / sums[row], columns: headSize)
      }
    }
  }

  /// Asks for a token's query, key and value of one head: those of the next one lie between others, a row apart, which
  /// the CPU does not foresee.
  @inlinable @inline(__always)
  static func prefetchHead(_ query: UnsafePointer<Float>, _ hidden: Int, _ headSize: Int) {
    var offset = 0
    while offset < headSize {
      prefetch(query + offset)
      prefetch(query + (hidden &+ offset))
      prefetch(query + (2 &* hidden &+ offset))
      offset &+= 16
    }
  }

  /// The keys that count for the query at a place.
  @inlinable @inline(__always)
  static func near(_ place: Int, _ reach: Int?, tokens: Int) -> Range<Int> {
    guard let reach else { return 0..<tokens }
    let start = place < reach ? 0 : place &- reach
    let end = tokens &- place <= reach ? tokens : place &+ reach &+ 1
    return start..<end
  }

  /// The floats that `attention` needs for a sequence of so many tokens.
  @inlinable @inline(__always)
  static func attentionScratchSize(tokens: Int, headSize: Int) -> Int {
    let paddedTokens = roundedUpToPanel(tokens)
    return paddedTokens &* headSize &+ tokens &* roundedUpToPanel(headSize)
      &+ productRows &* scoreStride(paddedTokens) &+ productRows &+ width
  }

  /// The floats from row to row of scores: an odd number of registers, for rows that are multiples of 4 KiB apart would
  /// share a few lines of the first-level cache.
  @inlinable @inline(__always)
  static func scoreStride(_ columns: Int) -> Int { columns &+ width }

  @inlinable @inline(__always)
  static func roundedUpToPanel(_ count: Int) -> Int {
    (count &+ panelWidth &- 1) / panelWidth &* panelWidth
  }

  /// Lays `(rows, columns)` out in panels `(columns / panelWidth, rows, panelWidth)`, filled with zeros.
  @inlinable @inline(__always)
  static func pack(
    _ source: UnsafePointer<Float>, rows: Int, columns: Int, stride: Int,
    into panels: UnsafeMutablePointer<Float>
  ) {
    var panel = panels
    var column = 0
    while column < columns {
      let count = columns &- column < panelWidth ? columns &- column : panelWidth
      var row = source + column
      for _ in 0..<rows {
        if count == panelWidth {
          store(load(row), panel)
          store(load(row + width), panel + width)
        } else {
          for lane in 0..<count { panel[lane] = row[lane] }
          for lane in count..<panelWidth { panel[lane] = 0 }
        }
        row += stride
        panel += panelWidth
      }
      column &+= panelWidth
    }
  }
}
