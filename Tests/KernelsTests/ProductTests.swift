import Kernels
import Testing

@testable import Embed

@Suite struct ProductTests {
  @Test(
    arguments: KernelSet.available,
    [(1, 1, 1), (6, 32, 4), (7, 33, 5), (13, 20, 60), (1, 384, 384), (20, 100, 384)])
  func `packed products equal double precision`(
    _ kernels: KernelSet, shape: (rows: Int, outputs: Int, inputs: Int)
  ) {
    let (rows, outputs, inputs) = shape
    var numbers = Numbers(seed: 4)
    let (x, w) = (numbers.array(rows * inputs), numbers.array(outputs * inputs))
    let packed = kernels.pack(
      WeightMatrix(rows: outputs, columns: inputs, storage: FloatStorage(w)))
    var output = Activations([Float](repeating: .nan, count: rows * outputs), columns: outputs)
    kernels.multiply(Activations(x, columns: inputs), by: packed, into: &output)
    let result = output.values
    for row in 0..<rows {
      for column in 0..<outputs {
        let expected = (0..<inputs).reduce(0.0) {
          $0 + Double(x[row * inputs + $1]) * Double(w[column * inputs + $1])
        }
        #expect(abs(Double(result[row * outputs + column]) - expected) < 2e-7 * Double(inputs + 4))
      }
    }
  }

  @Test(arguments: KernelSet.available)
  func `bias and activation follow the product`(_ kernels: KernelSet) {
    var numbers = Numbers(seed: 6)
    let (rows, outputs, inputs) = (8, 70, 9)
    let (x, w) = (numbers.array(rows * inputs), numbers.array(outputs * inputs))
    let bias = FloatStorage(numbers.array(outputs))
    let packed = kernels.pack(
      WeightMatrix(rows: outputs, columns: inputs, storage: FloatStorage(w)))
    let input = Activations(x, columns: inputs)
    var expected = Activations([Float](repeating: 0, count: rows * outputs), columns: outputs)
    kernels.multiply(input, by: packed, into: &expected)
    kernels.activate(&expected, bias: bias, .gelu)
    var output = Activations([Float](repeating: 0, count: rows * outputs), columns: outputs)
    kernels.multiply(input, by: packed, bias: bias, .gelu, into: &output)
    #expect(output.values == expected.values)
  }
}
