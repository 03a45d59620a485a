import Kernels
import Transformer

/// Products by this package's own kernels, over weights packed once at load.
struct SIMDEngine: MatrixEngine {
  private let kernels: KernelSet

  init(kernels: KernelSet) { self.kernels = kernels }

  func prepare(_ weight: WeightMatrix) -> PackedMatrix { kernels.pack(weight) }

  func multiply(
    _ input: borrowing Activations, by layer: Linear<PackedMatrix>, epilogue: Epilogue,
    into output: inout Activations
  ) {
    switch epilogue {
    case .none:
      kernels.multiply(input, by: layer.weight, into: &output)
    case .bias(let activation):
      kernels.multiply(input, by: layer.weight, bias: layer.bias, activation, into: &output)
    }
  }
}
