import Foundation
import KernelDispatch
import Kernels
import Testing

/// The kernels that only some families of encoders need.
@Suite struct BlockKernelTests {
  /// Texts and reaches that end before, at and behind the borders of panels of 8, 16 and 32 keys.
  static let spans = [1, 3, 8, 20, 33, 65, 130].flatMap { tokens in
    [0, 1, 5, 15, 16, 17, 31, 33, 64, 200].map { (tokens: tokens, reach: $0) }
  }

  @Test(arguments: AttentionKernels.available, spans)
  func `attention adds a bias by distance and leaves out what is not near`(
    _ attention: AttentionKernels, span: (tokens: Int, reach: Int)
  ) {
    let kernels = attention.kernels
    let (heads, size) = (2, 12)
    let (tokens, reach) = span
    let hidden = heads * size
    var numbers = Numbers(seed: 11)
    let qkv = numbers.array(tokens * 3 * hidden).map { attention.exact(2 * $0) }
    let bias = AttentionBias(heads: heads, maximumLength: 140) { head, offset in
      Float(head + 1) * Float(offset) / 10
    }
    var context = Activations(columns: hidden)
    context.resize(rows: tokens)
    var scratch = ScratchMemory()
    kernels.attention(
      Activations(qkv, columns: 3 * hidden), offsets: [0, tokens], headCount: heads, bias: bias,
      reach: reach, context: &context, scratch: &scratch)
    func value(_ part: Int, _ token: Int, _ column: Int) -> Double {
      Double(qkv[token * 3 * hidden + part * hidden + column])
    }
    var difference = 0.0
    for head in 0..<heads {
      let columns = head * size..<(head + 1) * size
      for query in 0..<tokens {
        let keys = max(0, query - reach)...min(tokens - 1, query + reach)
        let weights = keys.map { key in
          let score = columns.reduce(0.0) { $0 + value(0, query, $1) * value(1, key, $1) }
          return exp(
            score / Double(size).squareRoot() + Double(head + 1) * Double(key - query) / 10)
        }
        for column in columns {
          let sum = zip(keys, weights).reduce(0.0) { $0 + $1.1 * value(2, $1.0, column) }
          let expected = sum / weights.reduce(0, +)
          difference = max(difference, abs(Double(context.row(query)[column]) - expected))
        }
      }
    }
    #expect(difference < attention.error(2))
  }

  @Test(arguments: KernelSet.available, [1, 3, 16, 33])
  func `queries and keys are turned by their place in their sequence, values are not`(
    _ kernels: KernelSet, pairs: Int
  ) {
    let (heads, offsets) = (2, [0, 3, 4, 9])
    let hidden = heads * 2 * pairs
    var numbers = Numbers(seed: 12)
    let qkv = numbers.array(9 * 3 * hidden)
    var turned = Activations(qkv, columns: 3 * hidden)
    let angle = { (position: Int, pair: Int) in Double(position) * 0.7 + Double(pair) * 0.3 }
    let rotation = Rotation(pairs: pairs, maximumLength: 5) {
      (Float(cos(angle($0, $1))), Float(sin(angle($0, $1))))
    }
    for (start, end) in zip(offsets, offsets.dropFirst()) {
      kernels.rotate(&turned, start..<end, headCount: heads, rotation)
    }
    for (row, position) in zip(0..<9, [0, 1, 2, 0, 0, 1, 2, 3, 4]) {
      let result = turned.row(row)
      for head in 0..<2 * heads {
        for pair in 0..<pairs {
          let first = head * 2 * pairs + pair
          let (a, b) = (
            Double(qkv[row * 3 * hidden + first]), Double(qkv[row * 3 * hidden + first + pairs])
          )
          let (cosine, sine) = (cos(angle(position, pair)), sin(angle(position, pair)))
          #expect(abs(Double(result[first]) - (a * cosine - b * sine)) < 1e-6)
          #expect(abs(Double(result[first + pairs]) - (b * cosine + a * sine)) < 1e-6)
        }
      }
      #expect(
        result[(2 * hidden)...] == qkv[row * 3 * hidden..<(row + 1) * 3 * hidden].suffix(hidden))
    }
  }

  @Test(arguments: KernelSet.available, [1, 7, 16, 50])
  func `a gated unit multiplies its activated half by the other`(
    _ kernels: KernelSet, columns: Int
  ) {
    var numbers = Numbers(seed: 13)
    let x = numbers.array(3 * 2 * columns).map { 4 * $0 }
    for half in [ActivatedHalf.first, .second] {
      var output = Activations(columns: columns)
      output.resize(rows: 3)
      kernels.gate(Activations(x, columns: 2 * columns), .silu, of: half, into: &output)
      let (activated, other) = half == .first ? (0, 1) : (1, 0)
      for row in 0..<3 {
        for column in 0..<columns {
          let value = Double(x[(row * 2 + activated) * columns + column])
          let gated = Double(x[(row * 2 + other) * columns + column])
          let expected = value / (1 + exp(-value)) * gated
          #expect(abs(Double(output.row(row)[column]) - expected) < 1e-5)
        }
      }
    }
  }

  @Test(arguments: KernelSet.available, [1, 7, 16, 50])
  func `a norm alone is that of a sum with nothing, and sums are sums`(
    _ kernels: KernelSet, columns: Int
  ) {
    var numbers = Numbers(seed: 14)
    let (x, y) = (numbers.array(3 * columns), numbers.array(3 * columns))
    let bias = numbers.array(columns)
    let norm = LayerNorm(
      scale: FloatStorage(numbers.array(columns)), shift: FloatStorage(numbers.array(columns)),
      epsilon: 1e-5)
    var sum = Activations(columns: columns)
    sum.resize(rows: 3)
    kernels.add(
      Activations(x, columns: columns), Activations(y, columns: columns), bias: FloatStorage(bias),
      into: &sum)
    #expect(sum.values == x.indices.map { x[$0] + y[$0] + bias[$0 % columns] })
    var added = Activations(x, columns: columns)
    kernels.addLayerNorm(
      &added, adding: Activations(y, columns: columns), bias: FloatStorage(bias), norm)
    kernels.layerNorm(&sum, norm)
    #expect(sum.values == added.values)
  }
}
