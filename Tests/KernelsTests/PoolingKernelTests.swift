import Kernels
import Testing

@testable import Embed

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
}
