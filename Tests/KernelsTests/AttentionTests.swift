import Foundation
import KernelDispatch
import Kernels
import Testing

@Suite struct AttentionTests {
  /// Attention of one sequence by its definition, in double precision: `(tokens, hidden)`.
  private func exact(_ qkv: [Float], tokens: Int, headCount: Int, headSize: Int) -> [Double] {
    let hidden = headCount * headSize
    func value(_ part: Int, _ token: Int, _ column: Int) -> Double {
      Double(qkv[token * 3 * hidden + part * hidden + column])
    }
    var context = [Double](repeating: 0, count: tokens * hidden)
    for head in 0..<headCount {
      let columns = head * headSize..<(head + 1) * headSize
      for query in 0..<tokens {
        let scores = (0..<tokens).map { key in
          columns.reduce(0.0) { $0 + value(0, query, $1) * value(1, key, $1) }
            / Double(headSize).squareRoot()
        }
        let weights = scores.map { exp($0 - (scores.max() ?? 0)) }
        let total = weights.reduce(0, +)
        for column in columns {
          for key in 0..<tokens {
            context[query * hidden + column] += weights[key] / total * value(2, key, column)
          }
        }
      }
    }
    return context
  }

  @Test(
    arguments: AttentionKernels.available,
    [
      (heads: 2, size: 32, lengths: [1, 2, 20, 33]), (heads: 5, size: 4, lengths: [7]),
      (heads: 2, size: 7, lengths: [17]),
      (heads: 3, size: 12, lengths: [40, 1]), (heads: 1, size: 64, lengths: [130, 3]),
    ])
  func `each sequence attends to itself alone`(
    _ attention: AttentionKernels, shape: (heads: Int, size: Int, lengths: [Int])
  ) {
    let kernels = attention.kernels
    let hidden = shape.heads * shape.size
    let offsets = shape.lengths.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
    var numbers = Numbers(seed: 5)
    let qkv = numbers.array(offsets[offsets.count - 1] * 3 * hidden).map { attention.exact(3 * $0) }
    var context = Activations(columns: hidden)
    context.resize(rows: offsets[offsets.count - 1])
    var scratch = ScratchMemory()
    kernels.attention(
      Activations(qkv, columns: 3 * hidden), offsets: offsets, headCount: shape.heads,
      context: &context, scratch: &scratch)
    let result = context.values
    kernels.attention(
      Activations(qkv, columns: 3 * hidden), offsets: offsets, headCount: shape.heads,
      context: &context, scratch: &scratch,
      loop: ParallelLoop(width: 2) { iterations, body in
        for iteration in (0..<iterations).reversed() { body(iteration) }
      })
    #expect(context.values == result)
    for (index, tokens) in shape.lengths.enumerated() {
      let rows = offsets[index]..<offsets[index + 1]
      let expected = exact(
        Array(qkv[rows.lowerBound * 3 * hidden..<rows.upperBound * 3 * hidden]), tokens: tokens,
        headCount: shape.heads, headSize: shape.size)
      let got = result[rows.lowerBound * hidden..<rows.upperBound * hidden]
      let error = zip(got, expected).map { abs(Double($0) - $1) }.max() ?? .infinity
      #expect(error < attention.error(3))
    }
  }

  @Test(arguments: AttentionKernels.available, [1e4, 1e9, 1e18] as [Float])
  func `scores far apart neither overflow nor turn into NaN`(
    _ attention: AttentionKernels, size: Float
  ) {
    let kernels = attention.kernels
    let hidden = 4
    var qkv = [Float](repeating: 0, count: 2 * 3 * hidden)
    qkv[0] = size
    qkv[hidden] = size
    qkv[3 * hidden + hidden] = -size
    qkv[2 * hidden] = 1
    qkv[3 * hidden + 2 * hidden] = 2
    var context = Activations(columns: hidden)
    context.resize(rows: 2)
    var scratch = ScratchMemory()
    kernels.attention(
      Activations(qkv, columns: 3 * hidden), offsets: [0, 2], headCount: 1, context: &context,
      scratch: &scratch)
    // Weights are rounded behind their sum.
    let slack: Float = attention.isBFloat16 ? 3e-7 : 0
    #expect(abs(context.row(0)[0] - 1) <= slack)
    #expect(abs(context.row(1)[0] - 1.5) <= slack)
  }

  @Test(arguments: AttentionKernels.available, Float.notANumber)
  func `a NaN comes out wherever it goes in`(_ attention: AttentionKernels, nan: Float) {
    let kernels = attention.kernels
    let (hidden, headSize) = (24, 12)
    for tokens in [1, 5, 40] {
      var numbers = Numbers(seed: 15)
      let qkv = numbers.array(tokens * 3 * hidden)
      let (token, column) = (tokens - 1, 14)
      for part in 0..<3 {
        var damaged = qkv
        damaged[token * 3 * hidden + part * hidden + column] = nan
        var context = Activations(columns: hidden)
        context.resize(rows: tokens)
        var scratch = ScratchMemory()
        kernels.attention(
          Activations(damaged, columns: 3 * hidden), offsets: [0, tokens], headCount: 2,
          context: &context, scratch: &scratch)
        // A query spoils its row of the head, a key all rows of it, a value its column.
        let expected = (0..<tokens * hidden).map { place in
          let (row, isHead) = (place / hidden, place % hidden / headSize == column / headSize)
          return switch part {
          case 0: isHead && row == token
          case 1: isHead
          default: place % hidden == column
          }
        }
        #expect(context.values.map(\.isNaN) == expected)
      }
    }
  }
}
