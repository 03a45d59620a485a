import KernelDispatch
import Kernels
import Testing

/// Products in bfloat16, on CPUs that have them.
@Suite struct BFloat16ProductTests {
  static let available = KernelSet.available.compactMap { $0.products(in: .bfloat16) }

  @Test(
    arguments: available,
    [
      (1, 1, 1), (6, 32, 4), (7, 33, 5), (13, 20, 60), (1, 384, 384), (29, 100, 384), (3, 9, 47),
      (4, 35, 1030),
    ])
  func `products are those of the rounded factors`(
    _ products: MatrixProducts, shape: (rows: Int, outputs: Int, inputs: Int)
  ) {
    let (rows, outputs, inputs) = shape
    var numbers = Numbers(seed: 14)
    let (x, w) = (numbers.array(rows * inputs), numbers.array(outputs * inputs))
    let result = products.product(x, w, inputs: inputs, loop: .backwards)
    for row in 0..<rows {
      for column in 0..<outputs {
        let expected = (0..<inputs).reduce(0.0) {
          $0 + Double(x[row * inputs + $1].bfloat16) * Double(w[column * inputs + $1].bfloat16)
        }
        #expect(abs(Double(result[row * outputs + column]) - expected) < 2e-7 * Double(inputs + 4))
      }
    }
  }

  @Test(arguments: available)
  func `ties round to even`(_ products: MatrixProducts) {
    // 1 + 2^-8 lies between 1 and 1 + 2^-7, 1 + 3 * 2^-8 between 1 + 2^-7 and 1 + 2^-6.
    let result = products.product([1.00390625, 1.01171875, 1.0039064], [1], inputs: 1)
    #expect(result == [1, 1.015625, 1.0078125])
  }

  @Test(arguments: available + ByteProductTests.available)
  func `bias and activation are those of single precision`(_ products: MatrixProducts) {
    var numbers = Numbers(seed: 16)
    let (x, w) = (numbers.array(8 * 9), numbers.array(70 * 9))
    let bias = numbers.array(70)
    let sums = products.product(x, w, inputs: 9).enumerated().map {
      $0.element + bias[$0.offset % 70]
    }
    let storage = FloatStorage(bias)
    #expect(products.product(x, w, inputs: 9, bias: storage, .identity) == sums)
    var expected = Activations(sums, columns: 70)
    KernelSet.quickest.activate(&expected, .gelu)
    #expect(products.product(x, w, inputs: 9, bias: storage, .gelu) == expected.values)
  }
}
