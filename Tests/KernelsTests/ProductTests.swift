import KernelDispatch
import Kernels
import Testing

@Suite struct ProductTests {
  /// `x · wᵀ` in double precision, and the sums of the terms' magnitudes, which rounding errors are measured by.
  private func exact(_ x: [Float], _ w: [Float], inputs: Int) -> [(sum: Double, size: Double)] {
    stride(from: 0, to: x.count, by: inputs).flatMap { row in
      stride(from: 0, to: w.count, by: inputs).map { column in
        var (sum, size) = (0.0, 0.0)
        for input in 0..<inputs {
          let term = Double(x[row + input]) * Double(w[column + input])
          sum += term
          size += abs(term)
        }
        return (sum, size)
      }
    }
  }

  @Test(
    arguments: KernelSet.available,
    [
      (1, 1, 1), (6, 32, 4), (7, 33, 5), (13, 20, 60), (1, 384, 384), (20, 100, 384),
      (3, 40, 511), (15, 33, 512), (15, 33, 513), (2, 5, 1025),
    ])
  func `packed products equal double precision`(
    _ kernels: KernelSet, shape: (rows: Int, outputs: Int, inputs: Int)
  ) {
    var numbers = Numbers(seed: 4)
    let (x, w) = (
      numbers.array(shape.rows * shape.inputs), numbers.array(shape.outputs * shape.inputs)
    )
    let result = kernels.products.product(x, w, inputs: shape.inputs)
    for (value, expected) in zip(result, exact(x, w, inputs: shape.inputs)) {
      #expect(abs(Double(value) - expected.sum) < 2e-7 * Double(shape.inputs + 4))
    }
  }

  @Test(arguments: KernelSet.available, [1, 3, 40])
  func `weights that are not laid out give the same numbers`(_ kernels: KernelSet, rows: Int) {
    var numbers = Numbers(seed: 12)
    // Parts that no panel begins or ends with, of floats and of bytes.
    let (inputs, outputs) = (70, [45, 7, 20])
    let parts = outputs.enumerated().map { place, rows in
      let matrix = WeightMatrix(
        rows: rows, columns: inputs, storage: FloatStorage(numbers.array(rows * inputs)))
      guard place == 1 else { return StoredMatrix.floats(matrix) }
      let (codes, scales) = QuantizedMatrix.quantize(matrix)
      let memory = UnsafeMutablePointer<Int8>.allocate(capacity: codes.count)
      memory.initialize(from: codes, count: codes.count)
      return .bytes(
        QuantizedMatrix(
          rows: rows, columns: inputs,
          codes: NumberStorage(memory, count: codes.count) { memory.deallocate() },
          scales: FloatStorage(scales)))
    }
    let (weight, x) = (StackedMatrix(parts), numbers.array(rows * inputs))
    let bias = FloatStorage(numbers.array(weight.rows))
    let all: [MatrixProducts.Precision] = [.single, .bfloat16, .byteGroups]
    for products in all.compactMap(kernels.products(in:)) {
      var scratch = ScratchMemory()
      var expected = Activations([Float](repeating: 0, count: rows * 72), columns: 72)
      products.multiply(
        Activations(x, columns: inputs), by: products.pack(weight), bias: bias, .gelu,
        into: &expected, scratch: &scratch)
      var output = Activations([Float](repeating: .nan, count: rows * 72), columns: 72)
      products.multiply(
        Activations(x, columns: inputs), by: weight, bias: bias, .gelu, into: &output,
        scratch: &scratch, loop: .backwards)
      #expect(output.values == expected.values)
    }
  }

  @Test(arguments: KernelSet.available, [1024, 3072])
  func `rows a multiple of 4 KiB apart are multiplied as others are`(
    _ kernels: KernelSet, inputs: Int
  ) {
    var numbers = Numbers(seed: 13)
    let (x, w) = (numbers.array(17 * inputs), numbers.array(33 * inputs))
    let result = kernels.products.product(x, w, inputs: inputs)
    for (value, expected) in zip(result, exact(x, w, inputs: inputs)) {
      #expect(abs(Double(value) - expected.sum) < 2e-7 * Double(inputs))
    }
  }

  @Test(arguments: KernelSet.available, [4096, 8192])
  func `deep products lose no more digits than shallow ones`(_ kernels: KernelSet, inputs: Int) {
    var numbers = Numbers(seed: 9)
    // Terms of one sign, so that a sum grows and rounds off more and more of each.
    let (x, w) = (numbers.array(15 * inputs).map(abs), numbers.array(40 * inputs).map(abs))
    let result = kernels.products.product(x, w, inputs: inputs)
    let error = zip(result, exact(x, w, inputs: inputs)).map { value, expected in
      abs(Double(value) - expected.sum) / expected.size
    }.max()
    #expect(error ?? 1 < 1e-6)
  }

  @Test(arguments: KernelSet.available)
  func `squared distances are those of the differences`(_ kernels: KernelSet) {
    var numbers = Numbers(seed: 10)
    let inputs = 37
    let x = numbers.array(20 * inputs)
    let w = x.map { $0 + 1e-4 * numbers.next() }
    let result = kernels.squaredDistances.product(x, w, inputs: inputs)
    for row in 0..<20 {
      for column in 0..<20 {
        let expected = (0..<inputs).reduce(0.0) { sum, input in
          let difference = Double(x[row * inputs + input]) - Double(w[column * inputs + input])
          return sum + difference * difference
        }
        #expect(abs(Double(result[row * 20 + column]) - expected) < 4e-6 * expected)
      }
    }
  }

  @Test(arguments: KernelSet.available)
  func `bias and activation follow the product`(_ kernels: KernelSet) {
    var numbers = Numbers(seed: 6)
    let (rows, outputs, inputs) = (8, 70, 9)
    let (x, w) = (numbers.array(rows * inputs), numbers.array(outputs * inputs))
    let bias = numbers.array(outputs)
    let sums = kernels.products.product(x, w, inputs: inputs).enumerated().map {
      $0.element + bias[$0.offset % outputs]
    }
    let storage = FloatStorage(bias)
    #expect(kernels.products.product(x, w, inputs: inputs, bias: storage, .identity) == sums)
    var expected = Activations(sums, columns: outputs)
    kernels.activate(&expected, .gelu)
    let output = kernels.products.product(x, w, inputs: inputs, bias: storage, .gelu)
    #expect(output == expected.values)
  }

  @Test(arguments: KernelSet.available, Array(1...31))
  func `a row's product is the same whatever rows are beside it`(_ kernels: KernelSet, rows: Int) {
    var numbers = Numbers(seed: 8)
    let (outputs, inputs) = (70, 37)
    let (x, w) = (numbers.array(rows * inputs), numbers.array(outputs * inputs))
    let together = kernels.products.product(x, w, inputs: inputs, loop: .backwards)
    for row in 0..<rows {
      let alone = kernels.products.product(
        Array(x[row * inputs..<(row + 1) * inputs]), w, inputs: inputs)
      #expect(Array(together[row * outputs..<(row + 1) * outputs]) == alone)
    }
  }

  @Test(arguments: KernelSet.available, Float.notANumber)
  func `a factor that is NaN makes its row's or column's products NaN`(
    _ kernels: KernelSet, nan: Float
  ) {
    var numbers = Numbers(seed: 11)
    let (rows, outputs, inputs) = (16, 35, 7)
    var (x, w) = (numbers.array(rows * inputs), numbers.array(outputs * inputs))
    x[3 * inputs + 2] = nan
    w[33 * inputs + 6] = nan
    for products in [kernels.products, kernels.products(in: .bfloat16)].compactMap(\.self) {
      let result = products.product(x, w, inputs: inputs)
      for (place, value) in result.enumerated() {
        #expect(value.isNaN == (place / outputs == 3 || place % outputs == 33))
      }
    }
  }
}
