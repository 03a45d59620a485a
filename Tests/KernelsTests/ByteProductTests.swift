import KernelDispatch
import Kernels
import Testing

/// Products of bytes in groups, on CPUs that have them.
@Suite struct ByteProductTests {
  static let available = KernelSet.available.compactMap { $0.products(in: .byteGroups) }

  /// A group of the input as unsigned bytes stand for it.
  private func roundedInput(_ group: ArraySlice<Float>) -> [Double] {
    let (lowest, highest) = (group.min() ?? 0, group.max() ?? 0)
    let range = highest - lowest
    return group.map {
      let steps = range > 0 ? (($0 - lowest) * (255 / range)).rounded(.toNearestOrEven) : 0
      return Double(lowest) + Double(range / 255) * Double(steps)
    }
  }

  /// A group of weights as signed bytes stand for it.
  private func roundedWeights(_ group: ArraySlice<Float>) -> [Double] {
    let largest = group.map(\.magnitude).max() ?? 0
    return group.map {
      let steps = largest > 0 ? ($0 * (127 / largest)).rounded(.toNearestOrEven) : 0
      return Double(largest / 127) * Double(steps)
    }
  }

  private func groups(
    _ row: ArraySlice<Float>, _ rounded: (ArraySlice<Float>) -> [Double]
  ) -> [Double] {
    stride(from: row.startIndex, to: row.endIndex, by: 64).flatMap {
      rounded(row[$0..<min(row.endIndex, $0 + 64)])
    }
  }

  @Test(
    arguments: available,
    [
      (1, 1, 1), (6, 32, 64), (7, 33, 65), (13, 20, 60), (1, 384, 384), (29, 100, 384),
      (12, 31, 129), (25, 70, 1030),
    ])
  func `products are those of the rounded factors`(
    _ products: MatrixProducts, shape: (rows: Int, outputs: Int, inputs: Int)
  ) {
    let (rows, outputs, inputs) = shape
    var numbers = Numbers(seed: 15)
    let (x, w) = (numbers.array(rows * inputs), numbers.array(outputs * inputs))
    let result = products.product(x, w, inputs: inputs, loop: .backwards)
    let columns = (0..<outputs).map { groups(w[$0 * inputs..<($0 + 1) * inputs], roundedWeights) }
    for row in 0..<rows {
      let factors = groups(x[row * inputs..<(row + 1) * inputs], roundedInput)
      for column in 0..<outputs {
        let expected = zip(factors, columns[column]).reduce(0.0) { $0 + $1.0 * $1.1 }
        #expect(abs(Double(result[row * outputs + column]) - expected) < 5e-7 * Double(inputs + 4))
      }
    }
  }

  @Test(arguments: available)
  func `groups of equal numbers, zeros too, are exact`(_ products: MatrixProducts) {
    let x = [Float](repeating: 0.3, count: 64) + [Float](repeating: 0, count: 64)
    let w = [Float](repeating: -0.5, count: 128)
    let result = products.product(x, w, inputs: 128)
    #expect(abs(result[0] + 9.6) < 1e-5)
    #expect(products.product([Float](repeating: 0, count: 128), w, inputs: 128) == [0])
    #expect(products.product(x, [Float](repeating: 0, count: 128), inputs: 128) == [0])
  }

  @Test(arguments: available, [Float.nan, .infinity, -.infinity, Float(bitPattern: 0x7FC0_0001)])
  func `what is no number stays none`(_ products: MatrixProducts, value: Float) {
    var numbers = Numbers(seed: 17)
    for place in [0, 63, 64, 100, 129] {
      var x = numbers.array(130)
      x[place] = value
      #expect(products.product(x, numbers.array(3 * 130), inputs: 130).allSatisfy { !$0.isFinite })
    }
  }
}
