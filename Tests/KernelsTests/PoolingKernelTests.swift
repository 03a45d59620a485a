import KernelDispatch
import Kernels
import Testing

@Suite struct PoolingKernelTests {
  @Test(arguments: KernelSet.available)
  func `weighted sums and largest values take in the given rows alone`(_ kernels: KernelSet) {
    let matrix = Activations([9, 9, 9, 1, 2, -3, 5, -6, 7, 9, 9, 9], columns: 3)
    var sum: [Float] = [10, 10, 10]
    kernels.addRows(of: matrix, 1..<3, into: &sum) { Float($0 + 1) }
    #expect(sum == [21, 0, 21])
    var largest = matrix.row(1)
    kernels.takeMaximum(of: matrix, 1..<3, into: &largest)
    #expect(largest == [5, 2, 7])
  }

  @Test(arguments: KernelSet.available, Float.notANumber)
  func `a NaN in a column is its largest value and makes its sum NaN`(
    _ kernels: KernelSet, nan: Float
  ) {
    for (row, column) in [(0, 0), (1, 17), (2, 18)] {
      var numbers = Numbers(seed: 13)
      var x = numbers.array(3 * 19)
      x[row * 19 + column] = nan
      let matrix = Activations(x, columns: 19)
      var largest = matrix.row(0)
      kernels.takeMaximum(of: matrix, 0..<3, into: &largest)
      #expect(largest.map(\.isNaN) == (0..<19).map { $0 == column })
      var sum = [Float](repeating: 0, count: 19)
      kernels.addRows(of: matrix, 0..<3, into: &sum) { _ in 1 }
      #expect(sum.map(\.isNaN) == (0..<19).map { $0 == column })
    }
  }
}
