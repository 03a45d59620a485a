import Kernels
import Transformer

/// Products by this package's own kernels, over weights packed once at load.
struct SIMDEngine: MatrixEngine {
  private let kernels: KernelSet
  private let arena = WeightArena()

  init(kernels: KernelSet) { self.kernels = kernels }

  func prepare(_ weight: WeightMatrix) -> PackedMatrix {
    kernels.pack(weight, storage: arena.storage)
  }

  func multiply(
    _ input: borrowing Activations, by layer: Linear<PackedMatrix>, epilogue: Epilogue,
    into output: inout Activations, scratch: inout Activations, loop: ParallelLoop
  ) {
    switch epilogue {
    case .none:
      kernels.multiply(input, by: layer.weight, into: &output, loop: loop)
    case .bias(let activation):
      kernels.multiply(
        input, by: layer.weight, bias: layer.bias, activation, into: &output, loop: loop)
    }
  }
}
