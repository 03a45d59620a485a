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

  /// Runs a loop's iterations backwards, as threads might.
  private static let backwards = ParallelLoop(width: 3) { iterations, body in
    for iteration in (0..<iterations).reversed() { body(iteration) }
  }

  @Test(arguments: KernelSet.available, Array(1...31))
  func `a row's product is the same whatever rows are beside it`(_ kernels: KernelSet, rows: Int) {
    var numbers = Numbers(seed: 8)
    let (outputs, inputs) = (70, 37)
    let (x, w) = (numbers.array(rows * inputs), numbers.array(outputs * inputs))
    let packed = kernels.pack(
      WeightMatrix(rows: outputs, columns: inputs, storage: FloatStorage(w)))
    var output = Activations([Float](repeating: .nan, count: rows * outputs), columns: outputs)
    kernels.multiply(
      Activations(x, columns: inputs), by: packed, into: &output, loop: Self.backwards)
    for row in 0..<rows {
      var alone = Activations([Float](repeating: .nan, count: outputs), columns: outputs)
      let input = Array(x[row * inputs..<(row + 1) * inputs])
      kernels.multiply(Activations(input, columns: inputs), by: packed, into: &alone)
      #expect(output.row(row) == alone.row(0))
    }
  }
}
