/// What `AttentionUnit.attention` works on: a range of one sequence's heads.
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

/// Attention with products in one precision.
@usableFromInline
package struct AttentionKernel: Sendable {
  @usableFromInline let attendHeads: @Sendable (AttentionPass) -> Void
  /// The floats that it works in.
  @usableFromInline let scratchSize: @Sendable (_ tokens: Int, _ headSize: Int) -> Int

  /// Instantiates attention for a unit; to be called in a module compiled for its instruction set.
  @inlinable @inline(__always)
  package init<Product: AttentionUnit>(_ product: Product.Type) {
    attendHeads = { Product.attention($0) }
    scratchSize = { Product.attentionScratchSize(tokens: $0, headSize: $1) }
  }
}

/// How attention multiplies: products in single precision or in bfloat16, everything between them in single precision.
@usableFromInline
package protocol AttentionUnit: ProductUnit where Sums == Unit.Floats {
  /// The factors of a lane, which follow each other in a row.
  static var laneFactors: Int { get }

  /// Rows as lanes: where they are, or rounded to `memory`, which may be where they are; and the lanes from row to row.
  ///
  /// - `source`: `(rows, columns)` with `stride` floats from row to row; `memory`: the same with `memoryStride`.
  static func lanes(
    of source: UnsafePointer<Float>, rows: Int, columns: Int, stride: Int,
    in memory: UnsafeMutablePointer<Float>, memoryStride: Int
  ) -> (UnsafePointer<Lane>, stride: Int)

  /// A register of columns: each lane holds those factors of a column that stand in the first rows, in as many rows as a
  /// lane has factors; zeros for rows and columns that there are not.
  ///
  /// - `source`: `(rows, count)` with `stride` floats from row to row.
  static func lanes(
    ofColumns source: UnsafePointer<Float>, count: Int, rows: Int, stride: Int
  ) -> Lanes
}

extension SinglePrecision: AttentionUnit {
  @inlinable @inline(__always)
  static var laneFactors: Int { 1 }

  @inlinable @inline(__always)
  static func lanes(
    of source: UnsafePointer<Float>, rows: Int, columns: Int, stride: Int,
    in memory: UnsafeMutablePointer<Float>, memoryStride: Int
  ) -> (UnsafePointer<Float>, stride: Int) {
    (source, stride)
  }

  @inlinable @inline(__always)
  static func lanes(
    ofColumns source: UnsafePointer<Float>, count: Int, rows: Int, stride: Int
  ) -> Unit.Floats {
    Unit.load(source, upTo: count)
  }
}

extension BFloat16ProductUnit {
  @inlinable @inline(__always)
  package static var laneFactors: Int { 2 }

  @inlinable @inline(__always)
  package static func lanes(
    of source: UnsafePointer<Float>, rows: Int, columns: Int, stride: Int,
    in memory: UnsafeMutablePointer<Float>, memoryStride: Int
  ) -> (UnsafePointer<UInt32>, stride: Int) {
    let lanes = UnsafeMutableRawPointer(memory).assumingMemoryBound(to: UInt32.self)
    for row in 0..<rows {
      round(source + row &* stride, count: columns, into: lanes + row &* memoryStride)
    }
    return (UnsafePointer(lanes), memoryStride)
  }

  @inlinable @inline(__always)
  package static func lanes(
    ofColumns source: UnsafePointer<Float>, count: Int, rows: Int, stride: Int
  ) -> Lanes {
    pairsOfLanes(
      Unit.load(source, upTo: count),
      rows > 1 ? Unit.load(source + stride, upTo: count) : Unit.Floats(repeating: 0))
  }
}

extension AttentionUnit {
  /// Scaled dot-product attention of one sequence, a range of heads (Vaswani et al., arXiv:1706.03762, section 3.2).
  @inlinable @inline(__always)
  static func attention(_ pass: AttentionPass) {
    let (tokens, hidden, headSize) = (pass.tokens, pass.hidden, pass.headSize)
    let paddedTokens = roundedUpToPanel(tokens)
    // (panels of keys, lanes of headSize, panelWidth)
    let keys = pass.scratch
    // (panels of components, lanes of tokens, panelWidth); before, the keys as lanes, (tokens, headSize)
    let values = keys + paddedTokens &* headSize
    // As `attend` says.
    let scores = values + tokens &* roundedUpToPanel(headSize)
    for head in pass.heads {
      let query = pass.queryKeyValue + head &* headSize
      let (rows, stride) = lanes(
        of: query + hidden, rows: tokens, columns: headSize, stride: 3 &* hidden, in: values,
        memoryStride: headSize)
      packTransposed(
        PackingPass(
          source: rows, rows: tokens, columns: laneCount(headSize), stride: stride, panels: keys))
      packColumns(
        query + 2 &* hidden, rows: tokens, columns: headSize, stride: 3 &* hidden, into: values)
      attend(
        query, tokens: tokens, hidden: hidden, headSize: headSize, scale: pass.scale, keys: keys,
        values: values, bias: pass.bias?.center(head), reach: pass.reach, scores: scores,
        context: pass.context + head &* headSize)
    }
  }

  /// One head: a few queries at a time, so that their scores stay in the cache.
  ///
  /// - `scores`: `(productRows, scoreStride)`, then their sums, `(productRows)`, what `exponentials` needs, `(width)`,
  ///   and the queries as lanes, `(productRows, headSize)`.
  @inlinable @inline(__always)
  static func attend(
    _ query: UnsafePointer<Float>, tokens: Int, hidden: Int, headSize: Int, scale: Float,
    keys: UnsafePointer<Float>, values: UnsafePointer<Float>, bias: UnsafePointer<Float>?,
    reach: Int?, scores: UnsafeMutablePointer<Float>, context: UnsafeMutablePointer<Float>
  ) {
    let sums = scores + productRows &* scoreStride(roundedUpToPanel(tokens))
    let padding = sums + productRows
    let queries = padding + Unit.width
    let keys = UnsafeRawPointer(keys).assumingMemoryBound(to: Lane.self)
    let values = UnsafeRawPointer(values).assumingMemoryBound(to: Lane.self)
    forEachRowBlock(tokens) { first, rows in
      // Only panels with keys that count for one of the rows: local attention takes time that is linear in the length.
      let start = near(first, reach, tokens: tokens).lowerBound / panelWidth &* panelWidth
      let end = near(first &+ rows &- 1, reach, tokens: tokens).upperBound
      let count = end &- start
      let paddedCount = roundedUpToPanel(count)
      let stride = scoreStride(paddedCount)
      // Long before it is read: a register that is read right after its lanes were written waits for them.
      let filled = (count &- 1) % Unit.width
      for lane in 0..<Unit.width { padding[lane] = lane <= filled ? 0 : -.infinity }
      let (block, blockStride) = lanes(
        of: query + first &* 3 &* hidden, rows: rows, columns: headSize, stride: 3 &* hidden,
        in: queries, memoryStride: headSize)
      multiplyPanels(
        block, aStride: blockStride, rows: rows, panels: keys + start &* laneCount(headSize),
        panelStride: laneCount(headSize) &* panelWidth, depth: laneCount(headSize),
        output: scores, outputStride: stride, columns: paddedCount)
      if bias != nil || reach != nil {
        for row in 0..<rows {
          let place = first &+ row
          let near = near(place, reach, tokens: tokens)
          Unit.adjustScores(
            scores + row &* stride, count: count, bias: bias.map { $0 + (start &- place) },
            factor: 1 / scale, near: near.lowerBound &- start..<near.upperBound &- start)
        }
      }
      for row in 0..<rows {
        sums[row] = Unit.exponentials(
          scores + row &* stride, count: count, scale: scale, padding: padding)
        prefetchHead(query + ((first &+ row) &* 3 &* hidden &+ headSize), hidden, headSize)
      }
      let (weights, weightStride) = lanes(
        of: scores, rows: rows, columns: count, stride: stride, in: scores, memoryStride: stride)
      multiplyPanels(
        weights, aStride: weightStride, rows: rows,
        panels: values + start / laneFactors &* panelWidth,
        panelStride: laneCount(tokens) &* panelWidth, depth: laneCount(count),
        output: context + first &* hidden, outputStride: hidden, columns: headSize)
      // The weights are divided by their sum here, where they are fewest.
      for row in 0..<rows {
        Unit.scale(context + (first &+ row) &* hidden, by: 1 / sums[row], columns: headSize)
      }
    }
  }

  /// The lanes that hold so many factors.
  @inlinable @inline(__always)
  static func laneCount(_ factors: Int) -> Int { (factors &+ laneFactors &- 1) / laneFactors }

  /// Asks for a token's query, key and value of one head: those of the next one lie between others, a row apart, which
  /// the CPU does not foresee.
  @inlinable @inline(__always)
  static func prefetchHead(_ query: UnsafePointer<Float>, _ hidden: Int, _ headSize: Int) {
    var offset = 0
    while offset < headSize {
      Unit.prefetch(query + offset)
      Unit.prefetch(query + (hidden &+ offset))
      Unit.prefetch(query + (2 &* hidden &+ offset))
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
      &+ productRows &* headSize &+ productRows &* scoreStride(paddedTokens) &+ productRows
      &+ Unit.width
  }

  /// The floats from row to row of scores: an odd number of registers, for rows that are multiples of 4 KiB apart would
  /// share a few lines of the first-level cache.
  @inlinable @inline(__always)
  static func scoreStride(_ columns: Int) -> Int { columns &+ Unit.width }

  @inlinable @inline(__always)
  static func roundedUpToPanel(_ count: Int) -> Int {
    (count &+ panelWidth &- 1) / panelWidth &* panelWidth
  }

  /// Lays `(rows, columns)` out in panels `(columns / panelWidth, laneCount(rows), panelWidth)`, filled with zeros.
  @inlinable @inline(__always)
  static func packColumns(
    _ source: UnsafePointer<Float>, rows: Int, columns: Int, stride: Int,
    into panels: UnsafeMutablePointer<Float>
  ) {
    var panel = UnsafeMutableRawPointer(panels)
    var column = 0
    while column < columns {
      var row = 0
      while row < rows {
        for half in 0..<2 {
          let first = column &+ half &* Unit.width
          let lanes = lanes(
            ofColumns: source + (row &* stride &+ first), count: columns &- first,
            rows: rows &- row, stride: stride)
          panel.storeBytes(of: lanes, toByteOffset: half &* Unit.width &* 4, as: Lanes.self)
        }
        row &+= laneFactors
        panel += panelWidth &* 4
      }
      column &+= panelWidth
    }
  }
}
