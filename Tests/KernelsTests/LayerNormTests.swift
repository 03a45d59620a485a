import KernelDispatch
import Kernels
import Testing

@Suite struct LayerNormTests {
  private func exact(_ x: ArraySlice<Double>, scale: [Float], shift: [Float], epsilon: Double)
    -> [Double]
  {
    let mean = x.reduce(0, +) / Double(x.count)
    let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count)
    return x.enumerated().map { column, value in
      (value - mean) / (variance + epsilon).squareRoot() * Double(scale[column])
        + Double(shift[column])
    }
  }

  @Test(arguments: KernelSet.available, [1, 4, 20, 36, 384, 1000])
  func `the sum of three is normalized as in double precision`(_ kernels: KernelSet, columns: Int) {
    var numbers = Numbers(seed: 2)
    let (x, y) = (numbers.array(7 * columns), numbers.array(7 * columns))
    let (bias, scale, shift) = (
      numbers.array(columns), numbers.array(columns), numbers.array(columns)
    )
    var values = Activations(x, columns: columns)
    kernels.addLayerNorm(
      &values, adding: Activations(y, columns: columns), bias: FloatStorage(bias),
      LayerNorm(scale: FloatStorage(scale), shift: FloatStorage(shift), epsilon: 1e-12))
    let result = values.values
    for row in 0..<7 {
      let range = row * columns..<(row + 1) * columns
      let sum = range.map { Double(x[$0]) + Double(y[$0]) + Double(bias[$0 % columns]) }
      let expected = exact(sum[...], scale: scale, shift: shift, epsilon: 1e-12)
      // One column has no variance: what is left is rounding over the root of epsilon.
      let bound = columns == 1 ? 0.1 : 5e-6
      for (value, expected) in zip(result[range], expected) {
        #expect(abs(Double(value) - expected) < bound)
      }
    }
  }

  @Test(arguments: KernelSet.available)
  func `a large mean does not drown the variance`(_ kernels: KernelSet) {
    var numbers = Numbers(seed: 3)
    let x = numbers.array(384).map { 4096 + $0 }
    let ones = FloatStorage([Float](repeating: 1, count: 384))
    let zeros = FloatStorage([Float](repeating: 0, count: 384))
    var values = Activations(x, columns: 384)
    kernels.addLayerNorm(
      &values, adding: Activations([Float](repeating: 0, count: 384), columns: 384), bias: zeros,
      LayerNorm(scale: ones, shift: zeros, epsilon: 1e-12))
    let expected = exact(
      x.map(Double.init)[...], scale: [Float](repeating: 1, count: 384),
      shift: [Float](repeating: 0, count: 384), epsilon: 1e-12)
    for (value, expected) in zip(values.values, expected) {
      #expect(abs(Double(value) - expected) < 1e-3)
    }
  }

  @Test(arguments: KernelSet.available)
  func `epsilon is added to the variance`(_ kernels: KernelSet) {
    let ones = FloatStorage([Float](repeating: 1, count: 2))
    let zeros = FloatStorage([Float](repeating: 0, count: 2))
    var values = Activations([1, -1], columns: 2)
    kernels.addLayerNorm(
      &values, adding: Activations([0, 0], columns: 2), bias: zeros,
      LayerNorm(scale: ones, shift: zeros, epsilon: 3))
    #expect(values.values == [0.5, -0.5])
  }

  @Test(arguments: KernelSet.available, Float.notANumber)
  func `a NaN makes its row NaN, no other`(_ kernels: KernelSet, nan: Float) {
    for columns in [5, 40] {
      let ones = FloatStorage([Float](repeating: 1, count: columns))
      let zeros = FloatStorage([Float](repeating: 0, count: columns))
      var numbers = Numbers(seed: 12)
      var x = numbers.array(3 * columns)
      x[2 * columns - 1] = nan
      var values = Activations(x, columns: columns)
      kernels.addLayerNorm(
        &values, adding: Activations(numbers.array(3 * columns), columns: columns), bias: zeros,
        LayerNorm(scale: ones, shift: zeros, epsilon: 1e-12))
      #expect(values.values.map(\.isNaN) == (0..<3 * columns).map { $0 / columns == 1 })
    }
  }
}
