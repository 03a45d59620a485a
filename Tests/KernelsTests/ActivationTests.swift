import Foundation
import KernelDispatch
import Kernels
import Testing

@Suite struct ActivationTests {
  /// The largest error over `xs`, as a share of the larger of 1 and |x|.
  private func largestError(
    _ kernels: KernelSet, _ function: ActivationFunction, _ xs: [Float], _ exact: (Double) -> Double
  ) -> Double {
    var values = Activations(xs, columns: xs.count)
    kernels.activate(&values, function)
    return zip(xs, values.values).map { x, y in
      let x = Double(x)
      return abs(Double(y) - exact(x)) / max(1, abs(x))
    }.max() ?? .infinity
  }

  /// A fine grid where the functions bend, and every power of two beyond; an odd number, so that a rest is left over.
  private var grid: [Float] {
    let bend = (-200_000...200_000).map { Float($0) / 10_000 }
    let far = (-140...6).flatMap { [Float.pow2($0), -Float.pow2($0)] }
    return bend + far + [0, -0.0, .leastNonzeroMagnitude, 1000, -1000, 1e30, -1e30]
  }

  @Test(arguments: KernelSet.available)
  func `GELU is the exact one within 4e-7`(_ kernels: KernelSet) {
    let error = largestError(kernels, .gelu, grid) { $0 * 0.5 * erfc(-$0 / 2.0.squareRoot()) }
    #expect(error < 4e-7)
  }

  @Test(arguments: KernelSet.available)
  func `GELU by tanh is within 4e-7 of its definition`(_ kernels: KernelSet) {
    let error = largestError(kernels, .geluTanh, grid) {
      0.5 * $0 * (1 + tanh((2 / Double.pi).squareRoot() * ($0 + 0.044715 * $0 * $0 * $0)))
    }
    #expect(error < 4e-7)
  }

  @Test(arguments: KernelSet.available)
  func `tanh is within 3e-7`(_ kernels: KernelSet) {
    #expect(largestError(kernels, .tanh, grid) { tanh($0) } < 3e-7)
  }

  @Test(arguments: KernelSet.available)
  func `SiLU is within 4e-7`(_ kernels: KernelSet) {
    #expect(largestError(kernels, .silu, grid) { $0 / (1 + exp(-$0)) } < 4e-7)
  }

  @Test(arguments: KernelSet.available)
  func `ReLU and identity are exact`(_ kernels: KernelSet) {
    #expect(largestError(kernels, .relu, grid) { max(0, $0) } == 0)
    #expect(largestError(kernels, .identity, grid) { $0 } == 0)
  }

  @Test(arguments: KernelSet.available)
  func `GELU and SiLU of large negative numbers are zero`(_ kernels: KernelSet) {
    let xs = (1...1000).map { -5.75 - Float($0) / 100 } + [-20, -100, -1e4, -1e10, -1e30, -3e38]
    #expect(largestError(kernels, .gelu, xs) { $0 * 0.5 * erfc(-$0 / 2.0.squareRoot()) } < 3e-8)
    var values = Activations(xs, columns: xs.count)
    kernels.activate(&values, .gelu)
    #expect(values.values.allSatisfy { $0 == 0 })
    let far = [Float](repeating: -100, count: 5)
    values = Activations(far, columns: far.count)
    kernels.activate(&values, .silu)
    #expect(values.values.allSatisfy { abs($0) < 1e-30 })
  }

  @Test(
    arguments: KernelSet.available,
    [.gelu, .geluTanh, .relu, .silu, .tanh, .identity] as [ActivationFunction])
  func `NaN stays NaN, beside numbers`(_ kernels: KernelSet, function: ActivationFunction) {
    let count = 37
    for nan in Float.notANumber {
      for place in 0..<count {
        var values = Activations([Float](repeating: -0.5, count: count), columns: count)
        values.setRow(0, values.row(0).enumerated().map { $0.offset == place ? nan : $0.element })
        kernels.activate(&values, function)
        #expect(values.row(0).map(\.isNaN) == (0..<count).map { $0 == place })
      }
    }
  }
}

extension Float {
  fileprivate static func pow2(_ exponent: Int) -> Float {
    Float(sign: .plus, exponent: exponent, significand: 1)
  }
}
